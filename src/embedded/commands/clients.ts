import { fault, sessionFault } from '../messages';
import { noReply, ok, VerbatimReply, type Reply } from '../protocol/reply';
import type { Session } from '../state/session';
import { argument, pairsOf, parseInteger, positionOf } from './arguments';
import { CommandError, UnexpectedWordError, type Context } from './command';
import { subcommands } from './subcommands';

export function setName(session: Session, name: string): void {
  if (/[^!-~]/.test(name)) throw new CommandError(sessionFault.clientName);
  session.name = name;
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

const TYPES = ['normal', 'master', 'replica', 'slave', 'pubsub'];

function hasType(session: Session, name: string): boolean {
  const type = name.toLowerCase();
  if (!TYPES.includes(type)) throw new CommandError(sessionFault.clientType(name));
  return type === (session.subscriptions > 0 ? 'pubsub' : 'normal');
}

type Test = (other: Session) => boolean;

/** The test behind one filter of CLIENT KILL, such as `ID 5`. */
function filterOf({ session }: Context, args: readonly string[], [option, value]: readonly [string, string]): Test {
  switch (option) {
    case 'ID':
      if (!/^[1-9]\d*$/.test(value)) throw new CommandError(sessionFault.clientId);
      return (other) => String(other.id) === value;
    case 'ADDR':
      return (other) => other.connection.address === value;
    case 'LADDR':
      return (other) => other.connection.localAddress === value;
    case 'SKIPME':
      if (!['yes', 'no'].includes(value.toLowerCase())) throw new UnexpectedWordError(args, args.indexOf(value));
      return (other) => value.toLowerCase() === 'no' || other !== session;
    case 'TYPE':
      hasType(session, value);
      return (other) => hasType(other, value);
    case 'USER':
      if (value !== 'default') throw new CommandError(sessionFault.noSuchUser(value));
      return () => true;
    default:
      throw new UnexpectedWordError(args, positionOf(args, option));
  }
}

function kill(context: Context, args: readonly string[]): Reply {
  const { server, session } = context;
  const pairs = args.length === 3 ? [['ADDR', argument(args, 2)] as const] : filtersIn(args);
  const tests = pairs.map((pair) => filterOf(context, args, pair));
  const found = [...server.sessions]
    .filter((other) => tests.every((test) => test(other)))
    .filter((other) => other !== session || pairs.some(([option]) => option === 'SKIPME' || option === 'ID' || args.length === 3));
  found.forEach((other) => other.connection.close());
  if (args.length > 3) return found.length;
  if (found.length === 0) throw new CommandError(sessionFault.noSuchClient);
  return ok;
}

function list({ server, session }: Context, args: readonly string[]): Reply {
  const [option, first = ''] = [args[2]?.toUpperCase(), args[3]];
  let test: Test = () => true;
  if (option === 'TYPE' && args.length === 4) {
    hasType(session, first);
    test = (other) => hasType(other, first);
  } else if (option === 'ID' && args.length > 3) {
    const ids = args.slice(3).map((id) => parseInteger(id, sessionFault.invalidClientId));
    test = ({ id }) => ids.includes(id);
  } else if (option !== undefined) throw new UnexpectedWordError(args, args.length > 3 || option !== 'ID' ? 2 : 3);
  return new VerbatimReply(
    [...server.sessions]
      .filter(test)
      .map((other) => `${describe(other)}\n`)
      .join(''),
  );
}

function setInfo({ session }: Context, args: readonly string[]): Reply {
  const [name, value] = [argument(args, 2), argument(args, 3)];
  if (!['LIB-NAME', 'LIB-VER'].includes(name.toUpperCase())) throw new CommandError(sessionFault.clientOption(name));
  if (/[^!-~]/.test(value)) throw new CommandError(sessionFault.clientOptionText(name.toUpperCase()));
  session.attributes.set(name.toLowerCase(), value);
  return ok;
}

function filtersIn(args: readonly string[]): (readonly [string, string])[] {
  const pairs = pairsOf(args.slice(2));
  if (pairs === undefined) throw new UnexpectedWordError(args, args.length);
  return pairs.map(([option, value]) => [option.toUpperCase(), value]);
}

/** ON and OFF are accepted, but have no effect. */
function onOrOff(_: Context, args: readonly string[]): Reply {
  if (!['ON', 'OFF'].includes(argument(args, 2).toUpperCase())) throw new UnexpectedWordError(args, 2);
  return ok;
}

/** CLIENT: describes, names and closes connections. */
export const client = subcommands({
  id: { arity: 2, run: ({ session }) => session.id },
  getname: { arity: 2, run: ({ session }) => (session.name === '' ? null : session.name) },
  setname: { arity: 3, run: ({ session }, args) => (setName(session, argument(args, 2)), ok) },
  setinfo: { arity: 4, run: setInfo },
  info: { arity: 2, run: ({ session }) => new VerbatimReply(`${describe(session)}\n`) },
  list: { arity: -2, run: list },
  kill: { arity: -3, run: kill },
  'no-evict': { arity: 3, run: onOrOff },
  'no-touch': { arity: 3, run: onOrOff },
  reply: {
    arity: 3,
    run: ({ session }, args) => {
      const mode = argument(args, 2).toLowerCase();
      if (mode !== 'on' && mode !== 'off' && mode !== 'skip') throw new UnexpectedWordError(args, 2);
      // SKIP has no effect while replies are off.
      if (mode !== 'skip') session.replies = mode;
      else if (session.replies !== 'off') session.replies = 'skip next';
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
