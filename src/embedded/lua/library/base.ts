import { luaFault } from '../../messages';
import { compileChunk } from '../compile';
import { LuaSyntaxError } from '../lexer';
import { NOT_IN_SCRIPT, type Machine } from '../machine';
import { numberText, parsedInBase } from '../number-text';
import { textOf, toNumber } from '../operations';
import { isTrue, LuaError, LuaFunction, LuaTable, LuaUserdata, typeName, type LuaValue } from '../value';
import { Arguments, MAX_RESULTS, type LibraryFunction } from './arguments';

const addresses = new WeakMap<object, string>();
let lastAddress = 0x1000;

/** An address that is unique to an object, for `tostring`. */
function addressOf(object: object): string {
  let address = addresses.get(object);
  if (address === undefined) {
    lastAddress += 0x20;
    address = `0x${lastAddress.toString(16).padStart(12, '0')}`;
    addresses.set(object, address);
  }
  return address;
}

function toText(machine: Machine, value: LuaValue): string {
  const handler = machine.metamethod(value, '__tostring');
  if (handler instanceof LuaFunction) {
    const text = handler.call([value])[0];
    if (typeof text !== 'string') throw machine.fault(luaFault.toStringResult);
    return text;
  }
  if (typeof value === 'number') return numberText(value);
  // The only userdata is `cjson.null`.
  if (value instanceof LuaUserdata) return 'userdata: (nil)';
  if (typeof value === 'object') return `${typeName(value)}: ${addressOf(value)}`;
  return value === undefined ? 'nil' : String(value);
}

/** The server's `pcall` returns the text of an error object, not the object. */
function plainError(value: LuaValue): LuaValue {
  const text = value instanceof LuaTable ? value.get('err') : undefined;
  return typeof text === 'string' ? text : value;
}

function protectedCall(args: Arguments, handler: LuaValue, given: LuaValue[]): LuaValue[] {
  const { machine } = args;
  const [depth, callers] = [machine.depth, machine.callers.length];
  const callee = args.any(1);
  machine.line = NOT_IN_SCRIPT;
  try {
    return [true, ...machine.call(callee, given)];
  } catch (error) {
    const raised = machine.raised(error);
    if (!(raised instanceof LuaError)) throw raised;
    machine.depth = depth;
    machine.callers.length = callers;
    return [false, ...(handler === undefined ? [plainError(raised.value)] : handled(machine, handler, raised.value))];
  }
}

function handled(machine: Machine, handler: LuaValue, value: LuaValue): LuaValue[] {
  try {
    return machine.call(handler, [value]);
  } catch (error) {
    if (machine.raised(error) instanceof LuaError) return [luaFault.errorInHandler];
    throw error;
  }
}

function raise(args: Arguments): LuaValue[] {
  const { machine } = args;
  const value = args.all[0];
  const level = args.int(2, 1);
  const line = level === 1 ? machine.line : level === 2 ? (machine.callers[machine.callers.length - 1] ?? NOT_IN_SCRIPT) : NOT_IN_SCRIPT;
  const isText = typeof value === 'string' || typeof value === 'number';
  throw new LuaError(isText && line !== NOT_IN_SCRIPT ? `${machine.chunkName}:${line}: ${textOf(value)}` : value, machine.line);
}

function toNumberWithBase(args: Arguments): LuaValue[] {
  const base = args.int(2, 10);
  if (base === 10) return [toNumber(args.any(1))];
  const text = args.text(1);
  if (base < 2 || base > 36) throw args.fault(2, luaFault.baseRange);
  return [parsedInBase(text, base)];
}

function load(args: Arguments, source: string): LuaValue[] {
  try {
    return [compileChunk(args.machine, source, chunkNameOf(args, source))];
  } catch (error) {
    if (error instanceof LuaSyntaxError) return [undefined, error.message];
    throw error;
  }
}

function chunkNameOf(args: Arguments, source: string): string {
  const name = args.all[1];
  if (typeof name === 'string') return name.replace(/^[@=]/, '');
  const [line = ''] = source.split('\n');
  return `[string "${line.length < source.length || line.length > 60 ? `${line.slice(0, 60)}...` : line}"]`;
}

function loadFrom(args: Arguments): LuaValue[] {
  const read = args.callable(1);
  let source = '';
  for (;;) {
    const [part] = read.call([]);
    if (part === undefined || part === '') return load(args, source);
    if (typeof part !== 'string') return [undefined, luaFault.readerResult];
    source += part;
  }
}

function select(args: Arguments): LuaValue[] {
  const [first] = args.all;
  if (typeof first === 'string' && first.startsWith('#')) return [args.count - 1];
  const start = args.int(1);
  if (start === 0 || -start > args.count - 1) throw args.fault(1, luaFault.selectRange);
  return args.all.slice(start);
}

function setMetatable(args: Arguments): LuaValue[] {
  const table = args.table(1);
  const metatable = args.all[1];
  if (args.count < 2 || (metatable !== undefined && !(metatable instanceof LuaTable))) throw args.fault(2, luaFault.expectedMetatable);
  if (table.readonly) throw args.machine.bareFault(luaFault.readOnlyTable);
  if (table.metatable?.get('__metatable') !== undefined) throw args.machine.fault(luaFault.protectedMetatable);
  table.metatable = metatable;
  return [table];
}

function unpack(args: Arguments): LuaValue[] {
  const table = args.table(1);
  const [start, end] = [args.int(2, 1), args.int(3, table.length)];
  if (end - start >= MAX_RESULTS) throw args.machine.fault(luaFault.tooManyResults);
  return Array.from({ length: Math.max(end - start + 1, 0) }, (_, index) => table.get(start + index));
}

function next(args: Arguments, key: LuaValue): LuaValue[] {
  const found = args.table(1).next(key);
  if (found === 'unknown key') throw args.machine.bareFault(luaFault.invalidNext);
  return found === undefined ? [undefined] : [...found];
}

export const baseFunctions: Readonly<Record<string, LibraryFunction>> = {
  assert: (args) => {
    if (isTrue(args.any(1))) return [...args.all];
    throw args.machine.fault(args.text(2, luaFault.assertion));
  },
  collectgarbage: () => [0],
  error: raise,
  getmetatable: (args) => {
    const value = args.any(1);
    const metatable = value instanceof LuaTable ? value.metatable : typeof value === 'string' ? args.machine.stringMetatable : undefined;
    return [metatable?.get('__metatable') ?? metatable];
  },
  ipairs: (args) => {
    const table = args.table(1);
    const step = new LuaFunction(([list, index]) => {
      const position = (index as number) + 1;
      const value = (list as LuaTable).get(position);
      return value === undefined ? [undefined] : [position, value];
    });
    return [step, table, 0];
  },
  load: loadFrom,
  loadstring: (args) => load(args, args.text(1)),
  next: (args) => next(args, args.all[1]),
  pairs: (args) => [new LuaFunction(([table, key]) => next(new Arguments(args.machine, 'next', [table]), key)), args.table(1), undefined],
  pcall: (args) => protectedCall(args, undefined, args.all.slice(1)),
  rawequal: (args) => [args.any(1) === args.any(2)],
  rawget: (args) => [args.table(1).get(args.any(2))],
  rawset: (args) => {
    const [table, key, value] = [args.table(1), args.any(2), args.any(3)];
    args.machine.unpositioned(() => args.machine.rawAssign(table, key, value));
    return [args.all[0]];
  },
  select,
  setmetatable: setMetatable,
  tonumber: toNumberWithBase,
  tostring: (args) => [toText(args.machine, args.any(1))],
  type: (args) => [typeName(args.any(1))],
  unpack,
  xpcall: (args) => protectedCall(args, args.any(2), []),
};
