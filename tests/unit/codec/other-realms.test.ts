import { runInNewContext } from 'node:vm';
import { AtomicRedisModel, dict, Field, json, Model, RedisDict } from 'redatom';

class Point {
  x = 0;
  at?: Date;
}

@Model()
class Values extends AtomicRedisModel {
  @Field(json(), { default: null }) any!: unknown;
  @Field(dict(String)) texts!: RedisDict<string>;
  @Field(Date, { default: () => new Date(0) }) date!: Date;
  @Field(Uint8Array, { default: () => new Uint8Array() }) bytes!: Uint8Array;
  @Field(Point, { default: () => new Point() }) point!: Point;
}

/** Values as code outside a test runner's sandbox makes them: `structuredClone`, `fetch`, JSON parsed by a library. */
function elsewhere(expression: string): unknown {
  return runInNewContext(expression);
}

describe('values of another realm', () => {
  test.each([
    ['any', '({ a: [1, { b: null }] })', { a: [1, { b: null }] }],
    ['texts', '({ a: "x" })', { a: 'x' }],
    ['texts', 'new Map([["a", "x"]])', { a: 'x' }],
    ['date', 'new Date(5)', '1970-01-01T00:00:00.005Z'],
    ['bytes', 'new Uint8Array([1, 2])', 'AQI='],
    ['point', '({ x: 1 })', { x: 1 }],
  ])('%s takes %s', (name, expression, stored) => {
    const values = Values.build({});

    Object.assign(values, { [name]: elsewhere(expression) });

    expect(values.toJSON()).toMatchObject({ [name]: stored });
    expect(Values.build({ [name]: elsewhere(expression) }).toJSON()).toEqual(values.toJSON());
  });

  test('what comes from structuredClone is JSON', () => {
    expect(Values.build({ any: structuredClone({ a: 1 }) }).any).toEqual({ a: 1 });
  });

  test.each(['new Set([1])', 'new Date(0)', 'new Map()', 'new (class Thing {})()'])('json refuses %s all the same', (expression) => {
    expect(() => Values.build({ any: elsewhere(expression) })).toThrow(expect.objectContaining({ code: 'VALIDATION' }) as Error);
  });

  test('an invalid date in an instance of a class is refused with its place', () => {
    const point = Object.assign(new Point(), { at: new Date(NaN) });

    expect(() => Values.build({ point })).toThrow(
      expect.objectContaining({ problems: [{ field: 'point.at', expected: 'a plain JSON value', found: 'an invalid Date' }] }) as Error,
    );
  });
});
