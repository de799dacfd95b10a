import { AtomicRedisModel, dict, Field, list, Model, nullable, RedisDict, RedisInt, RedisList, RedisStr } from 'redatom';

/** A part of a plan, which may hold another task. */
@Model()
export class Task extends AtomicRedisModel {
  @Field(RedisInt) tries!: RedisInt;
  @Field(RedisStr, { default: 'new' }) state!: RedisStr;
  @Field(list(String)) log!: RedisList<string>;
  @Field(dict(Number)) costs!: RedisDict<number>;
  @Field(() => Task, { nullable: true }) fallback!: Task | null;
}

/** A default whose values differ from the defaults of its fields. */
export const SPARE = { tries: 2, log: ['d'], fallback: { tries: 1 } };

/** Holds parts in every way: in fields, in dicts, and in dicts of dicts. */
@Model()
export class Plan extends AtomicRedisModel {
  @Field(RedisInt) runs!: RedisInt;
  @Field(list(String), { nullable: true }) notes!: RedisList<string> | null;
  @Field(dict(() => Task)) tasks!: RedisDict<Task>;
  @Field(dict(nullable(() => Task))) drafts!: RedisDict<Task | null>;
  @Field(dict(list(String))) groups!: RedisDict<RedisList<string>>;
  @Field(dict(dict(() => Task))) stages!: RedisDict<RedisDict<Task>>;
  @Field(() => Task) first!: Task;
  @Field(() => Task, { nullable: true }) last!: Task | null;
  @Field(() => Task, { default: () => SPARE }) spare!: Task;
}
