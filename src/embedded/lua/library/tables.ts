import { luaFault } from '../../messages';
import { textOf } from '../operations';
import { typeName, type LuaTable, type LuaValue } from '../value';
import type { Arguments, LibraryFunction } from './arguments';
import { sort } from './sort';

function concat(args: Arguments): LuaValue[] {
  const table = args.table(1);
  const separator = args.text(2, '');
  const [start, end] = [args.int(3, 1), args.int(4, table.length)];
  const parts: string[] = [];
  for (let index = start; index <= end; index += 1) {
    const value = table.get(index);
    if (typeof value !== 'string' && typeof value !== 'number') throw args.machine.fault(luaFault.invalidConcat(index, typeName(value)));
    parts.push(textOf(value));
  }
  return [parts.join(separator)];
}

function insert(args: Arguments): LuaValue[] {
  const table = args.table(1);
  if (table.readonly) throw args.machine.fault(luaFault.readOnlyTable);
  if (args.count === 2) {
    table.set(table.length + 1, args.all[1]);
    return [];
  }
  if (args.count !== 3) throw args.machine.fault(luaFault.wrongInsert);
  const place = args.int(2);
  for (let index = Math.max(table.length, place - 1); index >= place; index -= 1) {
    args.machine.tick();
    table.set(index + 1, table.get(index));
  }
  table.set(place, args.all[2]);
  return [];
}

function remove(args: Arguments): LuaValue[] {
  const table = args.table(1);
  if (table.readonly) throw args.machine.fault(luaFault.readOnlyTable);
  const { length } = table;
  const place = args.int(2, length);
  if (length === 0 || place < 1 || place > length) return [];
  const value = table.get(place);
  for (let index = place; index < length; index += 1) table.set(index, table.get(index + 1));
  table.set(length, undefined);
  return [value];
}

function largestKey(table: LuaTable): number {
  let largest = table.length;
  for (const key of table.map.keys()) if (typeof key === 'number') largest = Math.max(largest, key);
  return largest;
}

function forEach(args: Arguments, onlyList: boolean): LuaValue[] {
  const [table, visit] = [args.table(1), args.callable(2)];
  const pairs = onlyList ? table.list.map((value, index) => [index + 1, value] as const) : table.entries();
  for (const pair of pairs) {
    const [result] = visit.call([...pair]);
    if (result !== undefined) return [result];
  }
  return [];
}

export const tableFunctions: Readonly<Record<string, LibraryFunction>> = {
  concat,
  foreach: (args) => forEach(args, false),
  foreachi: (args) => forEach(args, true),
  getn: (args) => [args.table(1).length],
  insert,
  maxn: (args) => [largestKey(args.table(1))],
  remove,
  setn: (args) => {
    throw args.machine.fault(luaFault.obsolete('setn'));
  },
  sort,
};
