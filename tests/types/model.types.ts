import { expectTypeOf } from 'expect-type';
import {
  pipeline,
  type CorruptDocumentError,
  type FieldName,
  type FieldValue,
  type HeldLockInfo,
  type Init,
  type LockHandle,
  type Patch,
  type PipelineResult,
  type Plain,
  type PlainModel,
  type RedisBytes,
  type RedisDatetime,
  type RedisDict,
  type RedisFloat,
  type RedisInt,
  type RedisList,
  type RedisStr,
  type RedisValue,
} from 'redatom';
import { Role, User, user, type Address } from './people';

// --- what build, create, update and the like take

expectTypeOf(User.build({ username: 'ada', tags: ['a'], score: 3, home: { city: 'x' }, places: [{ city: 'y' }] })).toEqualTypeOf<User>();
User.build({ tags: user.tags, score: user.score, home: user.home, work: null, limits: new Map([['a', 1]]), byName: { a: { city: 'x' } } });
User.build({
  role: Role.Admin,
  look: { theme: 'dark' },
  since: new Date(),
  photo: Buffer.from(''),
  balance: 1n,
  title: 't',
  seen: new Date(),
});
User.build();
// @ts-expect-error a number is no text
User.build({ username: 3 });
// @ts-expect-error no such field
User.build({ name: 'ada' });
// @ts-expect-error methods are no fields
User.build({ greet: () => 'x' });
// @ts-expect-error verbs are no fields
User.build({ save: null });
// @ts-expect-error the field is not nullable
User.build({ home: null });
// @ts-expect-error items are text
User.build({ tags: [1] });
// @ts-expect-error a nested field is wrong
User.build({ places: [{ city: 4 }] });
// @ts-expect-error the shape of json<T>()
User.build({ look: { colour: 'red' } });

expectTypeOf(User.create({ username: 'ada' })).resolves.toEqualTypeOf<User>();
// @ts-expect-error a text is no number
User.create({ age: '3' });
expectTypeOf(User.getOrCreate({ username: 'ada' })).resolves.toEqualTypeOf<{ readonly document: User; readonly created: boolean }>();
expectTypeOf(User.insertMany([{ username: 'ada' }])).resolves.toEqualTypeOf<User[]>();
// @ts-expect-error one of them is wrong
User.insertMany([{ username: 'ada' }, { username: 1 }]);

user.update({ age: 3, tags: ['a'], work: null, score: 2 });
// @ts-expect-error a text is no number
user.update({ score: '2' });
expectTypeOf(user.aupdate({ age: 3 })).resolves.toEqualTypeOf<User>();
// @ts-expect-error no such field
user.aupdate({ aeg: 3 });

expectTypeOf<keyof Init<Address>>().toEqualTypeOf<'city' | 'visits'>();
expectTypeOf<keyof Patch<Address>>().toEqualTypeOf<'city' | 'visits'>();
expectTypeOf<Init<Address>>().toExtend<{ readonly city?: string; readonly visits?: RedisInt | number }>();
expectTypeOf<{ readonly city?: string; readonly visits?: RedisInt | number }>().toExtend<Init<Address>>();
expectTypeOf<PlainModel<Address>>().toEqualTypeOf<{ city: string; visits: number }>();
expectTypeOf<Plain<RedisList<RedisDict<string>>>>().toEqualTypeOf<Record<string, string>[]>();
expectTypeOf<Plain<Address>>().toEqualTypeOf<{ city: string; visits: number }>();
expectTypeOf(user.toObject().places).toEqualTypeOf<{ city: string; visits: number }[]>();
expectTypeOf(user.toObject().work).toEqualTypeOf<{ city: string; visits: number } | null>();
expectTypeOf(user.clone().title).toEqualTypeOf<string>();
expectTypeOf(user.toJSON()).toEqualTypeOf<Record<string, unknown>>();

// --- instances, and what is left of them when they are spread

User.build(user);
User.insertMany([user, User.build(user)]);
User.build({ home: user.home, work: user.work, places: [user.home, ...user.places] });
User.create({ ...user.toObject(), username: 'bob' });
user.update({ home: { ...user.home.toObject(), city: 'Rome' } });
export const fromInstance: Init<User> = user;
// @ts-expect-error a spread instance has no fields
User.build({ ...user, username: 'bob' });
// @ts-expect-error the rest of an instance has none either
User.create((({ username: _, ...rest }) => rest)(user));
// @ts-expect-error a spread instance has no fields
User.insertMany([{ ...user }]);
// @ts-expect-error a spread instance has no fields
user.update({ ...user });
// @ts-expect-error an instance is no patch
user.update(user);
// @ts-expect-error the other fields of the nested model would be lost
user.update({ home: { ...user.home, city: 'Rome' } });
// @ts-expect-error the other fields of the nested model would be lost
user.aupdate({ work: { ...user.work, city: 'Rome' } });
// @ts-expect-error the other fields of the item would be lost
user.places.append({ ...user.home, city: 'Rome' });
// @ts-expect-error the other fields of the items would be lost
user.places.assign(user.places.map((place) => ({ ...place, city: 'Rome' })));
// @ts-expect-error the other fields of the member would be lost
user.byName.set('x', { ...user.home, city: 'Rome' });
// @ts-expect-error a spread instance has no fields
User.at('ada').aupdate({ ...user });
// @ts-expect-error an instance of another model
User.build({ home: user });

// --- reading and the document's verbs

expectTypeOf(User.get('ada')).resolves.toEqualTypeOf<User>();
expectTypeOf(User.find('ada')).resolves.toEqualTypeOf<User | null>();
expectTypeOf(User.getMany(['a', 'b'])).resolves.toEqualTypeOf<{
  readonly found: User[];
  readonly missing: string[];
  readonly corrupt: CorruptDocumentError[];
}>();
// @ts-expect-error keys are text
User.get(1);
expectTypeOf(User.deleteByKey('ada')).resolves.toEqualTypeOf<boolean>();
expectTypeOf(User.deleteMany(['ada'])).resolves.toEqualTypeOf<number>();
expectTypeOf(User.exists('ada')).resolves.toEqualTypeOf<boolean>();
expectTypeOf(User.afindKeys()).resolves.toEqualTypeOf<string[]>();
expectTypeOf(User.scan()).toEqualTypeOf<AsyncGenerator<User>>();
expectTypeOf(user.save()).resolves.toEqualTypeOf<User>();
expectTypeOf(user.save({ mustBeNew: true, timeoutMs: 100 })).resolves.toEqualTypeOf<User>();
// @ts-expect-error -- it is true or false
void user.save({ mustBeNew: 'yes' });
expectTypeOf(user.saveChanges()).resolves.toEqualTypeOf<User>();
expectTypeOf(user.load({ timeoutMs: 5 })).resolves.toEqualTypeOf<User>();
expectTypeOf(user.delete()).resolves.toEqualTypeOf<boolean>();
expectTypeOf(user.duplicate('bob')).resolves.toEqualTypeOf<User>();
expectTypeOf(user.duplicateMany(2)).resolves.toEqualTypeOf<User[]>();
expectTypeOf(user.ttl()).resolves.toEqualTypeOf<number | null>();
expectTypeOf(user.expire(3)).resolves.toEqualTypeOf<void>();
// @ts-expect-error no such option
user.load({ timeout: 5 });

// --- bound values of fields

expectTypeOf(user.field('age')).toEqualTypeOf<RedisFloat>();
expectTypeOf(user.field('username')).toEqualTypeOf<RedisStr>();
expectTypeOf(user.field('since')).toEqualTypeOf<RedisDatetime>();
expectTypeOf(user.field('photo')).toEqualTypeOf<RedisBytes>();
expectTypeOf(user.field('active')).toEqualTypeOf<RedisValue<boolean>>();
expectTypeOf(user.field('balance')).toEqualTypeOf<RedisValue<bigint>>();
expectTypeOf(user.field('nick')).toEqualTypeOf<RedisStr<string | null>>();
expectTypeOf(user.field('height')).toEqualTypeOf<RedisFloat<number | null>>();
expectTypeOf(user.field('left')).toEqualTypeOf<RedisDatetime<Date | null>>();
expectTypeOf(user.field('scan')).toEqualTypeOf<RedisBytes<Uint8Array | null>>();
expectTypeOf(user.field('sure')).toEqualTypeOf<RedisValue<boolean | null>>();
expectTypeOf(user.field('rank')).toEqualTypeOf<RedisInt<number | null>>();
expectTypeOf(user.field('share')).toEqualTypeOf<RedisFloat<number | null>>();
expectTypeOf(user.field('motto')).toEqualTypeOf<RedisStr<string | null>>();
expectTypeOf(user.field('icon')).toEqualTypeOf<RedisBytes<Uint8Array | null>>();
expectTypeOf(user.field('due')).toEqualTypeOf<RedisDatetime<Date | null>>();
expectTypeOf(user.field('role')).toEqualTypeOf<RedisValue<Role>>();
expectTypeOf(user.field('notes')).toEqualTypeOf<RedisList<string> | null>();
expectTypeOf(user.field('work')).toEqualTypeOf<Address | null>();
expectTypeOf(user.field('look')).toEqualTypeOf<RedisValue<{ theme: string }>>();
expectTypeOf(user.field('tags')).toEqualTypeOf<RedisList<string>>();
expectTypeOf(user.field('score')).toEqualTypeOf<RedisInt>();
expectTypeOf(user.field('home')).toEqualTypeOf<Address>();
declare const either: 'age' | 'height';
expectTypeOf(user.field(either)).toEqualTypeOf<RedisFloat | RedisFloat<number | null>>();
declare const any: 'tags' | 'username';
expectTypeOf(user.field(any)).toEqualTypeOf<RedisList<string> | RedisStr>();
export function fieldOf<K extends FieldName<User>>(name: K): FieldValue<User[K]> {
  return user.field(name);
}
// @ts-expect-error no such field
user.field('aeg');
// @ts-expect-error a method
user.field('greet');

// --- bound values of nullable fields are there, and only their values may be null

expectTypeOf(user.field('height').increase(2)).resolves.toEqualTypeOf<number>();
expectTypeOf(user.field('height').value).toEqualTypeOf<number | null>();
expectTypeOf(user.field('height').clone()).toEqualTypeOf<number | null>();
expectTypeOf(user.field('rank').increase()).resolves.toEqualTypeOf<number>();
expectTypeOf(user.field('rank').save()).resolves.toEqualTypeOf<RedisInt<number | null>>();
expectTypeOf(user.field('motto').value).toEqualTypeOf<string | null>();
expectTypeOf(user.field('nick').aappend('x')).resolves.toEqualTypeOf<string>();
expectTypeOf(user.field('nick').toUpperCase()).toEqualTypeOf<string>();
expectTypeOf(user.field('left').addMs(5)).toEqualTypeOf<void>();
expectTypeOf(user.field('scan').readUInt8(0)).toEqualTypeOf<number>();
user.field('rank').value = null;
user.field('nick').value = null;
// @ts-expect-error a number takes no text
user.field('rank').value = 'x';
// @ts-expect-error the field is not nullable
user.field('age').value = null;
// @ts-expect-error the value may be null
user.field('height').value.toFixed();
// @ts-expect-error what takes a number that is there takes none that may be null
export const always: RedisInt = user.field('rank');
export const perhaps: RedisInt<number | null> = user.score;

// --- pipelines, locks, transactions

expectTypeOf(user.pipeline((u) => expectTypeOf(u).toEqualTypeOf<User>())).resolves.toEqualTypeOf<PipelineResult>();
user.pipeline(async () => undefined, { ignoreIfDeleted: true, timeoutMs: 3, signal: AbortSignal.abort() });
pipeline([user, user.home], ([u, address]) => {
  expectTypeOf(u).toEqualTypeOf<User>();
  expectTypeOf(address).toEqualTypeOf<Address>();
});
expectTypeOf(user.withLock('a', () => 3)).resolves.toEqualTypeOf<number>();
expectTypeOf(user.withLock('a', async (u, lock) => ({ u, lock }))).resolves.toEqualTypeOf<{ u: User; lock: HeldLockInfo }>();
user.withLock('a', () => undefined, { saveAtEnd: true, ttlMs: 5, waitMs: 0, maxHoldMs: 9 });
// @ts-expect-error no such option
user.withLock('a', () => undefined, { timeout: 5 });
expectTypeOf(User.withLockFromKey('ada', 'a', async (u) => u.age)).resolves.toEqualTypeOf<number>();
expectTypeOf(User.transact('ada', async (u) => u.tags.length, { retries: 3 })).resolves.toEqualTypeOf<number>();
expectTypeOf(User.transact('ada', (u) => void (u.age = 3))).resolves.toEqualTypeOf<undefined>();
expectTypeOf(user.lock('a')).resolves.toEqualTypeOf<LockHandle<User>>();

export async function useLock(): Promise<number> {
  await using lock = await User.lockFromKey('ada', 'a', { waitMs: 0 });
  expectTypeOf(lock.document).toEqualTypeOf<User>();
  expectTypeOf(lock.signal).toEqualTypeOf<AbortSignal>();
  return lock.fence;
}

// --- from JSON
declare const body: unknown;
expectTypeOf(User.fromJSON(body)).toEqualTypeOf<Init<User>>();
User.create(User.fromJSON(body));
user.update(User.fromJSON(body));
User.at('ada').aupdate(User.fromJSON(body));
