import { digestOf } from '../commands/scripting';
import { CommandError, type Context, type ScriptCall } from '../commands/command';
import { serverVersion } from '../commands/version';
import { compileChunk } from '../lua/compile';
import { createMachine } from '../lua/environment';
import { LuaSyntaxError } from '../lua/lexer';
import { library, type Arguments } from '../lua/library/arguments';
import type { Machine } from '../lua/machine';
import { LuaError, LuaTable, type LuaFunction, type LuaValue } from '../lua/value';
import { scriptFault } from '../messages';
import { doubleText } from '../protocol/double-text';
import { ErrorReply, type Reply } from '../protocol/reply';
import { fromLua, toLua } from './lua-replies';

/** Runs one command for a script. */
export type CallFromScript = (context: Context, args: readonly string[], readonly: boolean) => Reply;

interface Running {
  readonly context: Context;
  readonly readonly: boolean;
  version: 2 | 3;
}

const cacheSize = 500;

/** Runs scripts, one at a time, as the server does; compiled scripts are kept. */
export class ScriptRunner {
  private readonly machine: Machine;
  private readonly compiled = new Map<string, LuaFunction>();
  private running: Running | undefined;

  constructor(private readonly callCommand: CallFromScript) {
    const machine = createMachine('user_script', (created) => ({ redis: this.redisLibrary(created) }));
    this.machine = machine;
  }

  check(source: string): void {
    this.compile(source, digestOf(source));
  }

  run(context: Context, { source, sha, keys, args, readonly }: ScriptCall): Reply {
    const main = this.compile(source, sha);
    const { globals } = this.machine;
    globals.set('KEYS', LuaTable.of(keys));
    globals.set('ARGV', LuaTable.of(args));
    const running: Running = { context, readonly, version: 2 };
    this.running = running;
    try {
      return fromLua(this.machine.run(main)[0], running.version);
    } catch (error) {
      if (error instanceof LuaError) return new ErrorReply(scriptFault.at(errorText(error.value), sha, error.line));
      throw error;
    } finally {
      this.running = undefined;
    }
  }

  private compile(source: string, sha: string): LuaFunction {
    let main = this.compiled.get(sha);
    if (main !== undefined) return main;
    try {
      main = compileChunk(this.machine, source.replace(/^#![^\n]*/, ''));
    } catch (error) {
      if (error instanceof LuaSyntaxError) throw new CommandError(scriptFault.compilation(error.message));
      throw error;
    }
    if (this.compiled.size >= cacheSize) this.compiled.clear();
    this.compiled.set(sha, main);
    return main;
  }

  private call(args: Arguments): Reply {
    const { running } = this;
    if (running === undefined) throw new Error('no script runs');
    if (args.count === 0) return new ErrorReply(scriptFault.noArguments);
    const words: string[] = [];
    for (const value of args.all) {
      if (typeof value !== 'string' && typeof value !== 'number') return new ErrorReply(scriptFault.argumentType);
      words.push(typeof value === 'string' ? value : doubleText(value));
    }
    return this.callCommand({ ...running.context, version: running.version }, words, running.readonly);
  }

  private redisLibrary(machine: Machine): LuaTable {
    const version = (): 2 | 3 => this.running?.version ?? 2;
    const reply = (field: 'ok' | 'err', text: string): LuaValue[] => [LuaTable.from({ [field]: text })];
    const table = library(machine, {
      call: (args) => {
        const answer = this.call(args);
        if (answer instanceof ErrorReply) throw new LuaError(LuaTable.from({ err: answer.text }), machine.line);
        return [toLua(answer, version())];
      },
      pcall: (args) => [toLua(this.call(args), version())],
      error_reply: (args) => {
        const text = args.text(1);
        if (text.startsWith('-')) return reply('err', text.slice(1));
        return reply('err', text.includes(' ') ? text : `ERR ${text}`);
      },
      status_reply: (args) => reply('ok', args.text(1)),
      sha1hex: (args) => [digestOf(args.text(1))],
      log: () => [],
      setresp: (args) => {
        const chosen = args.integer(1);
        if (chosen !== 2 && chosen !== 3) throw new LuaError(LuaTable.from({ err: scriptFault.respVersion }), machine.line);
        if (this.running !== undefined) this.running.version = chosen;
        return [];
      },
      set_repl: () => [],
      replicate_commands: () => [true],
      breakpoint: () => [false],
      debug: () => [],
      acl_check_cmd: () => [true],
    });
    for (const [name, value] of Object.entries(constants)) table.set(name, value);
    return table;
  }
}

const [major = 0, minor = 0, patch = 0] = serverVersion.split('.').map(Number);

const constants: Readonly<Record<string, string | number>> = {
  LOG_DEBUG: 0,
  LOG_VERBOSE: 1,
  LOG_NOTICE: 2,
  LOG_WARNING: 3,
  REPL_NONE: 0,
  REPL_AOF: 1,
  REPL_SLAVE: 2,
  REPL_REPLICA: 2,
  REPL_ALL: 3,
  REDIS_VERSION: serverVersion,
  REDIS_VERSION_NUM: (major << 16) | (minor << 8) | patch,
};

function errorText(value: LuaValue): string {
  if (value instanceof LuaTable) {
    const text = value.get('err');
    return typeof text === 'string' ? text : 'ERR unknown error';
  }
  return `ERR ${typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'nil'}`;
}
