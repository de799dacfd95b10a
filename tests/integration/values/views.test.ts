import { inspect } from 'node:util';
import {
  AtomicRedisModel,
  dict,
  enumOf,
  Field,
  json,
  list,
  Model,
  nullable,
  RedisBytes,
  RedisDatetime,
  RedisDict,
  RedisFloat,
  RedisInt,
  RedisList,
  RedisStr,
  type Json,
} from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

enum Level {
  Low = 'low',
  High = 'high',
}

class Point {
  x = 0;
}

@Model()
class Scalars extends AtomicRedisModel {
  @Field(RedisInt) whole!: RedisInt;
  @Field(RedisFloat) fraction!: RedisFloat;
  @Field(RedisStr) text!: RedisStr;
  @Field(RedisBytes) bytes!: RedisBytes;
  @Field(RedisDatetime) at!: RedisDatetime;
  @Field(Boolean) flag!: boolean;
  @Field(BigInt) big!: bigint;
  @Field(enumOf(Level)) level!: Level;
  @Field(json()) any!: Json;
  @Field(Point) point!: Point;
  @Field(Boolean, { nullable: true }) perhaps!: boolean | null;
}

@Model()
class Gaps extends AtomicRedisModel {
  @Field(list(nullable(String))) names!: RedisList<string | null>;
  @Field(list(list(nullable(Number)))) rows!: RedisList<RedisList<number | null>>;
  @Field(dict(list(nullable(Number)))) columns!: RedisDict<RedisList<number | null>>;
}

describeOnEveryBackend('bound values', (backend) => {
  useModels(backend, Scalars, Gaps);

  test('are equal for matchers when their values are', () => {
    const init = { whole: 1, fraction: 0.5, text: 'a', bytes: Buffer.from('a'), at: new Date(1), flag: true, big: 1n, level: Level.Low };
    const first = Scalars.build({ ...init, any: { a: 1 }, point: { x: 1 }, perhaps: true });
    const second = Scalars.build({ ...first.toObject(), bytes: Buffer.from('a') });
    const changed = {
      whole: 2,
      fraction: 1.5,
      text: 'b',
      bytes: Buffer.from('b'),
      at: new Date(2),
      flag: false,
      big: 2n,
      level: Level.High,
    };
    const third = Scalars.build({ ...changed, any: { a: 2 }, point: { x: 2 }, perhaps: null });

    for (const name of Object.keys(first.toObject()) as (keyof typeof init)[]) {
      expect(first.field(name)).toEqual(second.field(name));
      expect(first.field(name)).toStrictEqual(second.field(name));
      expect(first.field(name)).not.toEqual(third.field(name));
    }
  });

  test('show lists that begin with null, wherever they stand', () => {
    const gaps = Gaps.build({ names: [null, 'a'], rows: [[null, 1]], columns: { x: [null] } });

    expect(inspect(gaps, { depth: 5, breakLength: Infinity })).toBe(
      "Gaps { names: [ null, 'a' ], rows: [ [ null, 1 ] ], columns: { x: [ null ] } }",
    );
    expect(inspect(gaps.rows)).toBe('[ [ null, 1 ] ]');
    expect(inspect(gaps.columns)).toBe('{ x: [ null ] }');
  });

  test('cannot be frozen, and stay usable after the attempt', async () => {
    const gaps = await Gaps.create({ names: ['a'], columns: { x: [1] } });

    for (const value of [gaps.names, gaps.columns]) expect(() => Object.freeze(value)).toThrow(TypeError);

    await gaps.names.aappend('b');
    gaps.columns.y = [] as never;
    await gaps.saveChanges();
    expect([Object.values(gaps.names), Object.keys(gaps.columns)]).toEqual([
      ['a', 'b'],
      ['x', 'y'],
    ]);
    expect(gaps.toJSON()).toEqual(await backend.json(gaps.key));
  });
});
