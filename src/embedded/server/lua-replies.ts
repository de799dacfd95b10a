import { MIN_LONG } from '../integers';
import { doubleText } from '../protocol/double-text';
import { flattened } from '../protocol/encode';
import {
  BigNumberReply,
  DoubleReply,
  ErrorReply,
  MapReply,
  NoReply,
  NullArrayReply,
  PushReply,
  SeriesReply,
  SetReply,
  StatusReply,
  VerbatimReply,
  type Reply,
} from '../protocol/reply';
import { type LuaFunction, LuaTable, type LuaUserdata, type LuaValue } from '../lua/value';

type Version = 2 | 3;

/** A reply as a script sees it. */
export function toLua(reply: Reply, version: Version): LuaValue {
  switch (typeof reply) {
    case 'string':
    case 'number':
      return reply;
    case 'bigint':
      return Number(reply);
    case 'boolean':
      return version === 3 ? reply : Number(reply);
    default:
      return reply === null || reply instanceof NullArrayReply || reply instanceof NoReply ? nothing(version) : composite(reply, version);
  }
}

function nothing(version: Version): LuaValue {
  return version === 3 ? undefined : false;
}

function composite(reply: Exclude<Reply, string | number | bigint | boolean | null>, version: Version): LuaValue {
  if (reply instanceof StatusReply) return LuaTable.from({ ok: reply.text });
  if (reply instanceof ErrorReply) return LuaTable.from({ err: reply.text });
  if (reply instanceof DoubleReply) return version === 3 ? LuaTable.from({ double: reply.value }) : doubleText(reply.value);
  if (reply instanceof VerbatimReply) {
    return version === 3 ? LuaTable.from({ verbatim_string: LuaTable.from({ format: 'txt', string: reply.text }) }) : reply.text;
  }
  if (reply instanceof MapReply) return mapToLua(reply, version);
  if (reply instanceof SetReply) return version === 3 ? LuaTable.from({ set: members(reply) }) : listToLua(reply.items, version);
  if (reply instanceof PushReply || reply instanceof SeriesReply) return listToLua(reply.items, version);
  return Array.isArray(reply) ? listToLua(reply as readonly Reply[], version) : nothing(version);
}

function listToLua(items: readonly Reply[], version: Version): LuaTable {
  const table = new LuaTable();
  items.forEach((item, index) => table.set(index + 1, toLua(item, version)));
  return table;
}

function mapToLua(reply: MapReply, version: Version): LuaValue {
  if (version === 2) return listToLua(flattened(reply), version);
  const table = new LuaTable();
  for (const [key, value] of reply.entries) table.set(toLua(key, version), toLua(value, version));
  return LuaTable.from({ map: table });
}

function members(reply: SetReply): LuaTable {
  const table = new LuaTable();
  for (const item of reply.items) table.set(toLua(item, 3), true);
  return table;
}

/** The result of a script as a reply; `version` is the protocol version that the script chose. */
export function fromLua(value: LuaValue, version: Version): Reply {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return cutToLong(value);
  if (typeof value === 'boolean') return version === 3 ? value : value ? 1 : null;
  if (value instanceof LuaTable) return tableReply(value, version);
  void (value satisfies undefined | LuaFunction | LuaUserdata);
  return null;
}

/** Cuts to a 64-bit integer, like a cast in C. */
function cutToLong(value: number): number | bigint {
  const cut = Math.trunc(value);
  if (Number.isSafeInteger(cut)) return cut === 0 ? 0 : cut;
  return Number.isFinite(cut) && Math.abs(cut) < 2 ** 63 ? BigInt(cut) : MIN_LONG;
}

function tableReply(table: LuaTable, version: Version): Reply {
  const { err, ok, double, map, set } = fieldsOf(table);
  if (typeof err === 'string') return new ErrorReply(err);
  if (typeof ok === 'string') return new StatusReply(ok.replace(/[\r\n]/g, ' '));
  if (typeof double === 'number') return new DoubleReply(double);
  if (map instanceof LuaTable)
    return new MapReply(map.entries().map(([key, value]) => [fromLua(key, version), fromLua(value, version)] as const));
  if (set instanceof LuaTable) return new SetReply(set.entries().map(([key]) => fromLua(key, version)));
  const special = verbatimReply(table.get('verbatim_string')) ?? bigNumberReply(table.get('big_number'));
  if (special !== undefined) return special;
  const items: Reply[] = [];
  for (let index = 1; table.get(index) !== undefined; index += 1) items.push(fromLua(table.get(index), version));
  return items;
}

function verbatimReply(value: LuaValue): VerbatimReply | undefined {
  if (!(value instanceof LuaTable)) return undefined;
  const [text, format] = [value.get('string'), value.get('format')];
  return typeof text === 'string' && typeof format === 'string' ? new VerbatimReply(text, format.slice(0, 3)) : undefined;
}

function bigNumberReply(value: LuaValue): BigNumberReply | undefined {
  return typeof value === 'string' ? new BigNumberReply(value.replace(/[\r\n]/g, ' ')) : undefined;
}

function fieldsOf(table: LuaTable): Readonly<Record<'err' | 'ok' | 'double' | 'map' | 'set', LuaValue>> {
  return { err: table.get('err'), ok: table.get('ok'), double: table.get('double'), map: table.get('map'), set: table.get('set') };
}
