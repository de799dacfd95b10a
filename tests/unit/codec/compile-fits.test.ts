import fc from 'fast-check';
import { AtomicRedisModel, dict as dictOf, Field, list as listOf, Model } from 'redatom';
import type { Codec, Json, JsonObject } from '../../../src/codec/codec';
import { dict, list, nullable } from '../../../src/codec/collections';
import { checkDocument } from '../../../src/codec/document';
import { instant } from '../../../src/codec/instant';
import { bigInteger, choice, flag, float, integer, text } from '../../../src/codec/scalars';
import { schemaOf } from '../../../src/schema/compile';

const HOSTILE_NAME = '"]; throw new Error("run"); //`${';

@Model()
class Part extends AtomicRedisModel {
  @Field(String) title!: string;
  @Field(Number, { default: 1 }) count!: number;
}

@Model()
class Whole extends AtomicRedisModel {
  @Field(String) [HOSTILE_NAME]!: string;
  @Field(String, { nullable: true }) note!: string | null;
  @Field(Date) at!: Date;
  @Field(listOf(() => Part)) parts!: Part[];
  @Field(dictOf(Boolean)) flags!: Record<string, boolean>;
}

const WHOLE: JsonObject = {
  [HOSTILE_NAME]: 'x',
  note: null,
  at: '2026-03-05T09:30:00.000Z',
  parts: [{ title: 'a', count: 2 }],
  flags: { on: true },
};

const SCALARS: readonly Codec[] = [
  text,
  integer,
  float,
  flag,
  bigInteger,
  choice('enum', ['a', 2]),
  instant(),
  nullable(text),
  nullable(instant()),
];

/** Stored values of all kinds, many of which fit one of the scalars. */
const anyStored = fc.oneof(
  fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json),
  fc.constantFrom<Json[]>(null, '', 'a', '7', '2026-03-05T09:30:00.000Z', '2026-03-05', 0, 2, 1.5, true),
);

const passes = (check: () => void): boolean => {
  try {
    check();
    return true;
  } catch {
    return false;
  }
};

describe('whether a stored value fits', () => {
  test.each(SCALARS.map((codec) => [codec.name, codec] as const))('is what the check finds, of %s', (_, codec) => {
    fc.assert(fc.property(anyStored, (json) => expect(codec.fits(json)).toBe(passes(() => codec.check(json)))));
  });

  test.each(SCALARS.map((codec) => [codec.name, codec] as const))(
    'is what the checks of its items find, of collections of %s',
    (_, codec) => {
      fc.assert(
        fc.property(fc.array(anyStored, { maxLength: 3 }), (items) => {
          const areFit = items.every((item) => passes(() => codec.check(item)));
          const members = Object.fromEntries(items.map((item, index) => [`m${index}`, item]));
          expect(list(codec).fits(items)).toBe(areFit);
          expect(dict(codec).fits(members)).toBe(areFit);
          expect(nullable(list(dict(codec))).fits([members])).toBe(areFit);
        }),
      );
    },
  );

  test.each<[string, Codec, Json]>([
    ['an object is no list', list(text), {}],
    ['null is no list', list(text), null],
    ['a list is no dict', dict(text), []],
    ['null is no dict', dict(text), null],
    ['text is no dict', dict(text), 'a'],
  ])('%s', (_, codec, json) => {
    expect(codec.fits(json)).toBe(false);
  });

  test('of a document, it asks for each member', () => {
    const shape = schemaOf(Whole);
    expect(shape.fits(WHOLE)).toBe(true);
    fc.assert(
      fc.property(fc.constantFrom(...shape.fields), anyStored, ({ name, codec }, json) => {
        expect(shape.fits({ ...WHOLE, [name]: json })).toBe(passes(() => codec.check(structuredClone(json))) && codec.fits(json));
      }),
    );
    for (const name of Object.keys(WHOLE)) {
      const lacking = Object.fromEntries(Object.entries(WHOLE).filter(([other]) => other !== name));
      expect(shape.fits(lacking)).toBe(false);
    }
    for (const json of [null, 'a', 1, [], [WHOLE]]) expect(shape.fits(json)).toBe(false);
  });

  test('says nothing of defaults, which the check fills in', () => {
    const stored: JsonObject = { ...WHOLE, parts: [{ title: 'a' }] };
    expect(schemaOf(Whole).fits(stored)).toBe(false);
    checkDocument(schemaOf(Whole), stored);
    expect(stored['parts']).toEqual([{ title: 'a', count: 1 }]);
  });
});

describe('where code must not be made at run time', () => {
  let make: jest.SpyInstance;
  beforeEach(() => {
    make = jest.spyOn(globalThis, 'Function').mockImplementation(() => {
      throw new EvalError('Code generation from strings disallowed for this context');
    });
  });
  afterEach(() => make.mockRestore());

  test('a stored value that fits is accepted all the same, and one that does not is refused', () => {
    const codec = list(dict(integer));
    expect(() => codec.check([{ a: 1 }, {}])).not.toThrow();
    expect(passes(() => codec.check([{ a: 1 }, { b: 'x' }]))).toBe(false);
    expect(make).toHaveBeenCalled();
  });
});
