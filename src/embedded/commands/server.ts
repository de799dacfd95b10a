import { clusterFault, fault, sessionFault } from '../messages';
import { MapReply, ok, StatusReply, VerbatimReply, type Reply } from '../protocol/reply';
import { globTest } from '../state/glob';
import { argument, pairsOf, parseInteger } from './arguments';
import { CommandError, UnexpectedWordError, commandsOf, hasArity, keysOf, type Command, type Context } from './command';
import { digestOf } from './scripting';
import { subcommands } from './subcommands';
import { MODULES, SERVER_VERSION } from './version';

const command = commandsOf('server');

function flushMode(args: readonly string[]): void {
  if (!['SYNC', 'ASYNC'].includes((args[1] ?? 'SYNC').toUpperCase())) throw new UnexpectedWordError(args, 1);
  if (args.length > 2) throw new UnexpectedWordError(args, 2);
}

function select({ session, server, host }: Context, args: readonly string[]): Reply {
  const index = parseInteger(argument(args, 1), fault.notInteger);
  if (host.cluster !== undefined && index !== 0) throw new CommandError(clusterFault.select);
  if (server.databases[index] === undefined) throw new CommandError(fault.databaseOutOfRange);
  session.databaseIndex = index;
  return ok;
}

function swap({ server }: Context, args: readonly string[]): Reply {
  const [first, second] = [1, 2].map((place) => {
    const index = parseInteger(argument(args, place), fault.invalidSwap(place === 1 ? 'first' : 'second'));
    const database = server.databases[index];
    if (database === undefined) throw new CommandError(fault.databaseOutOfRange);
    return database;
  });
  if (first !== undefined && second !== undefined && first !== second) first.swapWith(second);
  return ok;
}

/** The sections of INFO that clients read. */
function sectionsOf({ server, host }: Context): Record<string, Record<string, string | number>> {
  const uptime = Math.floor((Date.now() - server.startedAt) / 1000);
  const keyspace = server.databases
    .filter(({ size }) => size > 0)
    .map((database) => {
      const expires = database.keys().filter((key) => database.entry(key)?.expiresAt !== undefined).length;
      return [`db${database.index}`, `keys=${database.size},expires=${expires},avg_ttl=0,subexpiry=0`] as const;
    });
  return {
    Server: {
      redis_version: SERVER_VERSION,
      redis_mode: host.cluster === undefined ? 'standalone' : 'cluster',
      process_id: process.pid,
      uptime_in_seconds: uptime,
    },
    Clients: { connected_clients: server.sessions.size },
    Memory: { used_memory: process.memoryUsage().heapUsed, maxmemory: 0 },
    Persistence: { loading: 0, aof_enabled: 0 },
    Stats: { total_connections_received: server.connectionCount, total_commands_processed: server.commandCount },
    Replication: { role: host.cluster?.self.master === undefined ? 'master' : 'slave', connected_slaves: 0, master_repl_offset: 0 },
    // One `module` line for each module.
    Modules: { module: MODULES.map(moduleText).join('\r\nmodule:') },
    Cluster: { cluster_enabled: host.cluster === undefined ? 0 : 1 },
    Keyspace: Object.fromEntries(keyspace),
  };
}

function moduleText({ name, version }: (typeof MODULES)[number]): string {
  return `name=${name},ver=${version},api=1,filters=0,usedby=[],using=[],options=[]`;
}

function info(context: Context, args: readonly string[]): Reply {
  const wanted = args.slice(1).map((name) => name.toLowerCase());
  const all = wanted.length === 0 || wanted.some((name) => ['all', 'default', 'everything'].includes(name));
  const lines = Object.entries(sectionsOf(context))
    .filter(([name]) => all || wanted.includes(name.toLowerCase()))
    .map(([name, facts]) => [`# ${name}`, ...Object.entries(facts).map(([fact, value]) => `${fact}:${value}`), ''].join('\r\n'));
  return new VerbatimReply(lines.join('\r\n'));
}

/** Settings that clients and tests read or write; all others are unknown. */
const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  appendonly: 'no',
  databases: '16',
  'lua-time-limit': '5000',
  'busy-reply-threshold': '5000',
  maxclients: '10000',
  maxmemory: '0',
  'maxmemory-policy': 'noeviction',
  'min-replicas-to-write': '0',
  'notify-keyspace-events': '',
  'proto-max-bulk-len': '536870912',
  'repl-diskless-sync': 'yes',
  save: '',
  timeout: '0',
  'tcp-keepalive': '300',
  requirepass: '',
};

function settingsOf({ server }: Context): Map<string, string> {
  const own = { databases: String(server.databases.length), requirepass: server.password ?? '' };
  return new Map([...Object.entries({ ...DEFAULT_SETTINGS, ...own }), ...server.settings]);
}

function configSet(context: Context, args: readonly string[]): Reply {
  const settings = pairsOf(args.slice(2))?.map(([name, value]) => [name.toLowerCase(), value] as const);
  if (settings === undefined) throw new CommandError(fault.arity('config|set'));
  for (const [name] of settings) if (!Object.hasOwn(DEFAULT_SETTINGS, name)) throw new CommandError(sessionFault.configOption(name));
  for (const [name, value] of settings) {
    if (name === 'requirepass') context.server.password = value === '' ? undefined : value;
    else context.server.settings.set(name, value);
  }
  return ok;
}

const config = subcommands({
  get: {
    arity: -3,
    run: (context, args) => {
      const tests = args.slice(2).map((pattern) => globTest(pattern.toLowerCase()));
      return new MapReply([...settingsOf(context)].filter(([name]) => tests.some((test) => test(name))));
    },
  },
  set: { arity: -4, run: configSet },
  resetstat: { arity: 2, run: () => ok },
  rewrite: { arity: 2, run: () => ok },
});

function wait(_: Context, args: readonly string[]): Reply {
  parseInteger(argument(args, 1));
  if (parseInteger(argument(args, 2), fault.timeoutNotInteger) < 0) throw new CommandError(fault.timeoutNegative);
  return 0;
}

function describe(known: Command): Reply {
  const range = typeof known.keys === 'object' ? known.keys : { first: 0, last: 0, step: 0 };
  return [
    known.name,
    known.arity,
    known.flags.filter((flag) => flag !== 'no_multi').map((flag) => new StatusReply(flag)),
    range.first,
    range.last,
    range.step,
    [],
    [],
    [],
    [],
  ];
}

function commandTable(context: Context, args: readonly string[]): Reply {
  const { commands } = context.host;
  if (args.length === 1) return [...commands.values()].map(describe);
  return commandSubcommands.run(context, args);
}

const commandSubcommands = subcommands({
  count: { arity: 2, run: ({ host }) => host.commands.size },
  list: { arity: -2, run: ({ host }) => [...host.commands.keys()] },
  docs: { arity: -2, run: () => new MapReply([]) },
  info: {
    arity: -2,
    run: ({ host }, args) => {
      const names = args.length > 2 ? args.slice(2) : [...host.commands.keys()];
      return names.map((name) => {
        const known = host.commands.get(name.toLowerCase());
        return known === undefined ? null : describe(known);
      });
    },
  },
  getkeys: {
    arity: -3,
    run: ({ host }, args) => {
      const known = host.commands.get(argument(args, 2).toLowerCase());
      if (known === undefined) throw new CommandError(fault.noSuchCommand);
      const request = args.slice(2);
      if (known.keys === undefined) throw new CommandError(fault.noKeyArguments);
      if (!hasArity(known.arity, request)) throw new CommandError(fault.keyArity);
      const keys = keysOf(known, request);
      if (keys.length === 0) throw new CommandError(fault.noKeyArguments);
      return keys;
    },
  },
});

const debug = subcommands({
  sleep: { arity: 3, run: () => ok },
  'set-active-expire': { arity: 3, run: () => ok },
  digest: { arity: 2, run: () => digestOf('') },
});

export const serverCommands: readonly Command[] = [
  command(['select', 2, ['loading', 'stale', 'fast']], select),
  command(['swapdb', 3, ['write', 'fast']], swap),
  command(['flushdb', -1, ['write']], ({ server, database }, args) => {
    flushMode(args);
    server.clear([database]);
    return ok;
  }),
  command(['flushall', -1, ['write']], ({ server }, args) => {
    flushMode(args);
    server.clear();
    return ok;
  }),
  command(['time', 1, ['loading', 'stale', 'fast']], ({ server }) => {
    const now = server.clock.nowMicroseconds();
    return [String(Math.floor(now / 1_000_000)), String(now % 1_000_000)];
  }),
  command(['info', -1, ['loading', 'stale']], { run: info, notes: 'the sections that clients read' }),
  command(['config', -2, ['admin', 'noscript', 'loading', 'stale']], { ...config, notes: 'a few settings; most of them have no effect' }),
  command(['command', -1, ['loading', 'stale']], {
    ...commandSubcommands,
    run: commandTable,
    notes: 'no documentation and no key specifications',
  }),
  command(['monitor', 1, ['admin', 'noscript', 'loading', 'stale', 'no_multi']], ({ session, server }) => {
    server.monitors.add(session);
    return ok;
  }),
  command(['debug', -2, ['admin', 'noscript', 'loading', 'stale']], { ...debug, notes: 'accepted without effect' }),
  command(['wait', 3, ['blocking']], { run: wait, notes: 'no replicas to wait for' }),
  command(['lolwut', -1, ['readonly', 'fast']], () => new VerbatimReply(`Redis ver. ${SERVER_VERSION}\n`)),
];
