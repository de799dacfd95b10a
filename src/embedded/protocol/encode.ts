import {
  DoubleReply,
  ErrorReply,
  MapReply,
  NoReply,
  NullArrayReply,
  PushReply,
  SetReply,
  StatusReply,
  VerbatimReply,
  type Reply,
} from './reply';

export type ProtocolVersion = 2 | 3;

/** The bytes of a reply, one a character. */
export function encode(reply: Reply, version: ProtocolVersion): string {
  switch (typeof reply) {
    case 'string':
      return `$${reply.length}\r\n${reply}\r\n`;
    case 'number':
      return `:${reply}\r\n`;
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
    return version === 3 ? `=${reply.text.length + 4}\r\ntxt:${reply.text}\r\n` : encode(reply.text, version);
  if (reply instanceof NullArrayReply) return version === 3 ? '_\r\n' : '*-1\r\n';
  if (reply instanceof NoReply) return '';
  return encodeItems('*', reply, version);
}

function encodeItems(mark: string, items: readonly Reply[], version: ProtocolVersion): string {
  let text = `${mark}${items.length}\r\n`;
  for (const item of items) text += encode(item, version);
  return text;
}

/** Keys and values in turn. */
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
  return version === 3 ? `,${numberText(value)}\r\n` : encode(doubleText(value), version);
}

const largestIntegral = 2 ** 62;

/** A double as RESP3 and the arguments of scripts have it: whole numbers without exponent. */
export function numberText(value: number): string {
  if (value === 0 || !Number.isInteger(value) || Math.abs(value) > largestIntegral) return doubleText(value);
  return BigInt(value).toString();
}

/** A double as the server writes it outside of JSON. */
export function doubleText(value: number): string {
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  if (Number.isNaN(value)) return 'nan';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', power = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  return (value < 0 ? '-' : '') + placed(digits, Number(power));
}

/** Digits with a decimal point or an exponent, chosen by the same rule as the server's. */
function placed(digits: string, exponent: number): string {
  const scale = exponent - digits.length + 1;
  if (scale >= 0 && exponent < digits.length + 7) return digits + '0'.repeat(scale);
  if (scale < 0 && (scale > -7 || Math.abs(exponent) < 4)) {
    const point = digits.length + scale;
    return point <= 0 ? `0.${'0'.repeat(-point)}${digits}` : `${digits.slice(0, point)}.${digits.slice(point)}`;
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${digits.charAt(0)}${fraction}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}
