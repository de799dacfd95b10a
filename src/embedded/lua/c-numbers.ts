/** Doubles cast to integers as C does on the server's processor: what does not fit becomes the smallest integer. */

const BEYOND_LONG = 2 ** 63;
const BEYOND_INT = 2 ** 31;

/** To a signed 64-bit integer. */
export function toLong(value: number): number {
  const cut = Math.trunc(value);
  if (cut === 0) return 0;
  return Math.abs(cut) < BEYOND_LONG ? cut : -BEYOND_LONG;
}

/** To the lower 32 bits of a signed 64-bit integer. */
export function toInt(value: number): number {
  return toLong(value) | 0;
}

/** To a signed 32-bit integer, without the detour over 64 bits. */
export function straightToInt(value: number): number {
  const cut = Math.trunc(value);
  return Math.abs(cut) < BEYOND_INT ? cut | 0 : -BEYOND_INT;
}

/** To an unsigned 64-bit integer. */
export function toUnsigned(value: number): bigint {
  const isHigh = value >= BEYOND_LONG;
  const bits = BigInt(toLong(isHigh ? value - BEYOND_LONG : value));
  return BigInt.asUintN(64, isHigh ? bits ^ (1n << 63n) : bits);
}

const bytes = new DataView(new ArrayBuffer(8));

/** To a signed 32-bit integer, rounded as in the bit library: adding a constant moves the bits of the integer to the lower half of the double. */
export function toBits(value: number): number {
  bytes.setFloat64(0, value + 2 ** 52 + 2 ** 51);
  return bytes.getInt32(4);
}
