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

  test('of a member named __proto__ is a member', () => {
    const stored = dict(text).encode(new Map([['__proto__', 'x']]));
    expect(JSON.stringify(stored)).toBe('{"__proto__":"x"}');
    expect(JSON.stringify(dict(text).decode(stored))).toBe('{"__proto__":"x"}');
  });
});
