const SLOTS = 16_384;
const CRC16_POLYNOMIAL = 0x1021;

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ CRC16_POLYNOMIAL : crc << 1;
  return crc & 0xffff;
});

/** The part of a key that decides its slot: what stands between the first `{` and the next `}`, when that is not empty. */
export function hashTagOf(key: string): string | undefined {
  const open = key.indexOf('{');
  if (open === -1) return undefined;
  const close = key.indexOf('}', open + 1);
  return close > open + 1 ? key.slice(open + 1, close) : undefined;
}

/** The hash slot of a key in a Redis cluster, from 0 to 16,383. */
export function slotOf(key: string | Buffer): number {
  // Latin-1 keeps the bytes of a binary key apart, and braces are the same byte in it.
  const isText = typeof key === 'string';
  const text = isText ? key : key.toString('latin1');
  let crc = 0;
  for (const byte of Buffer.from(hashTagOf(text) ?? text, isText ? 'utf8' : 'latin1')) {
    crc = ((crc << 8) & 0xffff) ^ (TABLE[((crc >> 8) ^ byte) & 0xff] as number);
  }
  return crc % SLOTS;
}
