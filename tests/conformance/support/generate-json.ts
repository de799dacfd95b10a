import type { Random } from './random';

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** Member names, plain and awkward, with one character for each byte. */
export const names = [
  'a',
  'b',
  'c',
  'd',
  'foo',
  'bar',
  '0',
  '1',
  '2',
  'x.y',
  'sp ace',
  ' lead',
  'trail ',
  "it's",
  'q"q',
  'back\\slash',
  '',
  '*',
  '$',
  '@',
  '[0]',
  '__proto__',
  'a,b',
  'a-b',
  'A_b',
  utf8('é'),
  utf8('😀'),
  utf8('日本'),
  '\n',
  '\u0001',
];
const plainNames = ['a', 'b', 'c', 'd', 'foo', 'bar', '0', '1'];

const numbers = [
  '0',
  '1',
  '2',
  '3',
  '-1',
  '10',
  '42',
  '1.5',
  '-2.25',
  '0.1',
  '1e3',
  '1E-7',
  '1e16',
  '123456789012345680',
  '9007199254740993',
  '9223372036854775807',
  '-9223372036854775808',
  '9223372036854775808',
  '18446744073709551615',
  '18446744073709551616',
  '949.3512913548711',
  '0.30000000000000004',
  '1e300',
  '-0',
  '-0.0',
  '0.0',
  '2.0',
  '100000000000000000000000',
  '3.141592653589793',
  '5e-324',
  '127',
  '128',
  '384',
  '8388607',
  '8388608',
];
const strings = [
  '""',
  '"a"',
  '"b"',
  '"foo"',
  '"hello world"',
  '"\\u00e9"',
  '"\\ud83d\\ude00"',
  '"tab\\tnewline\\n"',
  '"quote\\"back\\\\"',
  '"\\/"',
  utf8('"é日本😀"'),
  '"\\u0000"',
  '"10"',
  '"true"',
];
const broken = [
  '',
  ' ',
  '{',
  '[',
  '"',
  '}',
  '[1,',
  '[1,]',
  '{"a"',
  '{"a":',
  '{"a":1,',
  '{"a":1,}',
  '{a:1}',
  '{1:2}',
  'nul',
  'tru',
  'truex',
  'falsy',
  '01',
  '-',
  '+1',
  '1.',
  '.5',
  '1e',
  '1e+',
  '1e400',
  '-1e400',
  '1e-400',
  '0x10',
  'NaN',
  'Infinity',
  '"\\x"',
  '"\\u12"',
  '"\\u12g4"',
  '"\\ud800"',
  '"\\udc00"',
  '"\\ud800\\n"',
  '"\\ud800\\u0041"',
  '"a\nb"',
  '"a\u0001b"',
  '1 2',
  '{} {}',
  '[1] x',
  '1,2',
  "'a'",
  '[1 2]',
  '{"a" 1}',
  '{"a":1 "b":2}',
  '\n\n  x',
  '[\n1,\n2\n',
  'undefined',
  '12345678901234567890123e-5',
  '0.1e5000000000',
  '0e5000000000',
  '1e5000000000',
  '-',
  '--1',
  '\xff',
  '"\xff"',
  '['.repeat(130),
  '['.repeat(127) + ']'.repeat(127),
  '['.repeat(128) + ']'.repeat(128),
  '{"a":'.repeat(126) + '1' + '}'.repeat(126),
];

/** JSON text of a value. */
export function jsonText(random: Random, depth = 3): string {
  if (depth > 0 && random.chance(0.55)) {
    const blank = (): string => (random.chance(0.1) ? random.pick([' ', '\n', '\t ']) : '');
    if (random.chance(0.5)) return `[${random.many(0, 4, () => blank() + jsonText(random, depth - 1) + blank()).join(',')}]`;
    const member = (): string => `${blank()}${nameText(random)}${blank()}:${blank()}${jsonText(random, depth - 1)}${blank()}`;
    return `{${random.many(0, 4, member).join(',')}}`;
  }
  return scalarText(random);
}

function nameText(random: Random): string {
  return JSON.stringify(random.chance(0.85) ? random.pick(plainNames) : random.pick(names));
}

function scalarText(random: Random): string {
  const roll = random.next();
  if (roll < 0.1) return 'null';
  if (roll < 0.25) return random.pick(['true', 'false']);
  return roll < 0.65 ? numberText(random) : random.pick(strings);
}

export function numberText(random: Random): string {
  if (random.chance(0.5)) return String(random.below(20) - 5);
  if (random.chance(0.2)) return String((random.next() - 0.5) * 10 ** (random.below(12) - 3));
  return random.pick(numbers);
}

/** Text that is usually a JSON value, and sometimes not JSON at all. */
export function anyText(random: Random): string {
  if (random.chance(0.05)) return random.pick(broken);
  const text = jsonText(random);
  if (random.chance(0.03)) {
    const at = random.below(text.length + 1);
    return random.chance(0.5)
      ? text.slice(0, at)
      : text.slice(0, at) + random.pick([',', '}', ']', '"', ' ', '\\', '1', 'e']) + text.slice(at);
  }
  return text;
}
