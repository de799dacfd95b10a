import { fault, sessionFault } from '../messages';
import { MapReply, noReply, ok, StatusReply, VerbatimReply, type Reply } from '../protocol/reply';
import type { ServerState } from '../state/server-state';
import type { Session } from '../state/session';
import { argument, Options, positionOf, parseInteger } from './arguments';
import { CommandError, UnexpectedWordError, type Command, type Context } from './command';
import { dropSubscriptions } from './pub-sub';
import { subcommands } from './subcommands';
import { PRODUCT_NAME, SERVER_VERSION } from './version';

function authenticate({ server, session }: Context, user: string, password: string): void {
  if (user !== 'default' || (server.password !== undefined && password !== server.password))
    throw new CommandError(sessionFault.wrongPassword);
  session.authenticated = true;
}

function auth(context: Context, args: readonly string[]): Reply {
  if (args.length > 3) throw new UnexpectedWordError(args, 3);
  if (args.length === 2 && context.server.password === undefined) throw new CommandError(sessionFault.noPassword);
  authenticate(context, args.length === 3 ? argument(args, 1) : 'default', argument(args, args.length - 1));
  return ok;
}

function setName(session: Session, name: string): void {
  if (/[^!-~]/.test(name)) throw new CommandError(sessionFault.clientName);
  session.name = name;
}

function hello(context: Context, args: readonly string[]): Reply {
  const { session, server } = context;
  const version = args[1] === undefined ? session.version : parseInteger(args[1], sessionFault.protocolNotInteger);
  if (version !== 2 && version !== 3) throw new CommandError(sessionFault.protocolVersion);
  const options = new Options(args, 2);
  let name: string | undefined;
  while (!options.done) {
    const option = options.take();
    if (option.toUpperCase() === 'AUTH' && options.left >= 2) authenticate(context, options.take(), options.take());
    else if (option.toUpperCase() === 'SETNAME' && options.left >= 1) name = options.take();
    else throw new CommandError(sessionFault.helloOption(option));
  }
  if (server.password !== undefined && !session.authenticated) throw new CommandError(sessionFault.helloAuth);
  if (name !== undefined) setName(session, name);
  session.version = version;
  return new MapReply([
    ['server', PRODUCT_NAME],
    ['version', SERVER_VERSION],
    ['proto', version],
    ['id', session.id],
    ['mode', context.host.cluster === undefined ? 'standalone' : 'cluster'],
    ['role', context.host.cluster?.self.master === undefined ? 'master' : 'replica'],
    [
      'modules',
      [
        new MapReply([
          ['name', 'ReJSON'],
          ['ver', 20803],
          ['path', ''],
          ['args', []],
        ]),
      ],
    ],
  ]);
}

/** One line of CLIENT LIST. */
function describe(session: Session): string {
  const facts = {
    id: session.id,
    addr: session.connection.address,
    laddr: session.connection.localAddress,
    name: session.name,
    age: Math.floor((Date.now() - session.since) / 1000),
    db: session.databaseIndex,
    sub: session.channels.size,
    psub: session.patterns.size,
    ssub: session.shardChannels.size,
    multi: session.transaction === undefined ? -1 : session.transaction.requests.length,
    user: 'default',
    resp: session.version,
    'lib-name': session.attributes.get('lib-name') ?? '',
    'lib-ver': session.attributes.get('lib-ver') ?? '',
  };
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

function kill({ server, session }: Context, args: readonly string[]): Reply {
  const filters = args.length === 3 ? [['ADDR', argument(args, 2)] as const] : pairsOf(args, 2);
  const matches = (other: Session): boolean =>
    filters.every(([option, value]) => {
      if (option === 'ID') return String(other.id) === value;
      if (option === 'ADDR') return other.connection.address === value;
      if (option === 'LADDR') return other.connection.localAddress === value;
      if (option === 'SKIPME') return value.toLowerCase() === 'no' || other !== session;
      if (option === 'TYPE') return value.toLowerCase() === (other.subscriptions > 0 ? 'pubsub' : 'normal');
      if (option === 'USER') return value === 'default';
      throw new UnexpectedWordError(args, positionOf(args, option));
    });
  const found = [...server.sessions]
    .filter(matches)
    .filter((other) => other !== session || filters.some(([option]) => option === 'SKIPME' || option === 'ID' || args.length === 3));
  found.forEach((other) => other.connection.close());
  if (args.length > 3) return found.length;
  if (found.length === 0) throw new CommandError(sessionFault.noSuchClient);
  return ok;
}

function pairsOf(args: readonly string[], start: number): (readonly [string, string])[] {
  const words = args.slice(start);
  if (words.length % 2 === 1) throw new UnexpectedWordError(args, args.length);
  return words
    .filter((_, index) => index % 2 === 0)
    .map((option, index) => [option.toUpperCase(), argument(words, index * 2 + 1)] as const);
}

const client = subcommands({
  id: { arity: 2, run: ({ session }) => session.id },
  getname: { arity: 2, run: ({ session }) => (session.name === '' ? null : session.name) },
  setname: { arity: 3, run: ({ session }, args) => (setName(session, argument(args, 2)), ok) },
  setinfo: { arity: 4, run: ({ session }, args) => (session.attributes.set(argument(args, 2).toLowerCase(), argument(args, 3)), ok) },
  info: { arity: 2, run: ({ session }) => new VerbatimReply(`${describe(session)}\n`) },
  list: {
    arity: -2,
    run: ({ server }, args) => {
      if (args.length > 2) throw new CommandError(fault.unsupported(`CLIENT LIST ${argument(args, 2)}`));
      return new VerbatimReply([...server.sessions].map((session) => `${describe(session)}\n`).join(''));
    },
  },
  kill: { arity: -3, run: kill },
  'no-evict': { arity: 3, run: () => ok },
  'no-touch': { arity: 3, run: () => ok },
  reply: {
    arity: 3,
    run: ({ session }, args) => {
      const mode = argument(args, 2).toLowerCase();
      if (mode !== 'on' && mode !== 'off' && mode !== 'skip') throw new UnexpectedWordError(args, 2);
      session.replies = mode === 'skip' ? 'skip next' : mode;
      return mode === 'on' ? ok : noReply;
    },
  },
  unblock: { arity: -3, run: () => 0 },
  tracking: {
    arity: -3,
    run: () => {
      throw new CommandError(fault.unsupported('CLIENT TRACKING'));
    },
  },
});

/** Puts a session back to what it was after connecting. */
export function resetSession(session: Session, server: ServerState): void {
  session.transaction = undefined;
  session.unwatch();
  dropSubscriptions(session, server);
  server.monitors.delete(session);
  Object.assign(session, { monitoring: false, name: '', databaseIndex: 0, version: 2, readsReplica: false, replies: 'on' });
  session.authenticated = server.password === undefined;
}

function ping({ session }: Context, args: readonly string[]): Reply {
  if (args.length > 2) throw new CommandError(fault.arity('ping'));
  if (session.onlyListens) return ['pong', args[1] ?? ''];
  return args[1] ?? new StatusReply('PONG');
}

export const connectionCommands: readonly Command[] = [
  { name: 'ping', group: 'connection', arity: -1, flags: ['fast', 'loading'], run: ping },
  { name: 'echo', group: 'connection', arity: 2, flags: ['loading', 'stale', 'fast'], run: (_, args) => argument(args, 1) },
  {
    name: 'auth',
    group: 'connection',
    arity: -2,
    flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'],
    notes: 'the default user only',
    run: auth,
  },
  { name: 'hello', group: 'connection', arity: -1, flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'], run: hello },
  {
    name: 'quit',
    group: 'connection',
    arity: -1,
    flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'],
    run: ({ session }) => {
      session.closing = true;
      return ok;
    },
  },
  {
    name: 'reset',
    group: 'connection',
    arity: 1,
    flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'],
    run: ({ session, server }) => {
      resetSession(session, server);
      return new StatusReply('RESET');
    },
  },
  {
    name: 'client',
    group: 'connection',
    arity: -2,
    flags: ['noscript', 'loading', 'stale'],
    notes: 'no TRACKING, PAUSE, CACHING',
    ...client,
  },
];
