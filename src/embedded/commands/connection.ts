import { fault, sessionFault } from '../messages';
import { MapReply, ok, StatusReply, type Reply } from '../protocol/reply';
import type { ServerState } from '../state/server-state';
import type { Session } from '../state/session';
import { argument, Options, parseInteger } from './arguments';
import { CommandError, UnexpectedWordError, commandsOf, type Command, type Context, type Flag } from './command';
import { client, setName } from './clients';
import { dropSubscriptions } from './pub-sub';
import { MODULES, PRODUCT_NAME, SERVER_VERSION } from './version';

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
      MODULES.map(
        ({ name, version: ver }) =>
          new MapReply([
            ['name', name],
            ['ver', ver],
            ['path', ''],
            ['args', []],
          ]),
      ),
    ],
  ]);
}

/** Resets a session to its state after connecting. */
export function resetSession(session: Session, server: ServerState): void {
  session.transaction = undefined;
  session.unwatch();
  dropSubscriptions(session, server);
  server.monitors.delete(session);
  Object.assign(session, { name: '', databaseIndex: 0, version: 2, readsReplica: false, replies: 'on' });
  session.authenticated = server.password === undefined;
}

function ping({ session }: Context, args: readonly string[]): Reply {
  if (args.length > 2) throw new CommandError(fault.arity('ping'));
  if (session.onlyListens) return ['pong', args[1] ?? ''];
  return args[1] ?? new StatusReply('PONG');
}

const command = commandsOf('connection');
const BEFORE_LOGIN: readonly Flag[] = ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'];

export const connectionCommands: readonly Command[] = [
  command(['ping', -1, ['fast', 'loading']], ping),
  command(['echo', 2, ['loading', 'stale', 'fast']], (_, args) => argument(args, 1)),
  command(['auth', -2, BEFORE_LOGIN], { run: auth, notes: 'the default user only' }),
  command(['hello', -1, BEFORE_LOGIN], hello),
  command(['quit', -1, BEFORE_LOGIN], ({ session }) => {
    session.closing = true;
    return ok;
  }),
  command(['reset', 1, BEFORE_LOGIN], ({ session, server }) => {
    resetSession(session, server);
    return new StatusReply('RESET');
  }),
  command(['client', -2, ['noscript', 'loading', 'stale']], { ...client, notes: 'no TRACKING, PAUSE, CACHING' }),
];
