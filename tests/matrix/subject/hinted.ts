import { AtomicRedisModel, Field, Key, Model, RedisBytes, RedisDatetime, RedisFloat, RedisInt, RedisStr, Version } from 'redatom';

@Model()
export class Leaf extends AtomicRedisModel {
  @Field() text!: string;
}

/** Every type here is unambiguous in the metadata that compilers emit. */
@Model()
export class Hinted extends AtomicRedisModel {
  @Key() @Field() name!: string;
  @Field() age: number = 3;
  @Field() active!: boolean;
  @Field() since!: Date;
  @Field() bytes!: Uint8Array;
  @Field() big!: bigint;
  @Field() leaf!: Leaf;
  @Field() score!: RedisInt;
  @Field() rate!: RedisFloat;
  @Field() title!: RedisStr;
  @Field() blob!: RedisBytes;
  @Field() seen!: RedisDatetime;
  @Version() version!: number;
}
