import { messagePackFault } from '../../messages';
import type { Machine } from '../machine';
import { LuaTable, type LuaValue } from '../value';
import { library, type Arguments } from './arguments';

const MAX_DEPTH = 16;

function pack(value: LuaValue, depth: number): Buffer {
  if (typeof value === 'string') return packText(value);
  if (typeof value === 'number') return packNumber(value);
  if (typeof value === 'boolean') return Buffer.from([value ? 0xc3 : 0xc2]);
  if (!(value instanceof LuaTable) || depth >= MAX_DEPTH) return Buffer.from([0xc0]);
  if (value.map.size === 0 && !value.list.includes(undefined)) {
    return Buffer.concat([
      header(value.length, { small: 0x90, most: 15, medium: 0xdc }),
      ...value.list.map((item) => pack(item, depth + 1)),
    ]);
  }
  const entries = value.entries();
  return Buffer.concat([
    header(entries.length, { small: 0x80, most: 15, medium: 0xde }),
    ...entries.flatMap(([key, member]) => [pack(key, depth + 1), pack(member, depth + 1)]),
  ]);
}

function header(count: number, codes: { readonly small: number; readonly most: number; readonly medium: number }): Buffer {
  if (count <= codes.most) return Buffer.from([codes.small | count]);
  const wide = count > 0xffff;
  const bytes = Buffer.alloc(wide ? 5 : 3, codes.medium + Number(wide));
  if (wide) bytes.writeUInt32BE(count, 1);
  else bytes.writeUInt16BE(count, 1);
  return bytes;
}

function packText(text: string): Buffer {
  const body = Buffer.from(text, 'latin1');
  if (text.length < 32) return Buffer.concat([Buffer.from([0xa0 | text.length]), body]);
  if (text.length < 256) return Buffer.concat([Buffer.from([0xd9, text.length]), body]);
  return Buffer.concat([header(text.length, { small: 0, most: -1, medium: 0xda }), body]);
}

function packNumber(value: number): Buffer {
  if (!Number.isInteger(value) || value >= 2 ** 63 || value < -(2 ** 63)) return packDouble(value);
  if (value >= 0 && value <= 127) return Buffer.from([value]);
  if (value < 0 && value >= -32) return Buffer.from([value & 0xff]);
  const bytes = Buffer.alloc(9);
  const widths = [1, 2, 4, 8] as const;
  const index = widths.findIndex((width) => (value >= 0 ? value < 2 ** (width * 8) : value >= -(2 ** (width * 8 - 1))));
  const width = widths[index] ?? 8;
  bytes[0] = (value >= 0 ? 0xcc : 0xd0) + (index === -1 ? 3 : index);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)), 1);
  return Buffer.concat([bytes.subarray(0, 1), bytes.subarray(9 - width)]);
}

function packDouble(value: number): Buffer {
  const isSingle = Math.fround(value) === value;
  const bytes = Buffer.alloc(isSingle ? 5 : 9, isSingle ? 0xca : 0xcb);
  if (isSingle) bytes.writeFloatBE(value, 1);
  else bytes.writeDoubleBE(value, 1);
  return bytes;
}

class Unpacker {
  private readonly bytes: Buffer;

  constructor(
    private readonly machine: Machine,
    text: string,
    private offset = 0,
  ) {
    this.bytes = Buffer.from(text, 'latin1');
  }

  /** The next values, `most` of them or fewer. */
  take(most: number): LuaValue[] {
    const values: LuaValue[] = [];
    while (this.offset < this.bytes.length && values.length < most) values.push(this.value());
    return values;
  }

  /** The offset of the next value, or -1 at the end. */
  get next(): number {
    return this.offset === this.bytes.length ? -1 : this.offset;
  }

  private value(): LuaValue {
    const code = this.cut(1).readUInt8();
    if (code < 0x80) return code;
    if (code >= 0xe0) return code - 256;
    if (code < 0x90) return this.table(code & 15);
    if (code < 0xa0) return this.list(code & 15);
    if (code < 0xc0) return this.text(code & 31);
    return this.wide(code);
  }

  private wide(code: number): LuaValue {
    if (code === 0xc0) return undefined;
    if (code === 0xc2 || code === 0xc3) return code === 0xc3;
    if (code === 0xca) return this.cut(4).readFloatBE();
    if (code === 0xcb) return this.cut(8).readDoubleBE();
    if (code >= 0xcc && code <= 0xcf) return this.unsigned(2 ** (code - 0xcc));
    if (code >= 0xd0 && code <= 0xd3) return this.signed(2 ** (code - 0xd0));
    if (code >= 0xd9 && code <= 0xdb) return this.text(this.unsigned(2 ** (code - 0xd9)));
    if (code === 0xdc || code === 0xdd) return this.list(this.unsigned(code === 0xdc ? 2 : 4));
    if (code === 0xde || code === 0xdf) return this.table(this.unsigned(code === 0xde ? 2 : 4));
    throw this.machine.fault(messagePackFault.badData);
  }

  private cut(count: number): Buffer {
    if (this.offset + count > this.bytes.length) throw this.machine.fault(messagePackFault.missingBytes);
    this.offset += count;
    return this.bytes.subarray(this.offset - count, this.offset);
  }

  /** Unsigned, except for 64 bits, which the server reads as signed. */
  private unsigned(width: number): number {
    return width === 8 ? Number(this.cut(8).readBigInt64BE()) : this.cut(width).readUIntBE(0, width);
  }

  private signed(width: number): number {
    return width === 8 ? Number(this.cut(8).readBigInt64BE()) : this.cut(width).readIntBE(0, width);
  }

  private text(length: number): string {
    return this.cut(length).toString('latin1');
  }

  private list(length: number): LuaTable {
    const table = new LuaTable();
    for (let index = 1; index <= length; index += 1) table.set(index, this.value());
    return table;
  }

  private table(count: number): LuaTable {
    const table = new LuaTable();
    for (let index = 0; index < count; index += 1) {
      const key = this.value();
      const value = this.value();
      this.machine.unpositioned(() => this.machine.rawAssign(table, key, value));
    }
    return table;
  }
}

/** The offset to go on from, or -1 at the end, and then the values. */
function unpackSome(args: Arguments, limit: number, offset: number): LuaValue[] {
  const text = args.text(1);
  if (offset < 0 || limit < 0) throw args.machine.fault(messagePackFault.invalidRequest(offset, text.length));
  if (offset > text.length) throw args.machine.fault(messagePackFault.offsetTooLarge(offset, text.length));
  const unpacker = new Unpacker(args.machine, text, offset);
  const values = unpacker.take(limit);
  return [unpacker.next, ...values];
}

export function messagePackLibrary(machine: Machine): LuaTable {
  return library(machine, {
    pack: (args) => {
      if (args.count === 0) throw args.fault(0, messagePackFault.noArguments);
      return [Buffer.concat(args.all.map((value) => pack(value, 0))).toString('latin1')];
    },
    unpack: (args) => new Unpacker(machine, args.text(1)).take(Infinity),
    unpack_limit: (args) => unpackSome(args, args.integer(2), args.integer(3, 0)),
    unpack_one: (args) => unpackSome(args, 1, args.integer(2, 0)),
  });
}
