/**
 * `base ** exponent` as the nearest double; exact ties may go either way. The engine's own power is off in the last bits often
 * enough to show in stored documents, so this computes with integers in units of 2^-PRECISION.
 */
export function power(base: number, exponent: number): number {
  const quick = base ** exponent;
  if (base === 1 || exponent === 0) return 1;
  if (base === -1 || !Number.isFinite(base) || !Number.isFinite(exponent) || base === 0 || !Number.isFinite(quick) || quick === 0)
    return quick;
  const magnitude = exponential(multiply(logarithm(Math.abs(base)), fixed(exponent)));
  return quick < 0 ? -magnitude : Number.isNaN(quick) ? quick : magnitude;
}

const PRECISION = 256n;
const ONE = 1n << PRECISION;

function multiply(left: bigint, right: bigint): bigint {
  return (left * right) >> PRECISION;
}

/** A double as mantissa and power of two, both integers. */
function parts(value: number): { readonly mantissa: bigint; readonly scale: number } {
  let scale = 0;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    scale -= 1;
  }
  return { mantissa: BigInt(scaled), scale };
}

function fixed(value: number): bigint {
  const { mantissa, scale } = parts(value);
  return (mantissa << PRECISION) >> BigInt(-scale);
}

/** Twice the inverse hyperbolic tangent, for small arguments. */
function twiceArtanh(argument: bigint): bigint {
  const square = multiply(argument, argument);
  let [sum, term] = [0n, argument];
  for (let odd = 1n; term !== 0n && term !== -1n; odd += 2n) {
    sum += term / odd;
    term = multiply(term, square);
  }
  return 2n * sum;
}

const LOGARITHM_OF_TWO = twiceArtanh(ONE / 3n);

function logarithm(value: number): bigint {
  const { mantissa, scale } = parts(value);
  const bits = BigInt(mantissa.toString(2).length);
  const fraction = (mantissa << PRECISION) >> bits;
  return twiceArtanh(((fraction - ONE) << PRECISION) / (fraction + ONE)) + (bits + BigInt(scale)) * LOGARITHM_OF_TWO;
}

function exponential(value: bigint): number {
  let doublings = value / LOGARITHM_OF_TWO;
  if (value < 0n) doublings -= 1n;
  const rest = value - doublings * LOGARITHM_OF_TWO;
  let [sum, term] = [0n, ONE];
  for (let index = 1n; term !== 0n; index += 1n) {
    sum += term;
    term = multiply(term, rest) / index;
  }
  return rounded(sum, Number(doublings - PRECISION));
}

/** mantissa × 2^scale as the nearest double. */
function rounded(mantissa: bigint, scale: number): number {
  const excess = mantissa.toString(2).length - 64;
  const kept = excess > 0 ? (mantissa >> BigInt(excess)) | 1n : mantissa;
  const shift = scale + Math.max(excess, 0);
  const half = Math.trunc(shift / 2);
  return Number(kept) * 2 ** half * 2 ** (shift - half);
}
