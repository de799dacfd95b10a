import { luaFault } from '../messages';
import { LuaError, LuaFunction, LuaTable, typeName, type LuaValue } from './value';

const TICKS_PER_LOOK = 1_000_000;
const MAX_RUN_MS = 30_000;
const MAX_DEPTH = 2_000;
/** The longest chain of `__index` or `__newindex` handlers. */
const MAX_HANDLERS = 100;
/** The error texts of V8. Under an engine with other texts, these errors count as internal ones. */
const STACK_EXHAUSTED = 'Maximum call stack size exceeded';
const TEXT_TOO_LONG = 'Invalid string length';

/** The line of a call from outside of the script. */
export const NOT_IN_SCRIPT = -1;

/** The state of running scripts: globals, the current line, the depth of calls. */
export class Machine {
  /** The line of the call that is being made. */
  line = 0;
  depth = 0;
  /** Lines from which the active Lua functions were called. */
  readonly callers: number[] = [];
  /** What strings inherit from. */
  readonly stringMetatable = new LuaTable();
  private ticks = 0;
  private deadline = Infinity;

  constructor(
    readonly globals: LuaTable,
    readonly chunkName: string,
  ) {}

  /** Runs a script from a clean state. */
  run(main: LuaFunction): LuaValue[] {
    this.callers.length = 0;
    this.depth = 0;
    this.line = NOT_IN_SCRIPT;
    this.ticks = 0;
    this.deadline = Date.now() + MAX_RUN_MS;
    try {
      return main.call([]);
    } catch (error) {
      throw this.raised(error);
    }
  }

  /** The error as the script sees it. An overflow of the engine's stack or of a text becomes an error of Lua; any other RangeError is a bug here. */
  raised(error: unknown): unknown {
    if (!(error instanceof RangeError)) return error;
    if (error.message === STACK_EXHAUSTED) return this.fault(luaFault.stackOverflow);
    return error.message === TEXT_TOO_LONG ? this.fault(luaFault.textTooLong) : error;
  }

  /** An error at a line, as the language raises it. */
  fault(message: string, line = this.line): LuaError {
    return new LuaError(line === NOT_IN_SCRIPT ? message : `${this.chunkName}:${line}: ${message}`, line);
  }

  /** An error that the language itself raises inside of a library function. It does not have the position of the call. */
  bareFault(message: string): LuaError {
    return new LuaError(message, this.line);
  }

  /** Runs a part of a library function, so that errors of the language itself have no position. */
  unpositioned<T>(action: () => T): T {
    const { line } = this;
    this.line = NOT_IN_SCRIPT;
    try {
      return action();
    } catch (error) {
      throw error instanceof LuaError && error.line === NOT_IN_SCRIPT ? new LuaError(error.value, line) : error;
    } finally {
      this.line = line;
    }
  }

  /** Called in every loop, to stop a script that never ends. */
  tick(): void {
    this.ticks += 1;
    if (this.ticks % TICKS_PER_LOOK === 0 && Date.now() > this.deadline) throw this.fault(luaFault.runsTooLong);
  }

  enter(): void {
    if (this.depth >= MAX_DEPTH) throw this.fault(luaFault.stackOverflow);
    this.depth += 1;
    this.callers.push(this.line);
  }

  leave(): void {
    this.depth -= 1;
    this.callers.pop();
  }

  metamethod(value: LuaValue, event: string): LuaValue {
    if (value instanceof LuaTable) return value.metatable?.get(event);
    return typeof value === 'string' ? this.stringMetatable.get(event) : undefined;
  }

  index(given: LuaValue, key: LuaValue, what = ''): LuaValue {
    let object = given;
    let spelling = what;
    for (let passed = 0; passed < MAX_HANDLERS; passed += 1) {
      if (object instanceof LuaTable) {
        const value = object.get(key);
        if (value !== undefined || object.metatable === undefined) return value;
      }
      const handler = this.metamethod(object, '__index');
      if (handler instanceof LuaFunction) return handler.call([object, key])[0];
      if (handler === undefined) {
        if (object instanceof LuaTable) return undefined;
        throw this.fault(luaFault.operation('index', spelling, typeName(object)));
      }
      object = handler;
      spelling = '';
    }
    throw this.fault(luaFault.loop('gettable'));
  }

  assign(given: LuaValue, key: LuaValue, assigned: { readonly value: LuaValue; readonly what?: string }): void {
    let object = given;
    for (let passed = 0; passed < MAX_HANDLERS; passed += 1) {
      if (!(object instanceof LuaTable)) throw this.fault(luaFault.operation('index', assigned.what ?? '', typeName(object)));
      const handler = object.metatable === undefined || object.get(key) !== undefined ? undefined : this.metamethod(object, '__newindex');
      if (handler === undefined) {
        this.rawAssign(object, key, assigned.value);
        return;
      }
      if (handler instanceof LuaFunction) {
        handler.call([object, key, assigned.value]);
        return;
      }
      object = handler;
    }
    throw this.fault(luaFault.loop('settable'));
  }

  rawAssign(table: LuaTable, key: LuaValue, value: LuaValue): void {
    if (table.readonly) throw this.fault(luaFault.readOnlyTable);
    if (key === undefined) throw this.fault(luaFault.indexNil);
    if (typeof key === 'number' && Number.isNaN(key)) throw this.fault(luaFault.indexNan);
    table.set(key, value);
  }

  call(callee: LuaValue, args: LuaValue[], what = ''): LuaValue[] {
    if (callee instanceof LuaFunction) return callee.call(args);
    const handler = this.metamethod(callee, '__call');
    if (handler instanceof LuaFunction) return handler.call([callee, ...args]);
    throw this.fault(luaFault.operation('call', what, typeName(callee)));
  }
}
