/**
 * The digits of a double, found as the server does: by the Grisu2 algorithm, whose 64 bits are too few to find the shortest digits
 * of about one double in a thousand. `1e23` becomes `9.999999999999999e22`, for example.
 */

/** `fraction` times two to the power of `exponent`. */
interface Scaled {
  readonly fraction: bigint;
  readonly exponent: number;
}

/** The value is the digits times ten to the power of `scale`. */
export interface Digits {
  readonly digits: string;
  readonly scale: number;
}

const HIDDEN_BIT = 1n << 52n;
const EXPONENT_BIAS = 1075;
const FIRST_POWER = -348;
const POWER_STEP = 8;
const POWER_COUNT = 87;
const MIN_EXPONENT = -60;
const MAX_EXPONENT = -32;

const bytes = new DataView(new ArrayBuffer(8));

function scaledOf(value: number): Scaled {
  bytes.setFloat64(0, value);
  const bits = bytes.getBigUint64(0);
  const fraction = bits & (HIDDEN_BIT - 1n);
  const exponent = Number(bits >> 52n);
  return exponent === 0
    ? { fraction, exponent: 1 - EXPONENT_BIAS }
    : { fraction: fraction + HIDDEN_BIT, exponent: exponent - EXPONENT_BIAS };
}

/** The same value with the highest of 64 bits set. */
function normalized({ fraction, exponent }: Scaled): Scaled {
  const shift = 64 - fraction.toString(2).length;
  return { fraction: fraction << BigInt(shift), exponent: exponent - shift };
}

/** The middle between the value and its lower neighbour, with the exponent of the upper middle. */
function lowerMiddle({ fraction, exponent }: Scaled, like: Scaled): Scaled {
  const shift = fraction === HIDDEN_BIT ? 2 : 1;
  const middle = (fraction << BigInt(shift)) - 1n;
  return { fraction: middle << BigInt(exponent - shift - like.exponent), exponent: like.exponent };
}

function product(left: Scaled, right: Scaled): Scaled {
  return { fraction: (left.fraction * right.fraction + (1n << 63n)) >> 64n, exponent: left.exponent + right.exponent + 64 };
}

const powers: (Scaled | undefined)[] = [];

/** Ten to the power of `FIRST_POWER + index * POWER_STEP`, rounded to 64 bits. */
function powerAt(index: number): Scaled {
  const known = powers[index];
  if (known !== undefined) return known;
  const power = FIRST_POWER + index * POWER_STEP;
  const size = 10n ** BigInt(Math.abs(power));
  const width = size.toString(2).length;
  const shift = power < 0 ? 64 + width : Math.max(65 - width, 0);
  const exact = power < 0 ? (1n << BigInt(shift)) / size : size << BigInt(shift);
  const extra = exact.toString(2).length - 64;
  const rounded = (exact + (1n << BigInt(extra - 1))) >> BigInt(extra);
  return (powers[index] = { fraction: rounded, exponent: extra - shift });
}

/** The power of ten that brings the exponent into the range in which digits are cut off. */
function suitablePower(exponent: number): { readonly factor: Scaled; readonly power: number } {
  const guess = Math.trunc(-(exponent + POWER_COUNT) * 0.30102999566398114);
  let index = Math.trunc((guess - FIRST_POWER) / POWER_STEP);
  for (;;) {
    const reached = exponent + powerAt(index).exponent + 64;
    if (reached < MIN_EXPONENT) index += 1;
    else if (reached > MAX_EXPONENT) index -= 1;
    else return { factor: powerAt(index), power: FIRST_POWER + index * POWER_STEP };
  }
}

/** Distances from the upper end: of the digits so far (`rest`), of the lower end (`delta`), of the value (`wanted`). `unit` is one in the last digit. */
interface Rest {
  readonly rest: bigint;
  readonly delta: bigint;
  readonly unit: bigint;
  readonly wanted: bigint;
}

/** The digits, with the last one lowered as long as that brings them nearer to the value. */
function nearest(digits: string, { rest, delta, unit, wanted }: Rest): string {
  let [left, last] = [rest, Number(digits.slice(-1))];
  while (left < wanted && delta - left >= unit && (left + unit < wanted || wanted - left > left + unit - wanted)) {
    last -= 1;
    left += unit;
  }
  return digits.slice(0, -1) + String(last);
}

function cut(value: Scaled, lower: bigint, upper: bigint): Digits {
  const width = BigInt(-value.exponent);
  const mask = (1n << width) - 1n;
  let [delta, distance] = [upper - lower, upper - value.fraction];
  const whole = (upper >> width).toString();
  for (let count = 1; count <= whole.length; count += 1) {
    const unit = (10n ** BigInt(whole.length - count)) << width;
    const rest = upper % unit;
    if (rest > delta) continue;
    return { digits: nearest(whole.slice(0, count), { rest, delta, unit, wanted: distance }), scale: whole.length - count };
  }
  let [digits, part, scale] = [whole === '0' ? '' : whole, upper & mask, 0];
  for (;;) {
    [part, delta, distance, scale] = [part * 10n, delta * 10n, distance * 10n, scale - 1];
    const digit = part >> width;
    if (digit > 0n || digits !== '') digits += digit.toString();
    part &= mask;
    if (part < delta) return { digits: nearest(digits, { rest: part, delta, unit: mask + 1n, wanted: distance }), scale };
  }
}

/** The digits of a positive, finite double. */
export function digitsOf(value: number): Digits {
  const exact = scaledOf(value);
  const upper = normalized({ fraction: (exact.fraction << 1n) + 1n, exponent: exact.exponent - 1 });
  const lower = lowerMiddle(exact, upper);
  const { factor, power } = suitablePower(upper.exponent);
  const [middle, high, low] = [normalized(exact), upper, lower].map((scaled) => product(scaled, factor)) as [Scaled, Scaled, Scaled];
  const { digits, scale } = cut(middle, low.fraction + 1n, high.fraction - 1n);
  return { digits, scale: scale - power };
}
