import { AtomicRedisModel, dict, Field, Key, list, Model, RedisDict, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { settled } from '../../support/settled';
import { useModels } from '../../support/use-models';
import { createMember, createUser, Member, User } from '../../support/user';

@Model()
class Book extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(RedisInt) count!: RedisInt;
}

@Model()
class Shelf extends AtomicRedisModel {
  @Field(list(() => Book)) books!: RedisList<Book>;
  @Field(dict(() => Book)) byId!: RedisDict<Book>;
}

const LIMITED = { timeoutMs: 60_000 };

type Verb = [string, (user: User) => Promise<unknown>];

const writes: Verb[] = [
  ['increase', (user) => user.score.increase(5)],
  ['increase with a limit', (user) => user.score.increase(5, LIMITED)],
  ['pipeline', (user) => user.pipeline(() => user.score.add(5))],
  ['saveChanges', (user) => (user.score.add(5), user.saveChanges())],
  ['aupdate', (user) => user.aupdate({ score: 5 })],
];

describeOnEveryBackend('answers that come while others are awaited', (backend) => {
  useModels(backend, User, Member, Shelf);

  async function expectInStep(user: User): Promise<void> {
    expect(user.isStale).toBe(false);
    expect(user.toJSON()).toEqual(await backend.json(user.key));
  }

  test.each(writes)('a read that travels with others does not put older values over those of a later %s', async (_, write) => {
    const [user, other] = [await createUser(), await createUser()];

    await Promise.all([User.get(other.key), user.load(), User.get(other.key), write(user)]);

    expect(user.score.value).toBe(5);
    await expectInStep(user);
    await user.save();
    expect(await backend.json(user.key, '$.score')).toBe(5);
  });

  const loads: Verb[] = [
    ['load()', (user) => user.load()],
    ['load() with a limit', (user) => user.load(LIMITED)],
    ['load() with a signal', (user) => user.load({ signal: new AbortController().signal })],
    ['load() of the number', (user) => user.score.load()],
    ['load() of the number with a limit', (user) => user.score.load(LIMITED)],
  ];
  const pairs = loads.flatMap(([load, read]) => writes.map(([name, write]) => [load, name, read, write] as const));

  test.each(pairs)('%s and then %s: the local value is the stored one', async (_, __, read, write) => {
    const user = await createUser({ score: 0 });

    await Promise.all([read(user), write(user)]);

    expect(user.score.value).toBe(5);
    await expectInStep(user);
  });

  test('verbs are answered in their order, with limits and without', async () => {
    const user = await createUser();
    const { signal } = new AbortController();

    const appends = [user.tags.aappend('a', LIMITED), user.tags.aappend('b'), user.tags.aappend('c', { signal }), user.tags.aappend('d')];
    const scores = [user.score.increase(5, LIMITED), user.score.increase(1), user.score.increase(1, { signal }), user.score.increase(1)];
    await Promise.all([...appends, ...scores]);

    expect(user.tags).toEqual(['a', 'b', 'c', 'd']);
    expect(await Promise.all(scores)).toEqual([5, 6, 7, 8]);
    await expectInStep(user);
  });

  test('load() while verbs follow is made anew once they are answered, and brings what others wrote', async () => {
    const user = await createUser();
    await backend.overwrite(user.key, '$.email', 'of another');

    const sent = await backend.commandsSent(() => Promise.all([user.load(), user.score.increase(5), user.tags.aappend('x')]));

    // Over several connections, verbs are sent one at a time, and the read goes before those that wait.
    const after = backend.isCluster ? ['JSON.GET', 'JSON.ARRAPPEND'] : ['JSON.ARRAPPEND', 'JSON.GET'];
    expect(sent).toEqual(['JSON.GET', 'JSON.NUMINCRBY', ...after]);
    expect(user.toJSON()).toMatchObject({ email: 'of another', score: 5, tags: ['x'] });
    await expectInStep(user);
  });

  test('load() that nothing follows is one request, also behind verbs', async () => {
    const user = await createUser();

    expect(await backend.commandsSent(() => Promise.all([user.score.increase(5), user.load()]))).toEqual(['JSON.NUMINCRBY', 'JSON.GET']);
    await expectInStep(user);
  });

  test('verbs that are called while load() is made anew are sent after it', async () => {
    const user = await createUser();

    const sent = await backend.commandsSent(async () => {
      const loaded = user.load();
      await user.score.increase(1);
      await Promise.all([user.score.increase(1), user.tags.aappend('x'), loaded]);
    });

    expect(sent).toEqual(['JSON.GET', 'JSON.NUMINCRBY', 'JSON.GET', 'JSON.NUMINCRBY', 'JSON.ARRAPPEND']);
    await expectInStep(user);
  });

  test('a read that travels with those of a pipeline is not part of that pipeline', async () => {
    const [user, other] = [await createUser(), await createUser()];
    await backend.overwrite(user.key, '$.score', 7);

    const first = User.get(other.key);
    const inside = other.pipeline(() => void User.get(other.key));
    await Promise.all([first, inside, user.load()]);

    expect(user.score.value).toBe(7);
  });

  const laterCommits: Verb[] = [
    ['increase, pipeline', async (user) => Promise.all([user.score.increase(5), user.pipeline(() => user.score.add(1))])],
    ['aappend, pipeline', async (user) => Promise.all([user.tags.aappend('a'), user.pipeline(() => user.tags.append('b'))])],
    ['aupdate, pipeline', async (user) => Promise.all([user.aupdate({ email: 'a' }), user.pipeline(() => user.update({ email: 'b' }))])],
  ];

  test.each(laterCommits)('a pipeline changes local values behind the answers of verbs before it: %s', async (_, start) => {
    const user = await createUser();

    await start(user);

    await expectInStep(user);
  });

  const parts: Verb[] = [
    ['the document', (user) => user.load()],
    ['a number', (user) => user.score.load()],
    ['a list', (user) => user.tags.load()],
    ['a dict', (user) => user.settings.load()],
    ['a nested model', async (user) => user.address?.load()],
  ];

  test.each(parts)('load() of %s ends while verbs of three flows go on, and is right', async (_, load) => {
    const user = await createUser({ address: { city: 'Paris' } });
    await backend.overwrite(user.key, '$', {
      ...user.toJSON(),
      tags: ['new'],
      settings: { is: 'new' },
      address: { city: 'Rome', street: '' },
      email: 'new',
    });
    // More verbs than load() could wait for, but not endless, in case it does wait for them.
    const flow = async (): Promise<void> => {
      for (let round = 0; round < 200; round += 1) await user.score.increase(1);
    };
    const verbs = Promise.all([flow(), flow(), flow()]).then(() => 'the verbs');

    const first = await Promise.race([load(user).then(() => 'the load'), verbs]);
    await verbs;

    expect(first).toBe('the load');
    expect(user.score.value).toBe(600);
    await Promise.all(parts.map(([, read]) => read(user)));
    await expectInStep(user);
  });

  test('a lock that was taken when a later verb was answered sees it', async () => {
    const user = await createUser();
    let inside = -1;

    const doubled = user.withLock('work', () => ((inside = user.score.value), (user.score.value = inside * 2)), { saveAtEnd: true });
    await Promise.all([doubled, user.score.increase(5)]);

    expect(inside).toBe(5);
    expect(await backend.json(user.key, '$.score')).toBe(10);
    await expectInStep(user);
  });

  test.each(writes)('a handle of a lock does not put older values over those of a later %s', async (_, write) => {
    const user = await createUser();

    const [handle] = await Promise.all([user.lock('work'), write(user)]);

    expect(user.score.value).toBe(5);
    await expectInStep(user);
    await handle.release();
  });

  const changes: [string, (user: User) => Promise<unknown>, (user: User) => unknown][] = [
    ['the document', (user) => user.load(), (user) => user.score.add(1)],
    ['a number', (user) => user.score.load(), (user) => user.score.add(1)],
    ['a list', (user) => user.tags.load(), (user) => user.tags.append('x')],
    ['a dict', (user) => user.settings.load(), (user) => user.settings.set('a', '1')],
    ['a nested model', async (user) => user.address?.load(), (user) => user.address?.update({ city: 'Rome' })],
  ];

  test.each(changes)('load() of %s keeps what a pipeline commits meanwhile', async (_, load, change) => {
    const user = await createUser({ address: { city: 'Paris' } });
    const before = user.toJSON();

    await Promise.all([load(user), user.pipeline(() => void change(user))]);

    expect(user.toJSON()).not.toEqual(before);
    await expectInStep(user);
  });

  test.each(changes)('load() of %s keeps what saveChanges() writes meanwhile', async (_, load, change) => {
    const user = await createUser({ address: { city: 'Paris' } });
    const before = user.toJSON();

    await Promise.all([load(user), (change(user), user.saveChanges())]);

    expect(user.toJSON()).not.toEqual(before);
    await expectInStep(user);
  });

  test.each(changes)(
    'load() of %s is answered before a pipeline that is opened after it, which keeps its changes',
    async (_, load, change) => {
      const user = await createUser({ address: { city: 'Paris' } });
      const before = user.toJSON();

      const loaded = settled(load(user));
      await user.pipeline(async () => {
        change(user);
        await loaded;
      });

      expect(await loaded).toMatchObject({ status: 'fulfilled' });
      expect(user.toJSON()).not.toEqual(before);
      await expectInStep(user);
    },
  );

  test('load() is right when a pipeline of another document commits changes of the instance inside it', async () => {
    const [user, other] = [await createMember(), await createMember()];

    const nested = other.pipeline(async () => {
      other.score.add(1);
      await user.pipeline(() => user.score.add(10));
    });
    await Promise.all([user.load(), nested]);

    expect([user.score.value, other.score.value]).toEqual([10, 1]);
    await expectInStep(user);
    await expectInStep(other);
  });

  test.each(parts)(
    'load() of %s that is made anew ends when a pipeline of another document changes the instance meanwhile',
    async (_, load) => {
      const [user, other] = [await createUser({ address: { city: 'Paris' } }), await createUser()];

      const loaded = load(user);
      await user.score.increase(1);
      await other.pipeline(() => user.pipeline(() => user.score.add(10)));
      await loaded;

      expect(await user.score.increase(100)).toBe(111);
      await expectInStep(user);
    },
  );
});

describeOnEveryBackend('an answer for a part that was replaced meanwhile', (backend) => {
  useModels(backend, Shelf);

  const count = (book: Book | undefined): number | undefined => book?.count.value;
  const ofList = (shelf: Shelf): number | undefined => count(shelf.books[0]);
  const ofDict = (shelf: Shelf): number | undefined => count(shelf.byId.get('a'));

  const cases: [string, string, (shelf: Shelf) => unknown[], (shelf: Shelf) => unknown][] = [
    ['of an item, by load()', '$.books[0].count', (shelf) => [shelf.load(), shelf.books[0]?.count.increase(1)], ofList],
    ['of an item, by load() of the list', '$.books[0].count', (shelf) => [shelf.books.load(), shelf.books[0]?.count.increase(1)], ofList],
    ['of a member, by load()', '$.byId.a.count', (shelf) => [shelf.load(), shelf.byId.get('a')?.count.increase(1)], ofDict],
    [
      'of a member, by asetItem()',
      '$.byId.a.count',
      (shelf) => [shelf.byId.asetItem('a', Book.build({ id: 'a', count: 50 })), shelf.byId.get('a')?.count.increase(1)],
      ofDict,
    ],
    [
      'of a member, by aupdate() of the dict',
      '$.byId.a.count',
      (shelf) => [shelf.aupdate({ byId: { a: { id: 'a', count: 7 } } }), shelf.byId.get('a')?.count.increase(1)],
      ofDict,
    ],
    [
      'of an item, by aupdate() of the list',
      '$.books[0].count',
      (shelf) => [shelf.aupdate({ books: [{ id: 'a', count: 7 }] }), shelf.books[0]?.count.increase(1)],
      ofList,
    ],
  ];

  test.each(cases)('leaves the instance right, or stale: %s', async (_, path, start, local) => {
    const shelf = await Shelf.create({ books: [{ id: 'a' }], byId: { a: { id: 'a' } } });

    await Promise.allSettled(start(shelf) as Promise<unknown>[]);

    const isRight = local(shelf) === (await backend.json(shelf.key, path));
    expect(isRight || shelf.isStale).toBe(true);
    await shelf.load();
    expect(local(shelf)).toBe(await backend.json(shelf.key, path));
    expect(shelf.isStale).toBe(false);
  });
});
