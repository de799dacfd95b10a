import { cjsonFault } from '../../messages';
import type { Machine } from '../machine';
import { straightToInt } from '../c-numbers';
import { generalText } from '../number-text';
import { LuaTable, LuaUserdata, typeName, type LuaValue } from '../value';
import { JsonDecoder } from './json-decoder';
import { library, type Arguments } from './arguments';

/** JSON's null in Lua. */
const JSON_NULL = new LuaUserdata('null');

const MAX_DEPTH = 1000;
const PRECISION = 14;

/** Writes a value as the server's JSON library does: numbers with 14 digits, an empty table as an object. */
class JsonEncoder {
  constructor(private readonly machine: Machine) {}

  encode(value: LuaValue, depth = 0): string {
    if (value === undefined || value === JSON_NULL) return 'null';
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'number') return this.number(value);
    if (!(value instanceof LuaTable)) throw this.machine.fault(cjsonFault.cannotSerialise(typeName(value), cjsonFault.unsupported));
    if (depth >= MAX_DEPTH) throw this.machine.fault(cjsonFault.tooDeep(MAX_DEPTH));
    const length = this.listLength(value);
    if (length > 0) return `[${Array.from({ length }, (_, index) => this.encode(value.get(index + 1), depth + 1)).join(',')}]`;
    return this.object(value, depth);
  }

  private number(value: number): string {
    if (!Number.isFinite(value)) throw this.machine.fault(cjsonFault.cannotSerialise('number', cjsonFault.notFinite));
    return generalText(value, PRECISION);
  }

  private text(value: string): string {
    const escaped = JSON.stringify(value).replaceAll('/', '\\/').replaceAll('\x7f', '\\u007f');
    return escaped;
  }

  /** The largest index when all keys are positive integers and not too sparse, else 0. */
  private listLength(table: LuaTable): number {
    let [largest, count] = [table.length, table.list.filter((value) => value !== undefined).length];
    for (const key of table.map.keys()) {
      if (typeof key !== 'number' || key < 1 || !(Number.isInteger(key) || key === Infinity)) return 0;
      // An index that does not fit 32 bits becomes negative.
      if (key > largest) largest = straightToInt(key);
      count += 1;
    }
    if (largest > 10 && largest > count * 2) throw this.machine.fault(cjsonFault.cannotSerialise('table', cjsonFault.sparse));
    return largest;
  }

  private object(table: LuaTable, depth: number): string {
    const members: string[] = [];
    for (const [key, value] of table.entries()) {
      if (typeof key !== 'string' && typeof key !== 'number')
        throw this.machine.fault(cjsonFault.cannotSerialise(typeName(key), cjsonFault.badKey));
      members.push(`${typeof key === 'number' ? `"${this.number(key)}"` : this.text(key)}:${this.encode(value, depth + 1)}`);
    }
    return `{${members.join(',')}}`;
  }
}

export function jsonLibrary(machine: Machine): LuaTable {
  const setting =
    (...values: LuaValue[]) =>
    (args: Arguments): LuaValue[] =>
      args.count === 0 ? values : [args.all[0]];
  const only = (args: Arguments): LuaValue => {
    if (args.count !== 1) throw args.fault(1, cjsonFault.oneArgument);
    return args.all[0];
  };
  const table = library(machine, {
    encode: (args) => [new JsonEncoder(machine).encode(only(args))],
    decode: (args) => {
      only(args);
      return [new JsonDecoder(machine, args.text(1), JSON_NULL).decode()];
    },
    encode_sparse_array: setting(false, 2, 10),
    encode_max_depth: setting(MAX_DEPTH),
    decode_max_depth: setting(MAX_DEPTH),
    encode_number_precision: setting(PRECISION),
    encode_keep_buffer: setting(true),
    encode_invalid_numbers: setting(false),
    decode_invalid_numbers: setting(true),
  });
  table.set('null', JSON_NULL);
  table.set('_NAME', 'cjson');
  table.set('_VERSION', '2.1.0');
  return table;
}
