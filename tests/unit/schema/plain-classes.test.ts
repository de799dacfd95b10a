import 'reflect-metadata';
import { Exclude, Transform, Type } from 'class-transformer';
import { AtomicRedisModel, dict, Field, list, Model, SchemaError } from 'redatom';
import { schemaOf } from '../../../src/schema/compile';
import type { ModelClass } from '../../../src/schema/model-schema';

class Needy {
  readonly name: string;

  constructor(init: { name: string }) {
    this.name = init.name;
  }
}

const AS_TEXT = 'write @Field(String), and store its text';
const AS_NUMBERS = 'write @Field(list(Number)), or @Field(Uint8Array) for bytes';
const NEEDS =
  'class-transformer makes a Needy without arguments, but its constructor throws: ' +
  "TypeError: Cannot read properties of undefined (reading 'name'); give its parameters defaults";

class Point {
  x = 0;
}

class Undated {
  at = new Date(0);
}

class Unplaced {
  point = new Point();
}

class Mapped {
  points = new Map<string, Point>();
}

class Marked {
  marks = new Set<string>();
}

class Pictured {
  bytes = new Uint8Array(2);
}

const READS = 'and class-transformer does not make one when it is read again';

/** What class-transformer gives back as it was. */
class Place {
  @Type(() => Point) point = new Point();
  @Type(() => Point) track = [new Point()];
  @Type(() => Point) named: Map<string, Point> = new Map([['a', new Point()]]);
  @Type(() => Date) at = new Date(0);
  @Exclude() cache = new Map<string, number>();
  @Transform(({ value }: { value: Set<string> }) => [...value], { toPlainOnly: true })
  @Transform(({ value }: { value: string[] }) => new Set(value), { toClassOnly: true })
  tags = new Set(['a']);
  plain: Record<string, number> = { a: 1 };
  nothing: Point | null = null;
  later: Point | undefined;
}

/** A class with the given decorator on its field `it`, put there as compilers with legacy decorators do. */
function declared(decorate: ReturnType<typeof Field>): ModelClass {
  @Model()
  class Probe extends AtomicRedisModel {}
  decorate(Probe.prototype, 'it');
  return Probe;
}

describe('a class whose instances could not be read again is refused:', () => {
  test.each([
    ['a RegExp', Field(RegExp), `a RegExp cannot be stored as one; ${AS_TEXT}`],
    ['a list of URLs', Field(list(URL)), `a URL cannot be stored as one; ${AS_TEXT}`],
    ['an Error', Field(Error), `an Error cannot be stored as one; ${AS_TEXT}`],
    ['an array of numbers', Field(Float64Array), `a Float64Array cannot be stored as one; ${AS_NUMBERS}`],
    ['an ArrayBuffer', Field(ArrayBuffer), `an ArrayBuffer cannot be stored as one; ${AS_NUMBERS}`],
    ['one whose constructor needs arguments', Field(() => Needy), NEEDS],
    ['a dict of such', Field(dict(Needy)), NEEDS],
    ['one with a date', Field(Undated), `Undated.at is a Date, ${READS}; write @Type(() => Date) at in Undated`],
    ['one with another class', Field(Unplaced), `Unplaced.point is a Point, ${READS}; write @Type(() => Point) point in Unplaced`],
    ['one with a Map', Field(Mapped), `Mapped.points is a Map, ${READS}; declare it as a field of the model instead: @Field(dict(…))`],
    ['one with a Set', Field(Marked), `Marked.marks is a Set, ${READS}; declare it as a field of the model instead: @Field(list(…))`],
    [
      'one with bytes',
      Field(list(Pictured)),
      `Pictured.bytes is a Uint8Array, ${READS}; declare it as a field of the model instead: @Field(Uint8Array)`,
    ],
  ])('%s', (_, decorate, problem) => {
    const model = declared(decorate);

    expect(() => schemaOf(model)).toThrow(new SchemaError('Probe', [`it: ${problem}`]));
  });
});

test('a class whose instances are read back unchanged is not refused', () => {
  const [field] = schemaOf(declared(Field(Place))).fields;
  const made = new Place();
  made.later = undefined;

  const read = field?.codec.decode(field.codec.encode(made)) as Place;

  expect(read).toStrictEqual(made);
});
