import { anyJson } from '../../../src/codec/any-json';
import { bytes } from '../../../src/codec/bytes';
import { Mismatch, type Codec } from '../../../src/codec/codec';
import { describe as inWords } from '../../../src/input/describe';
import { dict, list, nullable } from '../../../src/codec/collections';
import { instant } from '../../../src/codec/instant';
import { bigInteger, choice, flag, float, integer, text } from '../../../src/codec/scalars';

function misfitsOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    if (error instanceof Mismatch) return error.misfits;
    throw error;
  }
  return [];
}

const cyclic: unknown[] = [];
cyclic.push(cyclic);

/** Rows that begin with the name of their codec, which reads better in a title than the codec. */
function named<Rest extends unknown[]>(rows: readonly [Codec, ...Rest][]): [string, Codec, ...Rest][] {
  return rows.map(([codec, ...rest]) => [codec.name, codec, ...rest]);
}

test('a day is no instant, and what is missing is named', () => {
  expect(misfitsOf(() => instant().check('2026-01-01'))).toEqual([
    { segments: [], expected: 'a date with a time as ISO 8601 text', found: 'the text "2026-01-01"' },
  ]);
});

describe('encode refuses', () => {
  const wrong: [Codec, unknown, string][] = [
    [text, 3, 'the number 3'],
    [text, null, 'null'],
    [text, undefined, 'nothing'],
    [text, '\ud800', 'the text "\\ud800"'],
    [integer, 1.5, 'the number 1.5'],
    [integer, 2 ** 53, 'the number 9007199254740992'],
    [integer, '1', 'the text "1"'],
    [integer, 1n, 'the bigint 1'],
    [float, NaN, 'the number NaN'],
    [float, -Infinity, 'the number -Infinity'],
    [flag, 1, 'the number 1'],
    [flag, 'true', 'the text "true"'],
    [bigInteger, 1, 'the number 1'],
    [choice('enum', ['a', 2]), 'b', 'the text "b"'],
    [choice('enum', ['a', 2]), '2', 'the text "2"'],
    [instant(), new Date(NaN), 'an invalid Date'],
    [instant(), '2026-01-01T00:00:00Z', 'the text "2026-01-01T00:00:00Z"'],
    [bytes, 'AQ==', 'the text "AQ=="'],
    [bytes, [1], 'a list of 1'],
    [list(text), 'ab', 'the text "ab"'],
    [list(text), new Set(['a']), 'an instance of Set'],
    [dict(text), ['a'], 'a list of 1'],
    [dict(text), null, 'null'],
    [dict(text), new Date(0), 'an instance of Date'],
    [dict(text), new Set(['a']), 'an instance of Set'],
    [dict(text), new (class Settings {})(), 'an instance of Settings'],
    [dict(text), Object.create({ a: 'b' }), 'an object'],
    [anyJson, () => 1, 'a function'],
    [anyJson, Symbol('s'), 'a symbol'],
    [anyJson, new Date(0), 'an instance of Date'],
    [anyJson, new Map(), 'an instance of Map'],
  ];

  test.each(named(wrong).map(([name, codec, value, found]) => [name, found, codec, value] as const))(
    'for %s %s',
    (_, found, codec, value) => {
      expect(misfitsOf(() => codec.encode(value))).toEqual([{ segments: [], expected: expect.any(String) as string, found }]);
    },
  );

  test('what is deep inside, and names the place', () => {
    expect(misfitsOf(() => list(dict(list(integer))).encode([{}, { a: [1, 'x'] }]))).toEqual([
      { segments: [1, 'a', 1], expected: 'a whole number between -(2^53 - 1) and 2^53 - 1', found: 'the text "x"' },
    ]);
    expect(misfitsOf(() => anyJson.encode({ a: [{ b: NaN }] }))).toEqual([
      { segments: ['a', 0, 'b'], expected: 'a finite number', found: 'the number NaN' },
    ]);
  });

  test('cycles, and depth that RedisJSON does not take', () => {
    expect(() => anyJson.encode(cyclic)).toThrow(Mismatch);
    let deep: unknown = 1;
    for (let depth = 0; depth < 100; depth += 1) deep = [deep];
    expect(() => anyJson.encode(deep)).not.toThrow();
    for (let depth = 0; depth < 30; depth += 1) deep = [deep];
    expect(() => anyJson.encode(deep)).toThrow(Mismatch);
  });

  test('holes of a list', () => {
    // eslint-disable-next-line no-sparse-arrays -- the hole is the point
    expect(misfitsOf(() => list(text).encode(['a', , 'b']))).toMatchObject([{ segments: [1], found: 'nothing' }]);
  });

  test('names of broken Unicode', () => {
    expect(() => dict(text).encode({ '\udc00': 'a' })).toThrow(Mismatch);
    expect(() => anyJson.encode({ '\udc00': 'a' })).toThrow(Mismatch);
  });
});

describe('check refuses', () => {
  const wrong: [Codec, unknown][] = [
    [text, 1],
    [integer, 1.5],
    [integer, '1'],
    [float, null],
    [flag, 0],
    [bigInteger, 1],
    [bigInteger, '1.5'],
    [bigInteger, '007'],
    [bigInteger, '-0'],
    [instant(), 'yesterday'],
    [instant(), 5],
    [instant(), '2026-13-01T00:00:00Z'],
    [instant('epochMs'), '5'],
    [bytes, 'not base64!'],
    [bytes, 'AQ='],
    [list(text), {}],
    [list(text), ['a', 1]],
    [dict(text), []],
    [dict(text), { a: null }],
    [nullable(text), undefined],
  ];

  test.each(named(wrong).map(([name, codec, stored]) => [name, inWords(stored), codec, stored] as const))(
    'for %s %s',
    (_, _found, codec, stored) => {
      expect(misfitsOf(() => codec.check(stored))).toHaveLength(1);
    },
  );
});
