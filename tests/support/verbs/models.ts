import {
  AtomicRedisModel,
  dict,
  Field,
  list,
  Model,
  RedisBytes,
  RedisDatetime,
  RedisDict,
  RedisFloat,
  RedisInt,
  RedisList,
  RedisStr,
} from 'redatom';

/** One field of every kind of bound value, and plain ones. */
export abstract class Fields extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
  @Field(RedisFloat) ratio!: RedisFloat;
  @Field(RedisStr) title!: RedisStr;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(String)) settings!: RedisDict<string>;
  @Field(dict(RedisInt)) counts!: RedisDict<number>;
  @Field(dict(Number)) ratios!: RedisDict<number>;
  @Field(RedisBytes) blob!: RedisBytes;
  @Field(RedisDatetime) at!: RedisDatetime;
  @Field(RedisDatetime, { format: 'epochMs' }) atMs!: RedisDatetime;
  @Field(RedisDatetime, { format: 'epochSeconds' }) atSeconds!: RedisDatetime;
  @Field(Number) age!: number;
  @Field(Boolean) flag!: boolean;
  @Field(String, { nullable: true }) note!: string | null;
}

@Model()
export class Part extends Fields {}

@Model()
export class Root extends Fields {}

@Model({ ttl: 1000 })
export class RootWithTtl extends Fields {}

abstract class HolderFields extends AtomicRedisModel {
  @Field(() => Part) inner!: Part;
  @Field(list(() => Part)) items!: RedisList<Part>;
  @Field(dict(() => Part)) byName!: RedisDict<Part>;
}

@Model()
export class Holder extends HolderFields {}

@Model({ ttl: 1000 })
export class HolderWithTtl extends HolderFields {}

export const allModels = [Root, RootWithTtl, Holder, HolderWithTtl];

const MOMENT = new Date('2024-02-01T23:59:58.500Z');

/** Values for every field, as `build` takes them. */
export const plainFields = {
  count: 5,
  ratio: 1.5,
  title: 'Ti',
  tags: ['a', 'b', 'c'],
  settings: { theme: 'dark', lang: 'en' },
  counts: { seen: 5 },
  ratios: { half: 0.5 },
  blob: Buffer.from([1, 2, 255]),
  at: MOMENT,
  atMs: MOMENT,
  atSeconds: MOMENT,
  age: 30,
  flag: true,
  note: null,
};

/** The same values as they are stored. */
export const storedFields = {
  ...plainFields,
  blob: 'AQL/',
  at: '2024-02-01T23:59:58.500Z',
  atMs: 1706831998500,
  atSeconds: 1706831998.5,
};

/** Fields that a stored document may lack, because they have a default. */
export const optionalFields: readonly string[] = ['count', 'tags', 'settings', 'counts', 'ratios', 'note'];

export type StoredFields = { [K in keyof typeof storedFields]: unknown };
