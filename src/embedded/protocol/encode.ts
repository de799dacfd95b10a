import { doubleText } from './double-text';
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
} from './reply';

export type ProtocolVersion = 2 | 3;

/** The bytes of a reply, one per character. */
export function encode(reply: Reply, version: ProtocolVersion): string {
  switch (typeof reply) {
    case 'string':
      return `$${reply.length}\r\n${reply}\r\n`;
    case 'number':
    case 'bigint':
      return `:${reply}\r\n`;
    case 'boolean':
      return version === 3 ? `#${reply ? 't' : 'f'}\r\n` : `:${Number(reply)}\r\n`;
    default:
      return reply === null ? encodeNull(version) : encodeObject(reply, version);
  }
}

function encodeNull(version: ProtocolVersion): string {
  return version === 3 ? '_\r\n' : '$-1\r\n';
}

function encodeObject(reply: Exclude<Reply, string | number | bigint | boolean | null>, version: ProtocolVersion): string {
  if (reply instanceof StatusReply) return `+${reply.text}\r\n`;
  if (reply instanceof ErrorReply) return `-${reply.text.replace(/[\r\n]/g, ' ')}\r\n`;
  if (reply instanceof DoubleReply) return encodeDouble(reply.value, version);
  if (reply instanceof MapReply) return encodeMap(reply, version);
  if (reply instanceof SetReply) return encodeItems(version === 3 ? '~' : '*', reply.items, version);
  if (reply instanceof PushReply) return encodeItems(version === 3 ? '>' : '*', reply.items, version);
  if (reply instanceof VerbatimReply)
    return version === 3 ? `=${reply.text.length + 4}\r\n${reply.format}:${reply.text}\r\n` : encode(reply.text, version);
  if (reply instanceof BigNumberReply) return version === 3 ? `(${reply.digits}\r\n` : encode(reply.digits, version);
  if (reply instanceof NullArrayReply) return version === 3 ? '_\r\n' : '*-1\r\n';
  if (reply instanceof SeriesReply) return reply.items.map((item) => encode(item, version)).join('');
  if (reply instanceof NoReply) return '';
  return encodeItems('*', reply, version);
}

function encodeItems(mark: string, items: readonly Reply[], version: ProtocolVersion): string {
  let text = `${mark}${items.length}\r\n`;
  for (const item of items) text += encode(item, version);
  return text;
}

/** Alternating keys and values. */
export function flattened({ entries }: MapReply): Reply[] {
  const items: Reply[] = [];
  for (const [key, value] of entries) items.push(key, value);
  return items;
}

function encodeMap(reply: MapReply, version: ProtocolVersion): string {
  if (version === 2) return encodeItems('*', flattened(reply), version);
  let text = `%${reply.entries.length}\r\n`;
  for (const [name, value] of reply.entries) text += encode(name, version) + encode(value, version);
  return text;
}

function encodeDouble(value: number, version: ProtocolVersion): string {
  const text = doubleText(value);
  return version === 3 ? `,${text}\r\n` : encode(text, version);
}
