/** Numbers made integers as the processor of the server does it in C: what does not fit becomes the smallest one. */

const BEYOND_LONG = 2 ** 63;
const BEYOND_INT = 2 ** 31;

/** A signed integer of 64 bit. */
export function toLong(value: number): number {
  const cut = Math.trunc(value);
  if (cut === 0) return 0;
  return Math.abs(cut) < BEYOND_LONG ? cut : -BEYOND_LONG;
}

/** The lower 32 bits of a signed integer of 64 bit. */
export function toInt(value: number): number {
  return toLong(value) | 0;
}

/** A signed integer of 32 bit that is made without the detour over 64. */
export function straightToInt(value: number): number {
  const cut = Math.trunc(value);
  return Math.abs(cut) < BEYOND_INT ? cut | 0 : -BEYOND_INT;
}

/** An unsigned integer of 64 bit. */
export function toUnsigned(value: number): bigint {
  const isHigh = value >= BEYOND_LONG;
  const bits = BigInt(toLong(isHigh ? value - BEYOND_LONG : value));
  return BigInt.asUintN(64, isHigh ? bits ^ (1n << 63n) : bits);
}

const bytes = new DataView(new ArrayBuffer(8));

/** A signed integer of 32 bit, rounded and cut by the trick of the bit library: it adds what moves the bits to the lower half of the double. */
export function toBits(value: number): number {
  bytes.setFloat64(0, value + 2 ** 52 + 2 ** 51);
  return bytes.getInt32(4);
}
