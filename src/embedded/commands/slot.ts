export const SLOT_COUNT = 16_384;

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) sum = (sum & 0x8000) === 0 ? sum << 1 : (sum << 1) ^ 0x1021;
  return sum & 0xffff;
});

/** The slot of a key: CRC16 of its hash tag, or of the whole key. */
export function slotOf(key: string): number {
  const open = key.indexOf('{');
  const close = open === -1 ? -1 : key.indexOf('}', open + 1);
  const hashed = close > open + 1 ? key.slice(open + 1, close) : key;
  let sum = 0;
  for (let index = 0; index < hashed.length; index += 1) {
    sum = ((sum << 8) & 0xffff) ^ (table[((sum >> 8) ^ hashed.charCodeAt(index)) & 0xff] as number);
  }
  return sum % SLOT_COUNT;
}
