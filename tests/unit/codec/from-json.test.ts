import fc from 'fast-check';
import {
  AtomicRedisModel,
  dict,
  enumOf,
  Field,
  json,
  Key,
  list,
  literal,
  Model,
  nullable,
  RedisBytes,
  RedisDatetime,
  RedisDict,
  RedisInt,
  RedisList,
  ValidationError,
  Version,
  type Json,
} from 'redatom';

enum Level {
  Low,
  High,
}

class Point {
  x = 0;
}

@Model()
class Part extends AtomicRedisModel {
  @Field(Date) at!: Date;
  @Field(RedisInt) n!: RedisInt;
  @Field(() => Part, { nullable: true }) inner!: Part | null;
  @Field(dict(Number)) counts!: RedisDict<number>;
}

@Model()
class Whole extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(RedisDatetime) moved!: RedisDatetime;
  @Field(Date, { format: 'epochSeconds', nullable: true }) seen!: Date | null;
  @Field(BigInt) big!: bigint;
  @Field(RedisBytes) bytes!: RedisBytes;
  @Field(enumOf(Level)) level!: Level;
  @Field(literal('de', 'en')) language!: 'de' | 'en';
  @Field(list(nullable(BigInt))) bigs!: RedisList<bigint | null>;
  @Field(dict(list(Date))) dates!: RedisDict<RedisList<Date>>;
  @Field(list(() => Part)) parts!: RedisList<Part>;
  @Field(dict(() => Part)) byName!: RedisDict<Part>;
  @Field(() => Part) part!: Part;
  @Field(Point) point!: Point;
  @Field(json()) any!: Json;
  @Version() version!: number;
}

const anyDate = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') });
const anyName = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('__proto__', 'constructor', 'toString', '0'));
const anyDict = <T>(value: fc.Arbitrary<T>) => fc.array(fc.tuple(anyName, value)).map((entries) => Object.fromEntries(entries));
const anyPart = fc.record({ at: anyDate, n: fc.maxSafeInteger(), inner: fc.option(fc.record({ at: anyDate })) });
const anyWhole = fc.record({
  id: fc.constant('a'),
  moved: anyDate,
  seen: fc.option(anyDate.map((date) => new Date(Math.trunc(date.getTime() / 1000) * 1000))),
  big: fc.bigInt(),
  bytes: fc.uint8Array(),
  level: fc.constantFrom(Level.Low, Level.High),
  language: fc.constantFrom('de' as const, 'en' as const),
  bigs: fc.array(fc.option(fc.bigInt())),
  dates: anyDict(fc.array(anyDate)),
  parts: fc.array(anyPart),
  byName: anyDict(anyPart),
  part: anyPart,
  point: fc.integer().map((x) => Object.assign(new Point(), { x })),
  any: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json),
});

const problemsOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({ model: 'Whole' });
    return (error as ValidationError).problems.map(({ field, expected, found }) => `${field}: ${expected}, not ${found}`);
  }
};

describe('runtime values of JSON', () => {
  test('lead back to the document that JSON.stringify has shown', () => {
    fc.assert(
      fc.property(anyWhole, (init) => {
        const document = Whole.build(init);
        const body: unknown = JSON.parse(JSON.stringify(document));

        const same = Whole.build(Whole.fromJSON(body));

        expect(same.toObject()).toEqual(document.toObject());
        expect(JSON.stringify(same)).toBe(JSON.stringify(document));
      }),
    );
  });

  test('have only the members that were given, in models within as well', () => {
    const patch = Whole.fromJSON({
      big: '12',
      part: { at: '2026-01-02T03:04:05Z' },
      seen: null,
      dates: { a: ['2026-01-02T03:04:05.678Z'] },
    });

    expect(patch).toStrictEqual({
      big: 12n,
      part: { at: new Date('2026-01-02T03:04:05Z') },
      seen: null,
      dates: { a: [new Date('2026-01-02T03:04:05.678Z')] },
    });
    expect(Whole.fromJSON({})).toStrictEqual({});
    expect(Whole.fromJSON({ big: undefined })).toStrictEqual({});
  });

  test('are refused with all that is wrong or unknown', () => {
    const wrong = {
      big: 12,
      nothing: 1,
      level: 7,
      bytes: 'no base64!',
      bigs: ['1', 2, null, undefined],
      dates: { a: ['2026-01-02'] },
      parts: [{ n: 1.5, more: true }, 'x'],
      part: { inner: { at: 5, inner: [] } },
    };

    expect(problemsOf(() => Whole.fromJSON(wrong))).toEqual([
      'big: a bigint as decimal text, not the number 12',
      'nothing: to be a field of Whole, not the number 1',
      'level: one of 0, 1, not the number 7',
      expect.stringMatching(/^bytes: /),
      'bigs[1]: a bigint as decimal text, not the number 2',
      'bigs[3]: a bigint as decimal text, not nothing',
      'dates.a[0]: a date with a time as ISO 8601 text, not the text "2026-01-02"',
      'parts[0].n: a whole number between -(2^53 - 1) and 2^53 - 1, not the number 1.5',
      'parts[0].more: to be a field of Part, not the boolean true',
      'parts[1]: an object for Part, not the text "x"',
      'part.inner.at: a date with a time as ISO 8601 text, not the number 5',
      'part.inner.inner: an object for Part, not a list of 0',
    ]);
  });

  const instance = Part.build({ at: new Date(), n: 1 });
  test.each([null, undefined, 'text', 5, [], new Date(), new Map(), instance])('are no members of %p', (body) => {
    expect(problemsOf(() => Whole.fromJSON(body))).toEqual([expect.stringMatching(/an object for Whole, not /)]);
  });

  test('names such as __proto__ are data, or unknown', () => {
    const body: unknown = JSON.parse('{"byName":{"__proto__":{"n":1}},"__proto__":{"polluted":true}}');

    expect(problemsOf(() => Whole.fromJSON(body))).toEqual(['__proto__: to be a field of Whole, not an object']);
    const { byName } = Whole.fromJSON(JSON.parse('{"byName":{"__proto__":{"n":1}}}'));
    expect(Object.entries(byName ?? {})).toEqual([['__proto__', { n: 1 }]]);
    expect(({} as { n?: unknown }).n).toBeUndefined();
  });

  test('input that is nested too deeply is refused, and does not end the process', () => {
    const body: unknown = JSON.parse(`{"part":${'{"inner":'.repeat(5_000)}null${'}'.repeat(5_000)}}`);

    expect(problemsOf(() => Whole.fromJSON(body))).toEqual([expect.stringMatching(/nested at most 127 deep/)]);
  });

  test.each(['any', 'point'])('so is input for %s, which may be nested in any way', (name) => {
    const body: unknown = JSON.parse(`{"${name}":${'{"x":'.repeat(50_000)}null${'}'.repeat(50_000)}}`);
    const cycle: Record<string, unknown> = {};
    cycle['x'] = cycle;

    for (const wrong of [body, { [name]: cycle }])
      expect(problemsOf(() => Whole.fromJSON(wrong))).toEqual([expect.stringMatching(/nested at most 127 deep/)]);
  });

  test('a value that is not JSON is refused wherever it stands', () => {
    const wrong = { part: instance, byName: instance.counts, any: { at: new Date() }, point: { x: NaN } };

    expect(problemsOf(() => Whole.fromJSON(wrong))).toEqual([
      expect.stringMatching(/^part: an object for Part, not /),
      expect.stringMatching(/^byName: an object, not /),
      expect.stringMatching(/^any.at: a plain JSON value, not an instance of Date/),
      expect.stringMatching(/^point.x: a finite number, not /),
    ]);
  });

  test('the input is left as it was', () => {
    const body = { any: { a: [1] }, bigs: ['1'] };

    expect(Whole.fromJSON(body).any).not.toBe(body.any);

    expect(body).toStrictEqual({ any: { a: [1] }, bigs: ['1'] });
    expect(Object.isFrozen(body.any.a)).toBe(false);
  });
});
