import {
  AtomicRedisModel,
  Field,
  Key,
  Model,
  RedisBytes,
  RedisDatetime,
  RedisDict,
  RedisFloat,
  RedisInt,
  RedisList,
  RedisStr,
  Version,
  dict,
  enumOf,
  json,
  list,
} from 'redatom';

export enum Role {
  Admin = 'admin',
  Guest = 'guest',
}

@Model()
export class Address extends AtomicRedisModel {
  @Field(String) city!: string;
  @Field(RedisInt) visits!: RedisInt;
}

@Model()
export class User extends AtomicRedisModel {
  @Key() @Field(String) username!: string;
  @Field(Number) age!: number;
  @Field(Boolean) active = true;
  @Field(Date) since!: Date;
  @Field(Uint8Array) photo!: Uint8Array;
  @Field(BigInt) balance!: bigint;
  @Field(enumOf(Role)) role!: Role;
  @Field(json<{ theme: string }>()) look!: { theme: string };
  @Field(String, { nullable: true }) nick!: string | null;
  @Field(Number, { nullable: true }) height!: number | null;
  @Field(Date, { nullable: true }) left!: Date | null;
  @Field(Uint8Array, { nullable: true }) scan!: Uint8Array | null;
  @Field(Boolean, { nullable: true }) sure!: boolean | null;
  @Field(RedisInt, { nullable: true }) rank!: RedisInt | null;
  @Field(RedisFloat, { nullable: true }) share!: RedisFloat | null;
  @Field(RedisStr, { nullable: true }) motto!: RedisStr | null;
  @Field(RedisBytes, { nullable: true }) icon!: RedisBytes | null;
  @Field(RedisDatetime, { nullable: true }) due!: RedisDatetime | null;
  @Field(list(String), { nullable: true }) notes!: RedisList<string> | null;
  @Field(RedisInt) score!: RedisInt;
  @Field(RedisFloat) rate!: RedisFloat;
  @Field(RedisStr) title!: RedisStr;
  @Field(RedisBytes) blob!: RedisBytes;
  @Field(RedisDatetime) seen!: RedisDatetime;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(Number)) limits!: RedisDict<number>;
  @Field(() => Address) home!: Address;
  @Field(() => Address, { nullable: true }) work!: Address | null;
  @Field(list(() => Address)) places!: RedisList<Address>;
  @Field(dict(() => Address)) byName!: RedisDict<Address>;
  @Version() version!: number;

  get label(): string {
    return this.username;
  }

  greet(): string {
    return `hello ${this.username}`;
  }
}

export declare const user: User;
