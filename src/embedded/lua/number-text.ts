import { leadingNumber, skipBlanks, terminated } from './c-text';

/** Numbers as text, as C prints and reads them. */

/** The absolute value times 10^power, rounded to an integer; ties go to the even one. */
function scaled(value: number, power: number): bigint {
  let [integer, shift] = [Math.abs(value), 0n];
  while (!Number.isInteger(integer)) {
    integer *= 2;
    shift += 1n;
  }
  const numerator = BigInt(integer) * 10n ** BigInt(Math.max(power, 0));
  const denominator = (1n << shift) * 10n ** BigInt(Math.max(-power, 0));
  const [whole, rest] = [numerator / denominator, numerator % denominator];
  const isUp = rest * 2n > denominator || (rest * 2n === denominator && (whole & 1n) === 1n);
  return isUp ? whole + 1n : whole;
}

const signOf = (value: number): string => (value < 0 || Object.is(value, -0) ? '-' : '');

/** C's `%.{digits}f`. */
export function fixedText(value: number, digits: number): string {
  const text = scaled(value, digits)
    .toString()
    .padStart(digits + 1, '0');
  return signOf(value) + (digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`);
}

/** The exponent of the value when it is rounded to this number of digits after the first. */
function exponentOf(value: number, digits: number): number {
  return value === 0 ? 0 : Number(value.toExponential(digits).split('e')[1]);
}

/** C's `%.{digits}e`. */
export function exponentText(value: number, digits: number): string {
  const exponent = exponentOf(value, digits);
  const text = scaled(value, digits - exponent)
    .toString()
    .padEnd(digits + 1, '0');
  const fraction = digits === 0 ? '' : `.${text.slice(1)}`;
  return `${signOf(value)}${text.charAt(0)}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** C's `%.{precision}g`. */
export function generalText(value: number, precision: number, keepZeros = false): string {
  const digits = Math.max(precision, 1);
  const exponent = exponentOf(value, digits - 1);
  const isFixed = exponent >= -4 && exponent < digits;
  const text = isFixed ? fixedText(value, digits - 1 - exponent) : exponentText(value, digits - 1);
  return keepZeros || !text.includes('.') ? text : text.replace(/\.?0+(?=e|$)/, '');
}

/** A number as Lua prints it (`%.14g`). */
export function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e14) return Object.is(value, -0) ? '-0' : String(value);
  if (Number.isNaN(value)) return '-nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return generalText(value, 14);
}

/** The number that a text spells; undefined when it is anything else. */
export function parsedNumber(given: string): number | undefined {
  const text = terminated(given);
  const found = leadingNumber(text, skipBlanks(text, 0));
  return found !== undefined && skipBlanks(text, found.end) === text.length ? found.value : undefined;
}

/** C's `strtoul`: the number that a text spells in a base; undefined when it is anything else. */
export function parsedInBase(given: string, base: number): number | undefined {
  const text = terminated(given);
  const start = skipBlanks(text, 0);
  const sign = /^[+-]/.exec(text.slice(start))?.[0] ?? '';
  const rest = text.slice(start + sign.length);
  const prefix = base === 16 && /^0x[0-9a-f]/i.test(rest) ? 2 : 0;
  let [value, end] = [0n, prefix];
  for (let digit = digitAt(rest, end); digit < base; digit = digitAt(rest, end)) {
    value = value * BigInt(base) + BigInt(digit);
    end += 1;
  }
  if (end === prefix || skipBlanks(rest, end) !== rest.length) return undefined;
  const largest = 2n ** 64n - 1n;
  return Number(value > largest ? largest : BigInt.asUintN(64, sign === '-' ? -value : value));
}

function digitAt(text: string, index: number): number {
  const digit = parseInt(text.charAt(index), 36);
  return Number.isNaN(digit) ? Infinity : digit;
}
