import { PushReply, SeriesReply, type Reply } from '../protocol/reply';
import { globTest } from '../state/glob';
import type { Subscriber, Subscriptions } from '../state/pub-sub';
import type { ServerState } from '../state/server-state';
import type { Session } from '../state/session';
import { argument } from './arguments';
import { ALL_KEYS, commandsOf, ONE_KEY, type Command, type Context, type Flag } from './command';
import { subcommands } from './subcommands';

/** One of the three kinds of subscription: channels, shard channels, patterns. */
interface Kind {
  readonly prefix: '' | 's' | 'p';
  readonly of: (session: Session) => Set<string>;
  readonly on: (server: ServerState) => Subscriptions;
  readonly count: (session: Session) => number;
}

const channels: Kind = {
  prefix: '',
  of: (session) => session.channels,
  on: ({ pubSub }) => pubSub.channels,
  count: ({ channels: names, patterns: others }) => names.size + others.size,
};

const shardChannels: Kind = {
  prefix: 's',
  of: (session) => session.shardChannels,
  on: ({ shardPubSub }) => shardPubSub.shardChannels,
  count: ({ shardChannels: names }) => names.size,
};

const patterns: Kind = {
  prefix: 'p',
  of: (session) => session.patterns,
  on: ({ pubSub }) => pubSub.patterns,
  count: channels.count,
};

function add(subscriptions: Subscriptions, name: string, subscriber: Subscriber): void {
  subscriptions.set(name, (subscriptions.get(name) ?? new Set()).add(subscriber));
}

function remove(subscriptions: Subscriptions, name: string, subscriber: Subscriber): void {
  const subscribers = subscriptions.get(name);
  subscribers?.delete(subscriber);
  if (subscribers?.size === 0) subscriptions.delete(name);
}

function subscribe(kind: Kind, { session, server }: Context, names: readonly string[]): Reply {
  const confirmations = names.map((name) => {
    if (!kind.of(session).has(name)) {
      kind.of(session).add(name);
      add(kind.on(server), name, session);
    }
    return new PushReply([`${kind.prefix}subscribe`, name, kind.count(session)]);
  });
  return new SeriesReply(confirmations);
}

function unsubscribe(kind: Kind, { session, server }: Context, given: readonly string[]): Reply {
  const names: readonly (string | null)[] = given.length > 0 ? given : [...kind.of(session)];
  const confirmations = (names.length > 0 ? names : [null]).map((name) => {
    if (name !== null && kind.of(session).delete(name)) remove(kind.on(server), name, session);
    return new PushReply([`${kind.prefix}unsubscribe`, name, kind.count(session)]);
  });
  return new SeriesReply(confirmations);
}

/** Ends all subscriptions without a confirmation to the client. */
export function dropSubscriptions(session: Session, server: ServerState): void {
  for (const kind of [channels, shardChannels, patterns]) {
    for (const name of kind.of(session)) remove(kind.on(server), name, session);
    kind.of(session).clear();
  }
}

const command = commandsOf('pubsub');

function subscriptionCommands(kind: Kind): readonly Command[] {
  const flags: readonly Flag[] = ['pubsub', 'noscript', 'loading', 'stale'];
  const keys = kind === shardChannels ? ALL_KEYS : undefined;
  return [
    command([`${kind.prefix}subscribe`, -2, flags], { keys, run: (context, args) => subscribe(kind, context, args.slice(1)) }),
    command([`${kind.prefix}unsubscribe`, -1, flags], { keys, run: (context, args) => unsubscribe(kind, context, args.slice(1)) }),
  ];
}

const counts = (map: Subscriptions, names: readonly string[]): Reply => names.flatMap((name) => [name, map.get(name)?.size ?? 0]);

const matching = (names: Iterable<string>, pattern: string | undefined): Reply => [...names].filter(globTest(pattern ?? '*'));

const pubsub = subcommands({
  channels: { arity: -2, run: ({ server }, args) => matching(server.pubSub.channels.keys(), args[2]) },
  numsub: { arity: -2, run: ({ server }, args) => counts(server.pubSub.channels, args.slice(2)) },
  numpat: { arity: 2, run: ({ server }) => server.pubSub.patterns.size },
  shardchannels: { arity: -2, run: ({ server }, args) => matching(server.shardPubSub.shardChannels.keys(), args[2]) },
  shardnumsub: { arity: -2, run: ({ server }, args) => counts(server.shardPubSub.shardChannels, args.slice(2)) },
});

export const pubSubCommands: readonly Command[] = [
  ...[channels, shardChannels, patterns].flatMap(subscriptionCommands),
  command(['publish', 3, ['pubsub', 'loading', 'stale', 'fast']], ({ server }, args) =>
    server.pubSub.publish(argument(args, 1), argument(args, 2)),
  ),
  command(['spublish', 3, ['pubsub', 'loading', 'stale', 'fast']], {
    keys: ONE_KEY,
    run: ({ server }, args) => server.shardPubSub.publishToShard(argument(args, 1), argument(args, 2)),
  }),
  command(['pubsub', -2, ['pubsub', 'loading', 'stale']], pubsub),
];
