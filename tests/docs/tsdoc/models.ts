import {
  AtomicRedisModel,
  dict,
  Field,
  Index,
  Key,
  list,
  literal,
  Model,
  RedisDatetime,
  RedisDict,
  RedisInt,
  RedisList,
  RedisStr,
  Version,
} from 'redatom';

// What the examples in doc comments work on.

@Model()
export class Address extends AtomicRedisModel {
  @Field(String) city!: string;
}

@Model()
export class User extends AtomicRedisModel {
  @Key() @Field(String) username!: string;
  @Field(String) email!: string;
  @Field(Number, { default: 36 }) age!: number;
  @Field(RedisInt) score!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(String)) settings!: RedisDict<string>;
  @Field(() => Address, { nullable: true }) address!: Address | null;
}

@Model()
export class Post extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(RedisStr) title!: RedisStr;
  @Field(dict(RedisInt)) views!: RedisDict<number>;
  @Field(dict(() => Address)) offices!: RedisDict<Address>;
  @Field(RedisDatetime) writtenAt!: RedisDatetime;
  @Version() version!: number;
}

@Model()
export class Account extends AtomicRedisModel {
  @Key() @Field(String) owner!: string;
  @Field(RedisInt) balance!: RedisInt;
}

@Model()
export class Shop extends AtomicRedisModel {
  @Index() @Field(String) city!: string;
}

@Model()
export class Order extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Index() @Field(literal('open', 'paid'), { default: 'open' }) status!: 'open' | 'paid';
  @Index({ sortable: true }) @Field(Number) total!: number;
  @Index() @Field(list(String)) tags!: RedisList<string>;
  @Field(() => Shop, { nullable: true }) shop!: Shop | null;
}
