import { AtomicRedisModel, dict, Field, Key, list, Model, RedisDict, RedisInt, RedisList } from 'redatom';

@Model()
export class Address extends AtomicRedisModel {
  @Field(String) city!: string;
  @Field(String) street!: string;
}

@Model({ ttl: 3600 }) // seconds
export class User extends AtomicRedisModel {
  @Key() @Field(String) username!: string; // without @Key: a generated uuid
  @Field(String) email!: string;
  @Field(RedisInt) score!: RedisInt; // a counter, default 0
  @Field(list(String)) tags!: RedisList<string>; // default []
  @Field(dict(String)) settings!: RedisDict<string>; // default {}
  @Field(() => Address, { nullable: true }) address!: Address | null;
}
