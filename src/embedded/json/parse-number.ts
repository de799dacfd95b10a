import { integerOf } from '../integers';
import { jsonFault } from '../messages';
import type { JsonReader } from './reader';
import { JsonFloat, type JsonNumber } from './value';

const MAX_UNSIGNED = 2n ** 64n - 1n;
const MAX_EXPONENT = 2 ** 31 - 1;

/** A number as its digits without the point, times a power of ten. */
interface Digits {
  readonly negative: boolean;
  readonly significand: bigint;
  readonly exponent: number;
}

/** Parses a number whose minus sign, if any, has been consumed. */
export function parseNumber(reader: JsonReader, negative: boolean): JsonNumber {
  const first = reader.next();
  if (first === -1) throw reader.fault(jsonFault.endInValue);
  if (first < 0x30 || first > 0x39) throw reader.fault(jsonFault.number);
  if (first === 0x30 && reader.peekDigit() >= 0) throw reader.faultAhead(jsonFault.number);
  let quick = first - 48;
  for (let digit = reader.peekDigit(); digit >= 0 && quick < 900_000_000_000_000; digit = reader.peekDigit()) {
    quick = quick * 10 + digit;
    reader.index += 1;
  }
  if (!isNumberByte(reader.peek())) return negative ? negated(BigInt(quick)) : quick;
  return parseLong(reader, negative, BigInt(quick));
}

function isNumberByte(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x65 || code === 0x45;
}

function parseLong(reader: JsonReader, negative: boolean, quick: bigint): JsonNumber {
  let { significand, left: exponent } = takeDigits(reader, quick);
  let isFloat = exponent > 0;
  if (reader.peek() === 0x2e) {
    reader.index += 1;
    const fraction = takeDigits(reader, significand);
    if (fraction.taken + fraction.left === 0) throw reader.faultAhead(reader.peek() === -1 ? jsonFault.endInValue : jsonFault.number);
    significand = fraction.significand;
    exponent -= fraction.taken;
    isFloat = true;
  }
  const digits = { negative, significand, exponent };
  const next = reader.peek();
  if (next === 0x65 || next === 0x45) return parseExponent(reader, digits);
  if (isFloat) return doubleOf(reader, digits);
  return negative ? negated(significand) : integerOf(significand);
}

/** Takes digits as long as 64 bits hold them, and counts those that were left out. */
function takeDigits(reader: JsonReader, start: bigint): { significand: bigint; taken: number; left: number } {
  let [significand, taken, left] = [start, 0, 0];
  for (let digit = reader.peekDigit(); digit >= 0; digit = reader.peekDigit()) {
    const grown = significand * 10n + BigInt(digit);
    if (left > 0 || grown > MAX_UNSIGNED) left += 1;
    else [significand, taken] = [grown, taken + 1];
    reader.index += 1;
  }
  return { significand, taken, left };
}

/** Minus zero and integers below the range of 64 bits become doubles. */
function negated(significand: bigint): JsonNumber {
  if (significand === 0n || significand > 2n ** 63n) return new JsonFloat(-Number(significand));
  return integerOf(-significand);
}

function parseExponent(reader: JsonReader, digits: Digits): JsonFloat {
  reader.index += 1;
  const sign = reader.peek();
  if (sign === 0x2b || sign === 0x2d) reader.index += 1;
  const first = reader.next();
  if (first === -1) throw reader.fault(jsonFault.endInValue);
  if (first < 0x30 || first > 0x39) throw reader.fault(jsonFault.number);
  let exponent = first - 48;
  for (let digit = reader.peekDigit(); digit >= 0; digit = reader.peekDigit()) {
    reader.index += 1;
    exponent = exponent * 10 + digit;
    if (exponent > MAX_EXPONENT) return overflowedExponent(reader, digits, sign !== 0x2d);
  }
  return doubleOf(reader, { ...digits, exponent: digits.exponent + (sign === 0x2d ? -exponent : exponent) });
}

function overflowedExponent(reader: JsonReader, digits: Digits, positive: boolean): JsonFloat {
  if (digits.significand !== 0n && positive) throw reader.fault(jsonFault.numberRange);
  while (reader.peekDigit() >= 0) reader.index += 1;
  return new JsonFloat(digits.negative ? -0 : 0);
}

/**
 * Scales by one multiplication or division, as the server does: some decimals lose their last bit, and have to
 * lose it here as well.
 */
function doubleOf(reader: JsonReader, digits: Digits): JsonFloat {
  let value = Number(digits.significand);
  let { exponent } = digits;
  while (exponent < -308 && value !== 0) {
    value /= 1e308;
    exponent += 308;
  }
  if (value !== 0 && exponent > 308) throw reader.fault(jsonFault.numberRange);
  if (value !== 0) value = exponent >= 0 ? value * powerOfTen(exponent) : value / powerOfTen(-exponent);
  if (!Number.isFinite(value)) throw reader.fault(jsonFault.numberRange);
  return new JsonFloat(digits.negative ? -value : value);
}

const POWERS_OF_TEN = Array.from({ length: 309 }, (_, exponent) => Number(`1e${exponent}`));

function powerOfTen(exponent: number): number {
  return POWERS_OF_TEN[exponent] ?? Infinity;
}
