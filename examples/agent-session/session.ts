import { AtomicRedisModel, dict, Field, json, Key, list, literal, Model, RedisDict, RedisInt, RedisList, type Json } from 'redatom';

@Model()
export class Message extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(String) author!: string;
  @Field(String) text!: string;
}

@Model()
export class Step extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(String) title!: string;
  @Field(literal('waiting', 'done'), { default: 'waiting' }) status!: 'waiting' | 'done';
  @Field(String, { nullable: true }) result!: string | null;
}

@Model()
export class Plan extends AtomicRedisModel {
  @Field(String) goal!: string;
  @Field(list(() => Step)) steps!: RedisList<Step>;
}

/** The state of one conversation with an agent. It is removed after 15 minutes in which nobody reads or writes it. */
@Model({ ttl: 15 * 60, refreshTtl: 'onUse' })
export class Session extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(() => Plan) plan!: Plan;
  @Field(list(() => Message)) messages!: RedisList<Message>;
  @Field(dict(json())) toolResults!: RedisDict<Json>;
  @Field(RedisInt) tokens!: RedisInt;
  /** Only the holder of the lock "run" writes it. */
  @Field(Number, { default: 0 }) finishedRuns!: number;
}
