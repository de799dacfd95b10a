import { AtomicRedisModel, dict, Field, Key, list, Model, RedisDatetime, RedisDict, RedisInt, RedisList, RedisStr } from 'redatom';
import type { Step } from './contract';

@Model()
export class Leaf extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
}

@Model()
export class Program extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) count!: RedisInt;
  @Field(RedisStr, { default: '' }) text!: RedisStr;
  @Field(RedisDatetime) at!: RedisDatetime;
  @Field(Number, { nullable: true }) plain!: number | null;
  @Field(Date) day!: Date;
  @Field(list(Date)) dates!: RedisList<Date>;
  @Field(dict(Date)) named!: RedisDict<Date>;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(Number)) marks!: RedisDict<number>;
  @Field(() => Leaf) leaf!: Leaf;
  @Field(list(() => Leaf)) leaves!: RedisList<Leaf>;
}

export const START = Date.parse('2024-02-28T23:59:59.500Z');

export function fresh() {
  return {
    name: 'one',
    count: 2,
    text: 'a',
    at: new Date(START).toISOString(),
    plain: null as number | null,
    day: new Date(START).toISOString(),
    dates: [new Date(START).toISOString(), new Date(0).toISOString()],
    named: { a: new Date(0).toISOString() } as Record<string, string>,
    tags: ['a', 'b', 'a'],
    marks: { a: 1, b: 2 } as Record<string, number>,
    leaf: { count: 1, tags: ['x'] },
    leaves: [
      { count: 1, tags: ['p'] },
      { count: 2, tags: [] as string[] },
    ],
  };
}
export type Plain = ReturnType<typeof fresh>;

export type ProgramStep = Step<Program, Plain>;
