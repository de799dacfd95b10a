import { PushReply, SeriesReply, type Reply } from '../protocol/reply';
import { globTest } from '../state/glob';
import type { PubSub, Subscriber } from '../state/pub-sub';
import type { ServerState } from '../state/server-state';
import type { Session } from '../state/session';
import { argument } from './arguments';
import { ALL_KEYS, ONE_KEY, type Command, type Context } from './command';
import { subcommands } from './subcommands';

/** One of the three kinds of subscription: channels, shard channels, patterns. */
interface Kind {
  readonly prefix: '' | 's' | 'p';
  readonly of: (session: Session) => Set<string>;
  readonly add: (server: ServerState, name: string, subscriber: Subscriber) => void;
  readonly remove: (server: ServerState, name: string, subscriber: Subscriber) => void;
  readonly count: (session: Session) => number;
}

function addTo(map: Map<string, Set<Subscriber>>, name: string, subscriber: Subscriber): void {
  map.set(name, (map.get(name) ?? new Set()).add(subscriber));
}

function removeFrom(map: Map<string, Set<Subscriber>>, name: string, subscriber: Subscriber): void {
  const subscribers = map.get(name);
  subscribers?.delete(subscriber);
  if (subscribers?.size === 0) map.delete(name);
}

function addPattern({ patterns }: PubSub, pattern: string, subscriber: Subscriber): void {
  const entry = patterns.get(pattern) ?? { test: globTest(pattern), subscribers: new Set() };
  entry.subscribers.add(subscriber);
  patterns.set(pattern, entry);
}

function removePattern({ patterns }: PubSub, pattern: string, subscriber: Subscriber): void {
  const entry = patterns.get(pattern);
  entry?.subscribers.delete(subscriber);
  if (entry?.subscribers.size === 0) patterns.delete(pattern);
}

const channels: Kind = {
  prefix: '',
  of: (session) => session.channels,
  add: ({ pubSub }, name, subscriber) => addTo(pubSub.channels, name, subscriber),
  remove: ({ pubSub }, name, subscriber) => removeFrom(pubSub.channels, name, subscriber),
  count: ({ channels: names, patterns: others }) => names.size + others.size,
};

const shardChannels: Kind = {
  prefix: 's',
  of: (session) => session.shardChannels,
  add: ({ shardPubSub }, name, subscriber) => addTo(shardPubSub.shardChannels, name, subscriber),
  remove: ({ shardPubSub }, name, subscriber) => removeFrom(shardPubSub.shardChannels, name, subscriber),
  count: ({ shardChannels: names }) => names.size,
};

const patterns: Kind = {
  prefix: 'p',
  of: (session) => session.patterns,
  add: ({ pubSub }, name, subscriber) => addPattern(pubSub, name, subscriber),
  remove: ({ pubSub }, name, subscriber) => removePattern(pubSub, name, subscriber),
  count: channels.count,
};

function subscribe(kind: Kind, { session, server }: Context, names: readonly string[]): Reply {
  const confirmations = names.map((name) => {
    if (!kind.of(session).has(name)) {
      kind.of(session).add(name);
      kind.add(server, name, session);
    }
    return new PushReply([`${kind.prefix}subscribe`, name, kind.count(session)]);
  });
  return new SeriesReply(confirmations);
}

function unsubscribe(kind: Kind, { session, server }: Context, given: readonly string[]): Reply {
  const names: readonly (string | null)[] = given.length > 0 ? given : [...kind.of(session)];
  const confirmations = (names.length > 0 ? names : [null]).map((name) => {
    if (name !== null && kind.of(session).delete(name)) kind.remove(server, name, session);
    return new PushReply([`${kind.prefix}unsubscribe`, name, kind.count(session)]);
  });
  return new SeriesReply(confirmations);
}

/** Ends all subscriptions without telling the session. */
export function dropSubscriptions(session: Session, server: ServerState): void {
  for (const kind of [channels, shardChannels, patterns]) {
    for (const name of kind.of(session)) kind.remove(server, name, session);
    kind.of(session).clear();
  }
}

function subscriptionCommands(kind: Kind): readonly Command[] {
  const common = {
    group: 'pubsub',
    flags: ['pubsub', 'noscript', 'loading', 'stale'],
    ...(kind === shardChannels ? { keys: ALL_KEYS } : {}),
  } as const;
  return [
    { ...common, name: `${kind.prefix}subscribe`, arity: -2, run: (context, args) => subscribe(kind, context, args.slice(1)) },
    { ...common, name: `${kind.prefix}unsubscribe`, arity: -1, run: (context, args) => unsubscribe(kind, context, args.slice(1)) },
  ];
}

const counts = (map: ReadonlyMap<string, Set<Subscriber>>, names: readonly string[]): Reply =>
  names.flatMap((name) => [name, map.get(name)?.size ?? 0]);

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
  {
    name: 'publish',
    group: 'pubsub',
    arity: 3,
    flags: ['pubsub', 'loading', 'stale', 'fast'],
    run: ({ server }, args) => server.pubSub.publish(argument(args, 1), argument(args, 2)),
  },
  {
    name: 'spublish',
    group: 'pubsub',
    arity: 3,
    flags: ['pubsub', 'loading', 'stale', 'fast'],
    keys: ONE_KEY,
    run: ({ server }, args) => server.shardPubSub.publishToShard(argument(args, 1), argument(args, 2)),
  },
  { name: 'pubsub', group: 'pubsub', arity: -2, flags: ['pubsub', 'loading', 'stale'], ...pubsub },
];
