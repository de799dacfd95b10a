/** The number of slots of a cluster. */
export const SLOTS = 16_384;
const CRC16_POLYNOMIAL = 0x1021;
const LAST_ASCII = 0x7f;

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ CRC16_POLYNOMIAL : crc << 1;
  return crc & 0xffff;
});

/** The part of a key that determines its slot: the text between the first `{` and the next `}`, if it is not empty. */
export function hashTagOf(key: string): string | undefined {
  const open = key.indexOf('{');
  if (open === -1) return undefined;
  const close = key.indexOf('}', open + 1);
  return close > open + 1 ? key.slice(open + 1, close) : undefined;
}

/** The hash slot of a key in a Redis cluster, from 0 to 16,383. */
export function slotOf(key: string | Buffer): number {
  // Latin-1 maps each byte of a binary key to one character, and braces to themselves.
  const text = typeof key === 'string' ? key : key.toString('latin1');
  const hashed = hashTagOf(text) ?? text;
  let crc = 0;
  for (let at = 0; at < hashed.length; at += 1) {
    const code = hashed.charCodeAt(at);
    if (code > LAST_ASCII && typeof key === 'string') return slotOfBytes(Buffer.from(hashed));
    crc = next(crc, code);
  }
  return crc % SLOTS;
}

function slotOfBytes(bytes: Buffer): number {
  return bytes.reduce(next, 0) % SLOTS;
}

function next(crc: number, byte: number): number {
  return ((crc << 8) & 0xffff) ^ (TABLE[((crc >> 8) ^ byte) & 0xff] as number);
}
