import { AtomicRedisModel, dict, Field, Key, list, Model, RedisDict, RedisInt, RedisList, type Init } from 'redatom';

@Model()
export class Address extends AtomicRedisModel {
  @Field(String) city!: string;
  @Field(String, { default: '' }) street!: string;
}

/** The model of most tests: a key, plain values, bound values, a nested model. */
@Model()
export class User extends AtomicRedisModel {
  @Key() @Field(String) username!: string;
  @Field(String, { default: '' }) email!: string;
  @Field(RedisInt) score!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(String)) settings!: RedisDict<string>;
  @Field(() => Address, { nullable: true }) address!: Address | null;
}

/** Users whose documents lie in one slot of a cluster. */
@Model({ hashTag: 'club' })
export class Member extends User {}

let count = 0;

/** A user under a name that no other test uses. */
export function createUser(init: Init<User> = {}): Promise<User> {
  count += 1;
  return User.create({ username: `user-${count}`, ...init });
}

/** A member under a name that no other test uses. */
export function createMember(init: Init<Member> = {}): Promise<Member> {
  count += 1;
  return Member.create({ username: `member-${count}`, ...init });
}
