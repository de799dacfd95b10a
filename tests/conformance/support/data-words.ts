import type { Random } from './random';

/** Words of requests that fit, nearly fit and do not fit. */

export type Request = readonly string[];
export type Make = (random: Random) => Request;

export const KEYS = {
  string: ['s1', 's2'],
  hash: ['h1', 'h2'],
  list: ['l1', 'l2'],
  set: ['t1', 't2', 't3'],
  sorted: ['z1', 'z2'],
} as const;
export const ALL_KEYS = [...Object.values(KEYS).flat(), 'j1', 'none'];

/** A key of the kind, and now and then one that holds something else or nothing. */
export const key = (random: Random, kind: keyof typeof KEYS): string =>
  random.chance(0.92) ? random.pick(KEYS[kind]) : random.pick(ALL_KEYS);
export const anyKey = (random: Random): string => random.pick(ALL_KEYS);

export const integer = (random: Random): string =>
  random.pick([
    '0',
    '0',
    '1',
    '1',
    '2',
    '3',
    '-1',
    '-1',
    '-2',
    '-3',
    '5',
    '10',
    '-10',
    '99',
    '-99',
    '2147483648',
    '9223372036854775807',
    '-9223372036854775808',
    'x',
    '1.5',
    '',
    '+1',
    '01',
    ' 1',
    '1e2',
  ]);
export const number = (random: Random): string =>
  random.pick([
    '1',
    '2',
    '1.5',
    '-1',
    '-0.5',
    '0',
    '-0',
    'inf',
    '-inf',
    '+inf',
    'Infinity',
    'nan',
    '1e20',
    '1e-7',
    '0x10',
    '.5',
    '5.',
    '+3',
    'x',
    '',
    ' 1',
    '1 ',
    '1e400',
    '3.0',
    '17179869184',
  ]);
/** Numbers that floating point of 64 and of 80 bits spells alike. */
export const bounded = (random: Random): string => random.pick([number(random), '1', '0.5']).replace(/^1e.*/, '2');
export const score = (random: Random): string =>
  random.chance(0.85) ? random.pick(['1', '2', '2', '3', '1.5', '-1', '0', '10', '1e20', 'inf', '-inf']) : number(random);
export const text = (random: Random): string =>
  random.pick(['a', 'b', 'c', 'ab', '', '1', '10', '-5', '3.5', 'é', 'x y', 'a\u0000b', '2147483648', '0.1', 'A', '\xff']);
export const field = (random: Random): string => random.pick(['f', 'g', 'h', 'f', 'g', '', '1', '__proto__']);
export const member = (random: Random): string => random.pick(['m', 'n', 'o', 'p', 'm', '1', '2', '', 'mm']);
export const glob = (random: Random): string =>
  random.pick(['*', 'f*', '?', '[fg]', '[^f]', '\\f', 'm*', '*1', '[a-', '', '**', '[z-a]*', 'h?', '*\\']);
export const maybe = (random: Random, probability: number, make: () => Request): Request => (random.chance(probability) ? make() : []);
export const count = (random: Random, least: number, most: number, make: () => string): string[] =>
  random.many(random.chance(0.03) ? 0 : least, most, make);
export const options = (random: Random, probability: number, words: readonly string[], most = 2): Request =>
  maybe(random, probability, () => random.many(1, most, () => random.pick(words)));

export const ttl = (random: Random): string =>
  random.pick([
    '100000',
    '1000000',
    '5000000',
    '100000',
    '0',
    '-1',
    '-5',
    'x',
    '',
    '99999999999999999999',
    '9223372036854775807',
    '9223372036854775',
  ]);
export const moment = (random: Random): string => random.pick(['4102444800', '4102444800000', '1', '0', '-1', 'x', '9223372036854775807']);
export const bound = (random: Random): string =>
  random.pick(['-inf', '+inf', 'inf', '(1', '(2', '1', '2', '1.5', '0', '3', '(', 'x', '', '((1', '(inf', 'nan']);
export const lexBound = (random: Random): string => random.pick(['-', '+', '[m', '(m', '[n', '(o', '[', '(', 'm', '', '[mm', '(zz', '-m']);
export const limit = (random: Random): Request =>
  maybe(random, 0.3, () => ['LIMIT', integer(random), integer(random)].slice(0, random.chance(0.9) ? 3 : 2));
export const scanOptions = (random: Random): Request =>
  maybe(random, 0.5, () =>
    random
      .many(1, 2, () =>
        random.pick([['MATCH', glob(random)], ['COUNT', random.pick(['1000', '1000', '0', '-1', 'x'])], ['FOO'], ['COUNT'], ['NOVALUES']]),
      )
      .flat(),
  );
