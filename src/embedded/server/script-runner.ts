import { digestOf } from '../commands/scripting';
import { CommandError, type Context, type ScriptCall } from '../commands/command';
import { compileChunk } from '../lua/compile';
import { createMachine } from '../lua/environment';
import { LuaSyntaxError } from '../lua/lexer';
import type { Arguments } from '../lua/library/arguments';
import type { Machine } from '../lua/machine';
import { textOf } from '../lua/operations';
import { LuaError, LuaTable, type LuaFunction, type LuaValue } from '../lua/value';
import { scriptFault } from '../messages';
import { doubleText } from '../protocol/double-text';
import { ErrorReply, type Reply } from '../protocol/reply';
import { fromLua } from './lua-replies';
import { redisLibrary, type ScriptCalls } from './redis-library';

/** Runs one command for a script. */
type CallFromScript = (context: Context, args: readonly string[], readonly: boolean) => Reply;

interface Running {
  readonly context: Context;
  readonly readonly: boolean;
  version: 2 | 3;
}

const CACHE_SIZE = 500;

/** Runs scripts, one at a time, as the server does; compiled scripts are cached. */
export class ScriptRunner {
  private readonly machine: Machine;
  private readonly compiled = new Map<string, LuaFunction>();
  private running: Running | undefined;

  constructor(private readonly callCommand: CallFromScript) {
    const calls: ScriptCalls = {
      call: (args) => this.call(args),
      commandNames: () => this.running?.context.host.commands,
      version: () => this.running?.version ?? 2,
      choose: (version) => {
        if (this.running !== undefined) this.running.version = version;
      },
    };
    this.machine = createMachine('user_script', (machine) => ({ redis: redisLibrary(machine, calls) }));
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
    if (this.compiled.size >= CACHE_SIZE) this.compiled.clear();
    this.compiled.set(sha, main);
    return main;
  }

  private call(args: Arguments): Reply {
    const { running } = this;
    if (running === undefined) return new ErrorReply(scriptFault.notRunning);
    if (args.count === 0) return new ErrorReply(scriptFault.noArguments);
    const words: string[] = [];
    for (const value of args.all) {
      if (typeof value !== 'string' && typeof value !== 'number') return new ErrorReply(scriptFault.argumentType);
      words.push(typeof value === 'string' ? value : numberWord(value));
    }
    return this.callCommand({ ...running.context, version: running.version }, words, running.readonly);
  }
}

/** The server prints NaN with its sign, which JavaScript does not show; `0/0` is negative. */
function numberWord(value: number): string {
  return Number.isNaN(value) ? '-nan' : doubleText(value);
}

function errorText(value: LuaValue): string {
  if (value instanceof LuaTable) {
    const text = value.get('err');
    return typeof text === 'string' || typeof text === 'number' ? textOf(text) : scriptFault.unknownError;
  }
  return scriptFault.raised(typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'nil');
}
