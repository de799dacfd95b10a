import { fitsLong, integerOf } from '../integers';
import { power } from './power';
import { JsonFloat, type JsonNumber, type JsonValue } from './value';

export function isInteger(value: JsonValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

export function isNumeric(value: JsonValue): value is JsonNumber {
  return isInteger(value) || value instanceof JsonFloat;
}

/** Whether the value is an integer that fits signed 64 bits; the server computes with doubles beyond them. */
export function isSigned(value: JsonValue): value is number | bigint {
  return typeof value === 'number' || (typeof value === 'bigint' && fitsLong(value));
}

export function asDouble(value: JsonNumber): number {
  return value instanceof JsonFloat ? value.value : Number(value);
}

/** The arithmetic of a number command. */
export type Arithmetic = 'add' | 'multiply' | 'power';

const onIntegers: Record<Arithmetic, (left: bigint, right: bigint) => bigint> = {
  add: (left, right) => left + right,
  multiply: (left, right) => left * right,
  power: wrappedPower,
};

const onDoubles: Record<Arithmetic, (left: number, right: number) => number> = {
  add: (left, right) => left + right,
  multiply: (left, right) => left * right,
  power,
};

/** The result, or undefined when it is not a finite number. Integer results wrap at 64 bits. */
export function compute(operation: Arithmetic, left: JsonNumber, right: JsonNumber): JsonNumber | undefined {
  if (isSigned(left) && isSigned(right)) {
    if (operation !== 'power' && typeof left === 'number' && typeof right === 'number') {
      const quick = onDoubles[operation](left, right);
      if (Number.isSafeInteger(quick)) return quick === 0 ? 0 : quick;
    }
    return integerOf(BigInt.asIntN(64, onIntegers[operation](BigInt(left), BigInt(right))));
  }
  const result = onDoubles[operation](asDouble(left), asDouble(right));
  return Number.isFinite(result) ? new JsonFloat(result) : undefined;
}

/** As in the server, exponents are cut to unsigned 32 bits, and every step wraps. */
function wrappedPower(base: bigint, exponent: bigint): bigint {
  let remaining = BigInt.asUintN(32, exponent);
  let factor = base;
  let result = 1n;
  while (remaining > 0n) {
    if ((remaining & 1n) === 1n) result = BigInt.asIntN(64, result * factor);
    factor = BigInt.asIntN(64, factor * factor);
    remaining >>= 1n;
  }
  return result;
}
