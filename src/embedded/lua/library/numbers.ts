import { luaFault } from '../../messages';
import { toBits, toInt } from '../c-numbers';
import type { LuaValue } from '../value';
import type { Arguments, LibraryFunction } from './arguments';

const one =
  (compute: (value: number) => number): LibraryFunction =>
  (args) => [compute(args.number(1))];

/** All arguments, at least one. */
const numbersOf = (args: Arguments): number[] => [args.number(1), ...args.all.slice(1).map((_, index) => args.number(index + 2))];

const fmod: LibraryFunction = (args) => [args.number(1) % args.number(2)];

const MAX_RANDOM = 2 ** 31 - 1;

/** The generator of the server. After the same `math.randomseed`, both draw the same numbers. */
export class RandomNumbers {
  private state = BigInt(Math.floor(Math.random() * 2 ** 48));

  seed(value: number): void {
    this.state = (BigInt.asUintN(32, BigInt(toInt(value))) << 16n) | 0x330en;
  }

  /** From 0 to 2^31 - 1. */
  next(): number {
    this.state = BigInt.asUintN(48, this.state * 0x5deece66dn + 0xbn);
    return Number(this.state >> 17n);
  }
}

function random(args: Arguments, numbers: RandomNumbers): LuaValue[] {
  const fraction = (numbers.next() % MAX_RANDOM) / MAX_RANDOM;
  if (args.count === 0) return [fraction];
  if (args.count > 2) throw args.machine.fault(luaFault.argumentCount);
  const [low, high] = args.count === 1 ? [1, args.int(1)] : [args.int(1), args.int(2)];
  if (low > high) throw args.fault(args.count, luaFault.emptyInterval);
  // The width of the interval is a 32-bit integer, too, and wraps.
  return [Math.floor(fraction * ((high - low + 1) | 0)) + low];
}

function frexp(value: number): LuaValue[] {
  if (value === 0 || !Number.isFinite(value)) return [value, 0];
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(value))) + 1);
  let mantissa = value * 2 ** -exponent;
  for (; Math.abs(mantissa) < 0.5; exponent -= 1) mantissa *= 2;
  for (; Math.abs(mantissa) >= 1; exponent += 1) mantissa /= 2;
  return [mantissa, exponent];
}

/** In three steps, so that no power overflows before the result does. */
function ldexp(value: number, exponent: number): number {
  const limited = Math.max(Math.min(exponent, 3000), -3000);
  const third = Math.trunc(limited / 3);
  return value * 2 ** third * 2 ** third * 2 ** (limited - 2 * third);
}

function modf(value: number): LuaValue[] {
  const isInfinite = Math.abs(value) === Infinity;
  return [Math.trunc(value), isInfinite ? 0 : value % 1];
}

/** Functions that are the same in JavaScript. */
const OF_HOST = [
  ...(['abs', 'acos', 'asin', 'atan', 'ceil', 'cos', 'cosh', 'exp', 'floor'] as const),
  ...(['log', 'log10', 'sin', 'sinh', 'sqrt', 'tan', 'tanh'] as const),
];

export function mathFunctions(numbers: RandomNumbers): Readonly<Record<string, LibraryFunction>> {
  return {
    ...Object.fromEntries(OF_HOST.map((name) => [name, one((value) => Math[name](value))])),
    atan2: (args) => [Math.atan2(args.number(1), args.number(2))],
    deg: one((value) => (value * 180) / Math.PI),
    fmod,
    frexp: (args) => frexp(args.number(1)),
    ldexp: (args) => [ldexp(args.number(1), args.int(2))],
    max: (args) => [numbersOf(args).reduce((most, value) => (value > most ? value : most))],
    min: (args) => [numbersOf(args).reduce((least, value) => (value < least ? value : least))],
    mod: fmod,
    modf: (args) => modf(args.number(1)),
    pow: (args) => [args.number(1) ** args.number(2)],
    rad: one((value) => (value * Math.PI) / 180),
    random: (args) => random(args, numbers),
    randomseed: (args) => {
      numbers.seed(args.number(1));
      return [];
    },
  };
}

/** An argument as a signed 32-bit integer, as the bit library takes it. */
const bits = (args: Arguments, index: number): number => toBits(args.number(index));

const folded =
  (combine: (left: number, right: number) => number): LibraryFunction =>
  (args) => [numbersOf(args).map(toBits).reduce(combine)];

const shifted =
  (shift: (value: number, by: number) => number): LibraryFunction =>
  (args) => [shift(bits(args, 1), bits(args, 2) & 31) | 0];

export const bitFunctions: Readonly<Record<string, LibraryFunction>> = {
  arshift: shifted((value, by) => value >> by),
  band: folded((left, right) => left & right),
  bnot: (args) => [~bits(args, 1)],
  bor: folded((left, right) => left | right),
  bswap: (args) => {
    const value = bits(args, 1);
    return [(value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)];
  },
  bxor: folded((left, right) => left ^ right),
  lshift: shifted((value, by) => value << by),
  rol: shifted((value, by) => (value << by) | (value >>> (32 - by))),
  ror: shifted((value, by) => (value >>> by) | (value << (32 - by))),
  rshift: shifted((value, by) => value >>> by),
  tobit: (args) => [bits(args, 1)],
  tohex: (args) => {
    const digits = args.count > 1 ? bits(args, 2) : 8;
    const text = (bits(args, 1) >>> 0)
      .toString(16)
      .padStart(8, '0')
      .slice(8 - Math.min(Math.abs(digits), 8));
    return [digits < 0 ? text.toUpperCase() : text];
  },
};
