import { luaFault } from '../messages';
import { LuaError, LuaFunction, LuaTable, typeName, type LuaValue } from './value';

const ticksPerLook = 1_000_000;
const longestRunMs = 30_000;
const deepest = 2_000;

/** The line of a call that comes from outside of the script. */
export const notInScript = -1;

/** The state of running scripts: globals, the line that runs, how deep calls are. */
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
    this.line = notInScript;
    this.ticks = 0;
    this.deadline = Date.now() + longestRunMs;
    try {
      return main.call([]);
    } catch (error) {
      if (error instanceof RangeError) throw this.fault(luaFault.stackOverflow);
      throw error;
    }
  }

  /** An error at a line, as the language raises it. */
  fault(message: string, line = this.line): LuaError {
    return new LuaError(line === notInScript ? message : `${this.chunkName}:${line}: ${message}`, line);
  }

  /** Called in every loop, so that a script that never ends is stopped. */
  tick(): void {
    this.ticks += 1;
    if (this.ticks % ticksPerLook === 0 && Date.now() > this.deadline) throw this.fault('script ran longer than 30 s');
  }

  enter(): void {
    if (this.depth >= deepest) throw this.fault(luaFault.stackOverflow);
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

  index(object: LuaValue, key: LuaValue, what = ''): LuaValue {
    if (object instanceof LuaTable) {
      const value = object.get(key);
      if (value !== undefined || object.metatable === undefined) return value;
    }
    const handler = this.metamethod(object, '__index');
    if (handler === undefined) {
      if (object instanceof LuaTable) return undefined;
      throw this.fault(luaFault.operation('index', what, typeName(object)));
    }
    return handler instanceof LuaFunction ? handler.call([object, key])[0] : this.index(handler, key);
  }

  assign(object: LuaValue, key: LuaValue, assigned: { readonly value: LuaValue; readonly what?: string }): void {
    if (object instanceof LuaTable) {
      const handler = object.metatable === undefined || object.get(key) !== undefined ? undefined : this.metamethod(object, '__newindex');
      if (handler === undefined) {
        this.rawAssign(object, key, assigned.value);
        return;
      }
      if (handler instanceof LuaFunction) handler.call([object, key, assigned.value]);
      else this.assign(handler, key, assigned);
      return;
    }
    throw this.fault(luaFault.operation('index', assigned.what ?? '', typeName(object)));
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
