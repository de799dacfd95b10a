import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('what is called after load()', (backend) => {
  useModels(backend, User);

  /** Loads, some of them with a verb called after them, so that the load reads once more. */
  const loads: [string, (user: User) => Promise<unknown>[]][] = [
    ['load()', (user) => [user.load()]],
    ['load() and a verb', (user) => [user.load(), user.score.increase()]],
    ['load() of a list', (user) => [user.tags.load()]],
    ['load() of a list and a verb', (user) => [user.tags.load(), user.score.increase()]],
    ['load() of a field and a verb', (user) => [user.field('email').load(), user.score.increase()]],
    ['two loads and a verb', (user) => [user.load(), user.tags.load(), user.score.increase()]],
  ];

  const change = (user: User): void => {
    user.tags.append('mine');
    user.email = 'mine@example.com';
  };
  const changeLater = async (user: User): Promise<void> => {
    await sleep(5);
    change(user);
  };

  const works: [string, (user: User) => Promise<unknown>][] = [
    ['withLock', (user) => user.withLock('work', changeLater, { saveAtEnd: true })],
    ['withLock that changes at once', (user) => user.withLock('work', change, { saveAtEnd: true })],
    ['saveChanges at once in withLock', (user) => user.withLock('work', () => (change(user), user.saveChanges()))],
    ['saveChanges in withLock', (user) => user.withLock('work', async () => (await changeLater(user), user.saveChanges()))],
    [
      'a lock by hand',
      async (user) => {
        await using _lock = await user.lock('work');
        await changeLater(user);
        await user.saveChanges();
      },
    ],
    ['a pipeline', (user) => user.pipeline(() => changeLater(user))],
    ['a pipeline in withLock', (user) => user.withLock('work', () => user.pipeline(() => changeLater(user)))],
  ];

  const combinations = works.flatMap(([name, work]) => loads.map(([before, start]) => ({ name, work, before, start })));

  test.each(combinations)('$name keeps its changes after $before', async ({ work, start }) => {
    const user = await createUser({ tags: ['a'] });
    const other = await User.get(user.pk);
    await other.tags.aappend('theirs');

    const before = start(user);
    await work(user);
    await Promise.all(before);

    expect(await backend.json(user.key)).toMatchObject({ tags: ['a', 'theirs', 'mine'], email: 'mine@example.com' });
    await user.load();
    expect(user.tags).toEqual(['a', 'theirs', 'mine']);
  });

  test.each(loads)('save() writes what %s has read', async (_, start) => {
    const user = await createUser({ tags: ['a'], email: 'a@example.com' });
    const other = await User.get(user.pk);
    await other.aupdate({ tags: ['theirs'], email: 'theirs@example.com' });

    await Promise.all([...start(user), user.load(), user.save()]);

    expect(await backend.json(user.key)).toMatchObject({ tags: ['theirs'], email: 'theirs@example.com' });
    expect(user.toJSON()).toEqual(await backend.json(user.key));
  });

  test('duplicate() copies what load() has read', async () => {
    const user = await createUser({ email: 'a@example.com' });
    const other = await User.get(user.pk);
    await other.aupdate({ email: 'theirs@example.com' });

    const [, copy] = await Promise.all([user.load(), user.duplicate(`${user.pk}-copy`)]);

    expect(copy.email).toBe('theirs@example.com');
  });

  test('a load that fails holds nothing up', async () => {
    const user = await createUser({ score: 1 });
    await backend.overwrite(user.key, '$.email', 5);

    const [load, pipeline] = await Promise.allSettled([user.load(), user.pipeline(() => user.score.add(2))]);

    expect([load, pipeline]).toMatchObject([{ status: 'rejected', reason: { code: 'CORRUPT_DOCUMENT' } }, { status: 'fulfilled' }]);
    expect(await backend.json(user.key)).toMatchObject({ score: 3 });
  });
});
