import { AsyncLocalStorage } from 'node:async_hooks';
import { AtomicRedisModel, connect, Field, Key, Model, RedisInt } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import { describeOnEveryServer } from '../../support/backends';
import { useDatabase } from '../../support/use-models';
import { createUser, User } from '../../support/user';

@Model()
class Passing extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
}

const tenant = new AsyncLocalStorage<string>();

@Model()
class Seen extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  readonly by: string | undefined;

  constructor(init: { id: string }) {
    super(init);
    this.by = tenant.getStore();
  }
}

const because = 'on a cluster the documents lie on several servers, and are read one by one';

describeOnEveryServer('reads that are started one after the other without waiting', because, (backend) => {
  const database = useDatabase(() => backend.target(), [User]);

  async function createUsers(count: number): Promise<User[]> {
    return Promise.all(Array.from({ length: count }, (_, score) => createUser({ score })));
  }
  const codeOf = async (read: Promise<unknown>): Promise<unknown> =>
    read.then(
      () => 'found',
      ({ code }: { code: string }) => code,
    );

  test('travel together, and each gets its own document', async () => {
    const users = await createUsers(10);
    let read: User[] = [];

    const sent = await backend.roundTrips(async () => {
      read = await Promise.all(users.map(({ key }) => User.get(key)));
    });

    expect(sent).toEqual(['JSON.GET', 'JSON.MGET']);
    expect(read.map(({ score }) => score.value)).toEqual(users.map(({ score }) => score.value));
  });

  test.each([
    ['get', (id: string) => Seen.get(id)],
    ['find', (id: string) => Seen.find(id)],
  ])('constructors run for those who asked: %s', async (_, read) => {
    database().bind(Seen);
    const ids = ['a', 'b', 'c', 'd'];
    await Promise.all(ids.map((id) => new Seen({ id }).save()));

    const seen = await Promise.all(ids.map((id) => tenant.run(id, () => read(id))));

    expect(seen.map((one) => one?.by)).toEqual(ids);
    await Seen.deleteMany(ids);
  });

  test('the second of two fails by itself', async () => {
    const [one] = (await createUsers(1)) as [User];
    await backend.send('SET', 'User:text', 'of another type');

    expect(await Promise.all([codeOf(User.get(one.key)), codeOf(User.get('text'))])).toEqual(['found', 'PATH_MISMATCH']);
    await backend.send('DEL', 'User:text');
  });

  test.each([{}, { timeoutMs: 10_000 }])('are answered before what is written after them, with %j', async (limits) => {
    const [one, other] = (await createUsers(2)) as [User, User];

    const read = [User.get(one.key), User.get(other.key)];
    await other.score.increase(5, limits);

    expect((await Promise.all(read)).map(({ score }) => score.value)).toEqual([0, 1]);
  });

  test('one that waits for the one before is a command of its own', async () => {
    const [one, other] = (await createUsers(2)) as [User, User];

    const sent = await backend.roundTrips(async () => {
      await User.get(one.key);
      await User.get(other.key);
    });

    expect(sent).toEqual(['JSON.GET', 'JSON.GET']);
  });

  test('more than a command should name are several commands', async () => {
    const users = await createUsers(200);

    const sent = await backend.roundTrips(() => Promise.all(users.map(({ key }) => User.get(key))));

    expect(sent).toEqual(['JSON.GET', 'JSON.MGET', 'JSON.MGET', 'JSON.MGET', 'JSON.MGET']);
  });

  test('keep their place among writes', async () => {
    const [first, one, other] = (await createUsers(3)) as [User, User, User];

    const before = [User.get(first.key), User.get(one.key), User.get(other.key)];
    const written = one.score.increase(100);
    const after = [User.get(one.key), User.get(other.key)];

    await written;
    expect((await Promise.all(before)).map(({ score }) => score.value)).toEqual([0, 1, 2]);
    expect((await Promise.all(after)).map(({ score }) => score.value)).toEqual([101, 2]);
  });

  test('fail one by one: a missing document, another type, a corrupt one', async () => {
    const [first, good, bad] = (await createUsers(3)) as [User, User, User];
    await backend.overwrite(bad.key, '$["score"]', 'many');
    await backend.send('SET', 'User:text', 'text');

    const codes = await Promise.all([first.key, 'nobody', 'text', bad.key, good.key].map((key) => codeOf(User.get(key))));
    const [, absent, found] = await Promise.all([User.find(first.key), User.find('nobody'), User.find(good.key)]);

    expect(codes).toEqual(['found', 'KEY_NOT_FOUND', 'PATH_MISMATCH', 'CORRUPT_DOCUMENT', 'found']);
    expect([absent, found?.pk]).toEqual([null, good.pk]);
  });

  test('do not find a document that is created after them', async () => {
    const [first] = (await createUsers(1)) as [User];

    const [, missing, found, codes, made] = await Promise.all([
      User.get(first.key),
      User.find('made later'),
      User.find(first.key),
      codeOf(User.get('made later')),
      User.create({ username: 'made later' }),
    ]);

    expect([missing, found?.pk, codes, made.pk]).toEqual([null, first.pk, 'KEY_NOT_FOUND', 'made later']);
  });

  test.each([true, false])('come before a batch on the same connection that is started after them, atomic %s', async (isAtomic) => {
    const [first, one, other] = (await createUsers(3)) as [User, User, User];
    const batch = new Batch(isAtomic)
      .customCommand(['JSON.NUMINCRBY', one.key, '$.score', '100'])
      .customCommand(['JSON.NUMINCRBY', other.key, '$.score', '100']);

    const [, ...before] = await Promise.all([
      User.get(first.key),
      User.get(one.key),
      User.get(other.key),
      new BatchClient(database()).exec(batch, true),
    ]);

    expect(before.slice(0, 2).map((user) => (user as User).score.value)).toEqual([1, 2]);
    expect((await User.get(one.key)).score.value).toBe(101);
  });

  test('a limit of time makes a read one of its own', async () => {
    const users = await createUsers(3);

    const sent = await backend.roundTrips(() => Promise.all(users.map(({ key }) => User.get(key, { timeoutMs: 5000 }))));

    expect(sent).toEqual(['JSON.GET', 'JSON.GET', 'JSON.GET']);
  });

  test('load() is one of them, in the flow that called it', async () => {
    const users = await createUsers(4);
    await Promise.all(users.map(async ({ key }) => (await User.get(key)).score.increase(10)));

    const pipelined = users[3] as User;
    const outcomes = await Promise.all([
      ...users.slice(0, 3).map((user) => user.load().then(() => user.score.value)),
      pipelined.pipeline(async (user) => codeOf(user.load())).then(() => 'done'),
    ]);

    expect(outcomes).toEqual([10, 11, 12, 'done']);
  });

  test('a connection that is closed at once still answers them', async () => {
    const database = await connect(await backend.target(), { models: [Passing] });
    const made = await Promise.all(Array.from({ length: 5 }, () => Passing.create({})));

    const reads = made.map(({ key }) => codeOf(Passing.get(key)));
    const closed = database.close();

    expect(await Promise.all(reads)).toEqual(['found', 'found', 'found', 'found', 'found']);
    await closed;
  });
});
