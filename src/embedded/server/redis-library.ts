import type { Command } from '../commands/command';
import { digestOf } from '../commands/scripting';
import { SERVER_VERSION } from '../commands/version';
import { library, type Arguments, type LibraryFunction } from '../lua/library/arguments';
import type { Machine } from '../lua/machine';
import { textOf } from '../lua/operations';
import { LuaError, LuaTable, type LuaValue } from '../lua/value';
import { scriptFault } from '../messages';
import { ErrorReply, type Reply } from '../protocol/reply';
import { toLua } from './lua-replies';

/** What the library needs from the script runner. */
export interface ScriptCalls {
  readonly call: (args: Arguments) => Reply;
  readonly commandNames: () => ReadonlyMap<string, Command> | undefined;
  readonly version: () => 2 | 3;
  readonly choose: (version: 2 | 3) => void;
}

const failed = (machine: Machine, text: string): LuaError => new LuaError(LuaTable.from({ err: text }), machine.line);

/** The table `{ err }` or `{ ok }` that a script returns. */
const single =
  (field: 'ok' | 'err', textFor: (given: string) => string): LibraryFunction =>
  (args) => {
    const [text] = args.all;
    if (args.count !== 1 || typeof text !== 'string') return [LuaTable.from({ err: scriptFault.singleText })];
    return [LuaTable.from({ [field]: textFor(text) })];
  };

function errorText(text: string): string {
  const plain = text.startsWith('-') ? text.slice(1) : text;
  return plain.includes(' ') ? plain : scriptFault.raised(plain);
}

function log(args: Arguments): LuaValue[] {
  const [level] = args.all;
  if (args.count < 2) throw failed(args.machine, scriptFault.logArguments);
  if (typeof level !== 'number') throw failed(args.machine, scriptFault.logNoLevel);
  if (level < CONSTANTS.LOG_DEBUG || level > CONSTANTS.LOG_WARNING) throw failed(args.machine, scriptFault.logLevel);
  return [];
}

function digest(args: Arguments): LuaValue[] {
  if (args.count !== 1) throw failed(args.machine, scriptFault.argumentCount);
  const [text] = args.all;
  return [digestOf(typeof text === 'string' || typeof text === 'number' ? textOf(text) : '')];
}

function setReplication(args: Arguments): LuaValue[] {
  if (args.count !== 1) throw failed(args.machine, scriptFault.oneArgument('redis.set_repl'));
  if ((args.int(1) & ~CONSTANTS.REPL_ALL) !== 0) throw failed(args.machine, scriptFault.replicationFlags);
  return [];
}

export function redisLibrary(machine: Machine, calls: ScriptCalls): LuaTable {
  const table = library(machine, {
    call: (args) => {
      const answer = calls.call(args);
      if (answer instanceof ErrorReply) throw failed(machine, answer.text);
      return [toLua(answer, calls.version())];
    },
    pcall: (args) => [toLua(calls.call(args), calls.version())],
    error_reply: single('err', errorText),
    status_reply: single('ok', (text) => text),
    sha1hex: digest,
    log,
    setresp: (args) => {
      if (args.count !== 1) throw failed(machine, scriptFault.oneArgument('redis.setresp'));
      const chosen = args.integer(1);
      if (chosen !== 2 && chosen !== 3) throw failed(machine, scriptFault.respVersion);
      calls.choose(chosen);
      return [];
    },
    set_repl: setReplication,
    replicate_commands: () => [true],
    breakpoint: () => [false],
    debug: () => [],
    acl_check_cmd: (args) => {
      const [name] = args.all;
      if (args.count === 0) throw failed(machine, scriptFault.noArguments);
      if (typeof name !== 'string' || calls.commandNames()?.has(name.toLowerCase()) !== true)
        throw failed(machine, scriptFault.unknownToAccess);
      return [true];
    },
  });
  for (const [name, value] of Object.entries(CONSTANTS)) table.set(name, value);
  return table;
}

const [major = 0, minor = 0, patch = 0] = SERVER_VERSION.split('.').map(Number);

const CONSTANTS = {
  LOG_DEBUG: 0,
  LOG_VERBOSE: 1,
  LOG_NOTICE: 2,
  LOG_WARNING: 3,
  REPL_NONE: 0,
  REPL_AOF: 1,
  REPL_SLAVE: 2,
  REPL_REPLICA: 2,
  REPL_ALL: 3,
  REDIS_VERSION: SERVER_VERSION,
  REDIS_VERSION_NUM: (major << 16) | (minor << 8) | patch,
} as const;
