import { AsyncResource } from 'node:async_hooks';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('saveAtEnd', (backend) => {
  useModels(backend, User);

  test('commits the changed fields, and only those, before the lock is free', async () => {
    const user = await createUser({ score: 1 });
    const traffic = await backend.trafficOf(() =>
      user.withLock(
        'work',
        async (held) => {
          held.email = 'x';
          held.score.add(2);
          await backend.overwrite(user.key, '$["tags"]', ['by another']);
        },
        { saveAtEnd: true },
      ),
    );

    expect(await backend.json(user.key)).toMatchObject({ email: 'x', score: 3, tags: ['by another'] });
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
    expect(traffic.filter(({ name }) => name.startsWith('EVAL'))).toHaveLength(2);
  });

  test('without it, changes stay local', async () => {
    const user = await createUser();

    await user.withLock('work', (held) => {
      held.email = 'x';
    });

    expect(await backend.json(user.key, '$.email')).toBe('');
    expect(user.email).toBe('x');
  });

  test('saves changes made through the variable from outside, because it is the same instance', async () => {
    const user = await createUser();

    await user.withLock(
      'work',
      () => {
        user.score.add(5);
        user.tags.append('x');
      },
      { saveAtEnd: true },
    );

    expect(await backend.json(user.key)).toMatchObject({ score: 5, tags: ['x'] });
  });

  test('saves nothing when the callback throws', async () => {
    const user = await createUser();

    await user
      .withLock(
        'work',
        (held) => {
          held.email = 'x';
          throw new Error('inside');
        },
        { saveAtEnd: true },
      )
      .catch(() => undefined);

    expect(await backend.json(user.key, '$.email')).toBe('');
    await expect(user.withLock('work', () => undefined, { waitMs: 0 })).resolves.toBeUndefined();
  });

  test('drops what was changed before the lock was taken, because the document is read anew', async () => {
    const user = await createUser();
    user.email = 'before';

    await user.withLock('work', (held) => held.score.add(1), { saveAtEnd: true });

    expect(await backend.json(user.key)).toMatchObject({ email: '', score: 1 });
  });

  test('does not bring back a document that was deleted inside', async () => {
    const user = await createUser();

    const work = user.withLock(
      'work',
      async (held) => {
        held.email = 'x';
        await backend.send('DEL', user.key);
      },
      { saveAtEnd: true },
    );

    await expect(work).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });
    expect(await backend.send('EXISTS', user.key, `{${user.key}}/work:lock`)).toBe(0);
  });

  test('is refused when the lock was lost, also when work is settled by somebody who does not hold it', async () => {
    const user = await createUser();
    const elsewhere = new AsyncResource('elsewhere');
    const loseLock = (): Promise<unknown> => backend.send('SET', `{${user.key}}/work:lock`, 'another holder');

    const work = user.withLock(
      'work',
      (held) => {
        held.email = 'x';
        const settle = (done: () => void): Promise<void> => loseLock().then(() => elsewhere.runInAsyncScope(done));
        return { then: settle } as unknown as Promise<void>;
      },
      { saveAtEnd: true },
    );

    await expect(work).rejects.toMatchObject({ code: 'LOCK_LOST', key: user.key });
    expect(await backend.json(user.key, '$.email')).toBe('');
  });

  test('a commit that is refused frees the lock and says why', async () => {
    const user = await createUser({ tags: ['a'] });

    const work = user.withLock(
      'work',
      async (held) => {
        held.tags[0] = 'x';
        await backend.overwrite(user.key, '$["tags"]', 7);
      },
      { saveAtEnd: true },
    );

    await expect(work).rejects.toMatchObject({ code: 'PATH_MISMATCH', path: '$["tags"]' });
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
  });

  test('works by key as well', async () => {
    const user = await createUser();

    await User.withLockFromKey(user.key, 'work', (held) => held.score.add(2), { saveAtEnd: true });

    expect(await backend.json(user.key, '$.score')).toBe(2);
  });

  test('a lock of another action inside keeps the changes that were not written yet', async () => {
    const user = await createUser({ email: '' });

    await user.withLock(
      'outer',
      async (held) => {
        held.email = 'x@y.z';
        held.tags.push('mine');
        await held.withLock('inner', () => undefined);
        held.score.add(1);
      },
      { saveAtEnd: true },
    );

    expect(await backend.json(user.key)).toMatchObject({ email: 'x@y.z', tags: ['mine'], score: 1 });
  });
});
