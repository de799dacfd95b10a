import { store, words, type Case } from './case';

const numbers = [
  '0',
  '-0',
  '-1',
  '1.0',
  '1e2',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551615',
  '18446744073709551616',
  '-9223372036854775808',
  '-9223372036854775809',
  '949.3512913548711',
  '0.1',
  '1e400',
  '1e-400',
  '1e16',
  '1e15',
  '1e-5',
  '1e-6',
  '123456789.123456789',
  '5e-324',
  '1.7976931348623157e308',
  '01',
  '1.',
  '.5',
  '+1',
  '0x1',
  'NaN',
];

export const numberCases: readonly Case[] = [
  {
    shows: 'numbers as they are stored and printed',
    requests: numbers.flatMap((text) => [
      ['JSON.SET', 'doc', '$', text],
      words('JSON.GET doc'),
      words('JSON.TYPE doc'),
      words('JSON.RESP doc'),
    ]),
  },
  ...['JSON.NUMINCRBY', 'JSON.NUMMULTBY', 'JSON.NUMPOWBY'].map((command) => ({
    shows: `${command} on integers, doubles and the ends of 64 bit`,
    requests: numbers.flatMap((text) =>
      ['2', '-3', '0.5', '9223372036854775807', '1e300', '"x"', 'x'].flatMap((by) => [
        ['JSON.SET', 'doc', '$', `{"n":${text}}`],
        [command, 'doc', '$.n', by],
        [command, 'doc', '.n', by],
      ]),
    ),
  })),
];

const faults = [
  '',
  '{',
  '[',
  '[1,]',
  '{"a":1,}',
  '{"a"',
  '{a:1}',
  'nul',
  '"\\x"',
  '"\\ud800"',
  '"\\udc00"',
  '"a\nb"',
  '1 2',
  '[1 2]',
  '\xff',
  '"\xff"',
  '{"a":1}x',
  '['.repeat(127) + ']'.repeat(127),
  '['.repeat(128) + ']'.repeat(128),
];

export const faultCases: readonly Case[] = [
  'JSON.SET doc $',
  'JSON.MERGE doc $',
  'JSON.ARRAPPEND doc $',
  'JSON.ARRINDEX doc $',
  'JSON.STRAPPEND doc $',
  'JSON.NUMINCRBY doc $',
  'JSON.MSET doc $',
].map((start) => ({
  shows: `${start} with text that is no JSON`,
  requests: faults.flatMap((text) => [
    store('["a"]'),
    [...words(start), text],
    store('"text"'),
    [...words(start), text],
    store('1'),
    [...words(start), text],
    words('JSON.GET doc'),
  ]),
}));
