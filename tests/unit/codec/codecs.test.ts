import fc from 'fast-check';
import { anyJson } from '../../../src/codec/any-json';
import { bytes } from '../../../src/codec/bytes';
import { classInstance } from '../../../src/codec/class-instance';
import type { Codec, Json } from '../../../src/codec/codec';
import { dict, list, nullable } from '../../../src/codec/collections';
import { instant } from '../../../src/codec/instant';
import { bigInteger, choice, flag, float, integer, text } from '../../../src/codec/scalars';

class Point {
  constructor(
    public x = 0,
    public y = 0,
  ) {}
}

const anyText = fc.string({ unit: 'grapheme' });
const anyFloat = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n));
const anyDate = fc.date({ noInvalidDate: true });
const anyName = fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString'));
const anyObject = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.array(fc.tuple(anyName, value)).map((entries) => Object.fromEntries(entries));

/** Each codec with values that it takes. */
const CODECS: readonly [Codec, fc.Arbitrary<unknown>][] = [
  [text, anyText],
  [integer, fc.maxSafeInteger()],
  [float, anyFloat],
  [flag, fc.boolean()],
  [bigInteger, fc.bigInt()],
  [choice('enum', ['a', 2, true]), fc.constantFrom('a', 2, true)],
  [instant(), anyDate],
  [instant('epochMs'), anyDate],
  [instant('epochSeconds'), fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })],
  [bytes, fc.uint8Array().map((array) => Buffer.from(array))],
  [anyJson, fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown)],
  [nullable(bigInteger), fc.option(fc.bigInt(), { nil: null })],
  [list(instant()), fc.array(anyDate)],
  [dict(integer), anyObject(fc.maxSafeInteger())],
  [dict(list(nullable(dict(text)))), anyObject(fc.array(fc.option(anyObject(anyText), { nil: null })))],
  [classInstance(Point), fc.tuple(fc.integer(), fc.integer()).map(([x, y]) => new Point(x, y))],
];

describe('every codec', () => {
  test.each(CODECS.map(([codec, values]) => [codec.name, codec, values] as const))('gives back what it stored: %s', (_, codec, values) => {
    fc.assert(
      fc.property(values, (value) => {
        const stored = JSON.parse(JSON.stringify(codec.encode(value))) as Json;
        codec.check(stored);
        expect(codec.decode(stored)).toEqual(value);
      }),
    );
  });

  test.each(CODECS.filter(([codec]) => codec.identity).map(([codec, values]) => [codec.name, codec, values] as const))(
    'whose values are their stored form says so: %s',
    (_, codec, values) => {
      fc.assert(fc.property(values, (value) => expect(codec.encode(value)).toEqual(value)));
    },
  );
});

describe('the stored form', () => {
  test.each<[string, Codec, unknown, Json]>([
    ['a date as ISO 8601', instant(), new Date(Date.UTC(2026, 2, 5, 9, 30)), '2026-03-05T09:30:00.000Z'],
    ['a date as milliseconds', instant('epochMs'), new Date(1500), 1500],
    ['a date as seconds', instant('epochSeconds'), new Date(1500), 1.5],
    ['bytes as base64', bytes, Uint8Array.of(1, 2, 255), 'AQL/'],
    ['a part of a buffer', bytes, Uint8Array.of(9, 1, 2).subarray(1), 'AQI='],
    ['a bigint as decimal text', bigInteger, -(10n ** 30n), '-1000000000000000000000000000000'],
    ['undefined as null', nullable(text), undefined, null],
    ['a Map as an object', dict(text), new Map([['a', 'b']]), { a: 'b' }],
    ['JSON without members that are undefined', anyJson, { a: undefined, b: 1 }, { b: 1 }],
    ['plain data of a class', classInstance(Point), { x: 1, y: 2 }, { x: 1, y: 2 }],
  ])('of %s', (_, codec, value, stored) => {
    expect(codec.encode(value)).toEqual(stored);
  });

  test.each<[string, string]>([
    ['2026-03-05T09:30:00Z', '2026-03-05T09:30:00.000Z'],
    ['2026-03-05T09:30:00.123456+02:00', '2026-03-05T07:30:00.123Z'],
    ['2026-03-05T09:30:00.123456', '2026-03-05T09:30:00.123Z'],
    ['2026-03-05 09:30', '2026-03-05T09:30:00.000Z'],
    ['+010000-01-01T00:00:00.000Z', '+010000-01-01T00:00:00.000Z'],
  ])('of a date may be written by others as %s', (stored, iso) => {
    instant().check(stored);
    expect((instant().decode(stored) as Date).toISOString()).toBe(iso);
  });

  test('a date is stored and read as JavaScript itself does it', () => {
    // Years of four digits, the only ones that redatom writes and reads itself.
    const nearby = fc.date({ noInvalidDate: true, min: new Date('0000-01-01'), max: new Date('9999-12-31T23:59:59.999Z') });
    fc.assert(
      fc.property(fc.oneof(anyDate, nearby), (date) => {
        expect(instant().encode(date)).toBe(date.toISOString());
      }),
      { numRuns: 2000 },
    );
    const part = (min: number, max: number, digits: number): fc.Arbitrary<string> =>
      fc.integer({ min, max }).map((n) => String(n).padStart(digits, '0'));
    const day = fc.tuple(part(0, 9999, 4), part(1, 12, 2), part(1, 31, 2));
    const time = fc.tuple(part(0, 23, 2), part(0, 59, 2), part(0, 59, 2), part(0, 999, 3));
    fc.assert(
      fc.property(day, time, ([year, month, date], [hours, minutes, seconds, ms]) => {
        const text = `${year}-${month}-${date}T${hours}:${minutes}:${seconds}.${ms}Z`;
        expect((instant().decode(text) as Date).getTime()).toBe(Date.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['2026-13-01T00:00:00.000Z'],
    ['2026-00-01T00:00:00.000Z'],
    ['2026-01-00T00:00:00.000Z'],
    ['2026-01-32T00:00:00.000Z'],
    ['2026-01-01T25:00:00.000Z'],
    ['2026-01-01T00:60:00.000Z'],
    ['2026-01-01T00:00:60.000Z'],
    ['2026-01-01T00:00:00.00aZ'],
    ['2026-01-01X00:00:00.000Z'],
    ['2026/01/01T00:00:00.000Z'],
  ])('%s is no date', (text) => {
    expect(() => instant().check(text)).toThrow();
  });

  test('of a member named __proto__ is a member', () => {
    const stored = dict(text).encode(new Map([['__proto__', 'x']]));
    expect(JSON.stringify(stored)).toBe('{"__proto__":"x"}');
    expect(JSON.stringify(dict(text).decode(stored))).toBe('{"__proto__":"x"}');
  });
});
