import { AtomicRedisModel, dict, Field, Index, Key, list, Model, type RedisDict, RedisInt, type RedisList } from 'redatom';

@Model()
export class Address extends AtomicRedisModel {
  @Field(String) street!: string;
  @Field(String) city!: string;
  @Field(String) zip!: string;
  @Field(String) country!: string;
}

@Model()
export class Order extends AtomicRedisModel {
  @Field(String) sku!: string;
  @Field(String) title!: string;
  @Field(Number) quantity!: number;
  @Field(Number) price!: number;
}

@Model()
export class User extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(String) name!: string;
  @Field(String) email!: string;
  @Field(Number) age!: number;
  @Index() @Field(RedisInt) score!: RedisInt;
  @Field(Boolean) active!: boolean;
  @Field(Date) createdAt!: Date;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(String)) settings!: RedisDict<string>;
  @Field(() => Address) address!: Address;
  @Field(list(() => Order)) orders!: RedisList<Order>;
  @Field(Uint8Array) avatar!: Uint8Array;
}
