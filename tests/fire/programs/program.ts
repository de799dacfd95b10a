import { AtomicRedisModel, dict, Field, Key, list, Model, RedisDatetime, RedisDict, RedisInt, RedisList, RedisStr } from 'redatom';

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

/** What a step gets from the generator. */
export interface Draw {
  readonly n: number;
  readonly s: string;
  readonly i: number;
}

export interface Step {
  readonly name: string;
  /** Local and queued; its plain twin works on what the local value is then. */
  readonly queue?: (it: Program, draw: Draw) => unknown;
  readonly atOnce?: (it: Program, draw: Draw) => Promise<unknown>;
  readonly plain: (it: Plain, draw: Draw, reply: unknown) => unknown;
}

/** A position that exists, or -1. */
export const at = <T>(items: readonly T[], i: number): number => (items.length === 0 ? -1 : i % items.length);

export function removeFirst(items: string[], item: string): void {
  const index = items.indexOf(item);
  if (index >= 0) items.splice(index, 1);
}
