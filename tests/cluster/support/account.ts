import { AtomicRedisModel, Field, Key, list, Model, RedisInt, RedisList } from 'redatom';
import { serverOf } from './server-of';

/** The document that tests of clusters write. */
@Model()
export class Account extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) visits!: RedisInt;
  @Field(list(Number)) log!: RedisList<number>;
}

/** A name of an account that lies on a server as the cluster starts. */
export function nameOn(server: number): string {
  for (let n = 0; ; n += 1) if (serverOf(`Account:${n}`) === server) return String(n);
}
