import { cjsonFault } from '../../messages';
import type { Machine } from '../machine';
import { generalText, numberText } from '../operations';
import { LuaTable, LuaUserdata, typeName, type LuaValue } from '../value';
import { JsonDecoder } from './json-decoder';
import { library, type Arguments } from './arguments';

/** JSON's null in Lua. */
const jsonNull = new LuaUserdata('null');

const deepest = 1000;

/** Writes a value as the server's JSON library does: numbers with 14 digits, an empty table as an object. */
class JsonEncoder {
  constructor(private readonly machine: Machine) {}

  encode(value: LuaValue, depth = 0): string {
    if (value === undefined || value === jsonNull) return 'null';
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'number') return this.number(value);
    if (!(value instanceof LuaTable)) throw this.machine.fault(cjsonFault.cannotSerialise(typeName(value), cjsonFault.unsupported));
    if (depth >= deepest) throw this.machine.fault(cjsonFault.tooDeep(deepest));
    const length = this.listLength(value);
    if (length > 0) return `[${Array.from({ length }, (_, index) => this.encode(value.get(index + 1), depth + 1)).join(',')}]`;
    return this.object(value, depth);
  }

  private number(value: number): string {
    if (!Number.isFinite(value)) throw this.machine.fault(cjsonFault.cannotSerialise('number', cjsonFault.notFinite));
    return generalText(value, 14);
  }

  private text(value: string): string {
    const escaped = JSON.stringify(value).replaceAll('/', '\\/').replaceAll('\x7f', '\\u007f');
    return escaped;
  }

  /** The largest index when all keys are positive integers and not too sparse, else 0. */
  private listLength(table: LuaTable): number {
    let [largest, count] = [table.length, table.list.filter((value) => value !== undefined).length];
    for (const key of table.map.keys()) {
      if (typeof key !== 'number' || key < 1 || !Number.isInteger(key)) return 0;
      largest = Math.max(largest, key);
      count += 1;
    }
    if (largest > 10 && largest > count * 2) throw this.machine.fault(cjsonFault.cannotSerialise('table', cjsonFault.sparse));
    return largest;
  }

  private object(table: LuaTable, depth: number): string {
    const members: string[] = [];
    for (const [key, value] of table.map) {
      if (typeof key !== 'string' && typeof key !== 'number')
        throw this.machine.fault(cjsonFault.cannotSerialise(typeName(key), cjsonFault.badKey));
      members.push(`${typeof key === 'number' ? `"${numberText(key)}"` : this.text(key)}:${this.encode(value, depth + 1)}`);
    }
    return `{${members.join(',')}}`;
  }
}

export function jsonLibrary(machine: Machine): LuaTable {
  const setting = (args: Arguments): LuaValue[] => [args.all[0]];
  const table = library(machine, {
    encode: (args) => [new JsonEncoder(machine).encode(args.any(1))],
    decode: (args) => [new JsonDecoder(machine, args.text(1), jsonNull).decode()],
    encode_sparse_array: setting,
    encode_max_depth: setting,
    decode_max_depth: setting,
    encode_number_precision: setting,
    encode_keep_buffer: setting,
    encode_invalid_numbers: setting,
    decode_invalid_numbers: setting,
    decode_array_with_array_mt: setting,
  });
  table.set('null', jsonNull);
  table.set('_NAME', 'cjson');
  table.set('_VERSION', '2.1.0');
  return table;
}
