import { pipeline } from 'redatom';
import { colocatedKey } from '../../../src/path/redis-key';
import { describeOnEveryBackend, type Backend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createMember, createUser, Member, User } from '../../support/user';

const lost = { code: 'LOCK_LOST', action: 'work' };

async function loseLock(backend: Backend, { key }: Pick<User, 'key'>): Promise<void> {
  await backend.send('DEL', colocatedKey(key, '/work:lock'));
}

describeOnEveryBackend('writes under a lock that was lost', (backend) => {
  useModels(backend, User, Member);

  const writes: [string, (user: User) => Promise<unknown>][] = [
    ['save', (user) => user.save()],
    ['saveChanges', (user) => ((user.email = 'x'), user.saveChanges())],
    ['aupdate', (user) => user.aupdate({ email: 'x' })],
    ['delete', (user) => user.delete()],
    ['expire', (user) => user.expire(60)],
    ['deleteByKey', (user) => User.deleteByKey(user.key)],
    ['deleteMany', (user) => User.deleteMany([user.key])],
    ['deleteMany with others', async (user) => User.deleteMany([(await createUser()).key, user.key])],
    ['an at-once verb', (user) => user.score.increase()],
    ['a pipeline', (user) => user.pipeline(() => user.score.add(1))],
    ['a pipeline of several', async (user) => pipeline([user, await createUser()], () => user.score.add(1))],
    ['save of a value', (user) => user.tags.save()],
    ['save of a nested model', (user) => user.address?.save() ?? Promise.resolve()],
  ];

  test.each(writes)('%s is refused, and nothing is written', async (_, write) => {
    const user = await createUser({ address: { city: 'Paris' } });
    const before = await backend.jsonText(user.key);

    await user
      .withLock('work', async () => {
        await loseLock(backend, user);
        await expect(write(user)).rejects.toMatchObject({ ...lost, key: user.key });
      })
      .catch((error: unknown) => expect(error).toMatchObject(lost));

    expect(await backend.jsonText(user.key)).toBe(before);
    expect(await backend.send('PTTL', user.key)).toBe(-1);
  });

  // Members, which lie in one slot of a cluster, because the documents of each slot are written in a step of their own.
  const creations: [string, (member: Member, other: string) => Promise<unknown>][] = [
    ['create', ({ username }) => Member.create({ username })],
    ['getOrCreate', ({ username }) => Member.getOrCreate({ username })],
    ['insertMany', ({ username }, other) => Member.insertMany([{ username: other }, { username }])],
  ];

  test.each(creations)('%s of a document that was deleted under the lock is refused when it is lost', async (_, create) => {
    const member = await createMember();
    const other = `${member.pk}-other`;

    await member
      .withLock('work', async () => {
        await member.delete();
        await loseLock(backend, member);
        await expect(create(member, other)).rejects.toMatchObject({ ...lost, key: member.key });
      })
      .catch((error: unknown) => expect(error).toMatchObject(lost));

    expect(await backend.send('EXISTS', member.key)).toBe(0);
    expect(await backend.json(Member.keyOf(other))).toBeUndefined();
  });

  test('statics do their work under a lock that is held', async () => {
    const [user, other] = [await createUser({ score: 1 }), await createUser()];
    const { username } = user;

    await user.withLock('work', async () => {
      await expect(User.getOrCreate({ username })).resolves.toMatchObject({ created: false, document: { score: { value: 1 } } });
      await expect(User.deleteMany([user.key, other.key, user.key, 'nobody'])).resolves.toBe(2);
      await expect(User.getOrCreate({ username, score: 2 })).resolves.toMatchObject({ created: true, document: { score: { value: 2 } } });
      await expect(User.insertMany([{ username }])).rejects.toMatchObject({ code: 'KEY_EXISTS', key: user.key, command: 'insertMany' });
      await user.delete();
      await expect(User.insertMany([{ username, score: 3 }])).resolves.toMatchObject([{ score: { value: 3 } }]);
    });

    expect(await backend.json(user.key, '$.score')).toBe(3);
    expect(await backend.send('EXISTS', other.key)).toBe(0);
  });

  test('the lock of another holder is neither used nor freed', async () => {
    const user = await createUser();
    const lockKey = `{${user.key}}/work:lock`;

    const work = user.withLock(
      'work',
      async () => {
        await backend.send('SET', lockKey, 'another');
        user.email = 'x';
      },
      { saveAtEnd: true },
    );

    await expect(work).rejects.toMatchObject({ ...lost, key: user.key });
    expect(await backend.send('GET', lockKey)).toBe('another');
    expect(await backend.json(user.key, '$.email')).toBe('');
  });

  test.each(['outer', 'inner'])('inside of two sections are refused where the %s one is lost', async (action) => {
    const user = await createUser();
    let written: Promise<unknown> | undefined;

    const sections = user.withLock('outer', () =>
      user.withLock('inner', async () => {
        await backend.send('DEL', colocatedKey(user.key, `/${action}:lock`));
        written = user.score.increase();
        await written.catch(() => undefined);
      }),
    );

    await expect(sections).rejects.toMatchObject({ code: 'LOCK_LOST', action });
    await expect(written).rejects.toMatchObject({ code: 'LOCK_LOST', action, key: user.key });
    expect(await backend.json(user.key, '$.score')).toBe(0);
  });

  test('a section that writes nothing is told at its end', async () => {
    const user = await createUser();

    await expect(user.withLock('work', () => loseLock(backend, user))).rejects.toMatchObject(lost);
  });

  test('the error of the callback counts, not that the lock was lost', async () => {
    const user = await createUser();

    const work = user.withLock('work', async () => {
      await loseLock(backend, user);
      throw new Error('inside');
    });

    await expect(work).rejects.toThrow('inside');
  });

  test('other documents and other instances are not fenced', async () => {
    const [user, other] = [await createUser(), await createUser()];

    await user
      .withLock('work', async () => {
        await loseLock(backend, user);
        expect(await other.score.increase()).toBe(1);
      })
      .catch(() => undefined);

    expect(await backend.json(other.key, '$.score')).toBe(1);
  });

  test('every instance of the document is fenced inside the section', async () => {
    const user = await createUser();

    await user
      .withLock('work', async () => {
        const another = await User.get(user.key);
        await loseLock(backend, user);
        await expect(another.score.increase()).rejects.toMatchObject(lost);
      })
      .catch(() => undefined);

    expect(await backend.json(user.key, '$.score')).toBe(0);
  });

  test('work that goes on after the section is refused', async () => {
    const user = await createUser();
    let late: Promise<unknown> = Promise.resolve();
    let go: () => void = () => undefined;

    await user.withLock('work', () => {
      late = new Promise<void>((resolve) => (go = resolve)).then(() => user.score.increase());
    });
    go();

    await expect(late).rejects.toMatchObject(lost);
    expect(await backend.json(user.key, '$.score')).toBe(0);
  });

  test('a pipeline that outlives its lock is refused', async () => {
    const user = await createUser();

    const work = user.withLock('work', async () => {
      await user.pipeline(async () => {
        user.score.add(1);
        await loseLock(backend, user);
      });
    });

    await expect(work).rejects.toMatchObject(lost);
    expect(user.score.value).toBe(0);
  });
});

describeOnEveryBackend('writes under a lock that is held', (backend) => {
  useModels(backend, User);

  test.each([
    ['verbs', (user: User) => user.score.increase(3)],
    ['pipelines', (user: User) => user.pipeline(() => user.score.add(3))],
    ['save', (user: User) => (user.score.add(3), user.save())],
    ['saveChanges', (user: User) => (user.score.add(3), user.saveChanges())],
  ])('%s go through', async (_, write) => {
    const user = await createUser();

    await user.withLock('work', async () => {
      await write(user);
      expect(await backend.json(user.key, '$.score')).toBe(3);
    });
  });

  test('the document may be deleted', async () => {
    const user = await createUser();

    await user.withLock('work', async () => {
      expect(await user.delete()).toBe(true);
    });

    expect(await user.exists()).toBe(false);
  });

  test('a fence key that holds something else leaves no lock behind', async () => {
    const user = await createUser();
    await backend.send('SET', `{${user.key}}/fence`, 'no number');

    await expect(user.withLock('work', () => 1)).rejects.toMatchObject({ code: 'REDIS_SERVICE' });

    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
    await backend.send('DEL', `{${user.key}}/fence`);
    await expect(user.withLock('work', () => 1)).resolves.toBe(1);
  });

  test('the fence grows with every grant, over all actions, also after the fence key is gone', async () => {
    const user = await createUser();
    const fences: number[] = [];

    for (const action of ['a', 'b', 'a', 'a']) {
      await user.withLock(action, (_held, { fence }) => void fences.push(fence));
      if (fences.length === 3) await backend.send('DEL', `{${user.key}}/fence`);
    }

    expect([...fences].sort((a, b) => a - b)).toEqual(fences);
    expect(new Set(fences).size).toBe(4);
  });
});
