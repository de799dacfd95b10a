import { AtomicRedisModel, dict, Field, Key, list, Model, RedisDict, RedisInt, RedisList, RedisStr, Version } from 'redatom';

/** The document that processes of the fire tests fight for. */
@Model()
export class Ledger extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) total!: RedisInt;
  @Field(RedisInt) commits!: RedisInt;
  @Field(Number, { default: 0 }) plain!: number;
  @Field(RedisStr, { default: '' }) trace!: RedisStr;
  @Field(list(String)) log!: RedisList<string>;
  @Field(list(String)) inbox!: RedisList<string>;
  @Field(dict(Number)) marks!: RedisDict<number>;
}

/** The same documents, through a connection of its own: to a lock, another process. */
@Model({ prefix: 'Ledger' })
export class Outsider extends Ledger {}

@Model()
export class VersionedLedger extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Version() version!: number;
  @Field(Number, { default: 0 }) plain!: number;
}
