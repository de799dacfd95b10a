import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('lock handle', (backend) => {
  useModels(backend, User);

  async function withHandle(user: User): Promise<void> {
    await using handle = await user.lock('work');
    expect(handle.document).toBe(user);
    expect(handle.fence).toBeGreaterThan(0);
    expect(handle.signal.aborted).toBe(false);
    await user.score.increase(2);
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(1);
  }

  test('frees the lock at the end of its block', async () => {
    const user = await createUser();

    await withHandle(user);

    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
    expect(await backend.json(user.key, '$.score')).toBe(2);
  });

  test('reads the document into the instance', async () => {
    const user = await createUser();
    await backend.overwrite(user.key, '$["score"]', 9);

    const handle = await user.lock('work');

    expect(user.score.value).toBe(9);
    await handle.release();
  });

  test('by key, it holds a document of its own', async () => {
    const user = await createUser({ score: 4 });

    const handle = await User.lockFromKey(user.pk, 'work');

    expect(handle.document).not.toBe(user);
    expect(handle.document.score.value).toBe(4);
    await handle.document.score.increase();
    await handle.release();
    expect(await backend.json(user.key, '$.score')).toBe(5);
  });

  test('fences the writes of its instance', async () => {
    const user = await createUser();
    const handle = await user.lock('work');
    await backend.send('SET', `{${user.key}}/work:lock`, 'another');

    await expect(user.score.increase()).rejects.toMatchObject({ code: 'LOCK_LOST', action: 'work', key: user.key });
    await expect(user.pipeline(() => user.score.add(1))).rejects.toMatchObject({ code: 'LOCK_LOST' });
    await expect(handle.release()).rejects.toMatchObject({ code: 'LOCK_LOST' });

    expect(await backend.json(user.key, '$.score')).toBe(0);
    expect(await backend.send('GET', `{${user.key}}/work:lock`)).toBe('another');
  });

  test('fences them inside a section of another lock, too', async () => {
    const user = await createUser();
    const handle = await user.lock('work');

    await user.withLock('other', async () => {
      await user.score.increase();
      await backend.send('SET', `{${user.key}}/work:lock`, 'another');
      await expect(user.score.increase()).rejects.toMatchObject({ code: 'LOCK_LOST', action: 'work', key: user.key });
    });

    await expect(handle.release()).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(await backend.json(user.key, '$.score')).toBe(1);
  });

  test('is released behind a save that waits, which it guards', async () => {
    const user = await createUser({ score: 1 });
    const handle = await user.lock('work');

    const sent = await backend.commandsSent(async () => {
      const saved = Promise.all([user.score.increase(5), user.save(), handle.release()]);
      await saved;
    });

    expect(sent).toEqual(['EVALSHA', 'EVALSHA', 'EVALSHA']);
    expect(await backend.json(user.key, '$.score')).toBe(6);
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
  });

  test('refuses the commit of a pipeline that outlives it', async () => {
    const user = await createUser({ score: 1 });
    const handle = await user.lock('work');

    const outlived = user.pipeline(async () => {
      user.score.add(5);
      await handle.release();
    });

    await expect(outlived).rejects.toMatchObject({ code: 'LOCK_LOST', action: 'work' });
    expect([user.score.value, await backend.json(user.key, '$.score')]).toEqual([1, 1]);
  });

  test('releasing twice does nothing, and frees no later holder', async () => {
    const user = await createUser();
    const first = await user.lock('work');
    await first.release();
    const second = await (await User.get(user.key)).lock('work');

    await first.release();

    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(1);
    await second.release();
    await user.score.increase();
    expect(await backend.json(user.key, '$.score')).toBe(1);
  });

  test('keeps others out until it is released, then lets them in', async () => {
    const user = await createUser();
    const handle = await user.lock();
    const waiting = (await User.get(user.key)).withLock('default', () => 'in');

    await expect((await User.get(user.key)).lock('default', { waitMs: 30 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    await handle.release();

    await expect(waiting).resolves.toBe('in');
  });

  const again: [string, (user: User) => Promise<unknown>][] = [
    ['withLock', (user) => user.withLock('work', () => user.score.increase(1), { waitMs: 0 })],
    [
      'withLock of another instance inside that',
      (user) =>
        user.withLock('work', async () => {
          const other = await User.get(user.key);
          await other.withLock('work', () => other.score.increase(1), { waitMs: 0 });
        }),
    ],
    [
      'lock',
      async (user) => {
        await using _handle = await user.lock('work', { waitMs: 0 });
        await user.score.increase(1);
      },
    ],
  ];

  test.each(again)('lets its instance in again by %s, and is held until it is released', async (_, enter) => {
    const user = await createUser();
    const handle = await user.lock('work');
    user.email = 'changed under the lock';

    await enter(user);
    await enter(user);

    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(1);
    await user.saveChanges();
    await handle.release();
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
    expect(await backend.json(user.key)).toMatchObject({ score: 2, email: 'changed under the lock' });
  });

  test('frees the lock when the last handle of it is released', async () => {
    const user = await createUser();
    const first = await user.lock('work');
    const second = await user.lock('work');

    await first.release();
    await first.release();
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(1);
    await second.release();

    expect(second.fence).toBe(first.fence);
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
  });

  test('is waited for by its instance, too, when the lock was lost to another holder', async () => {
    const user = await createUser();
    const handle = await user.lock('work', { ttlMs: 100, maxHoldMs: 100 });
    const second = await user.lock('work');
    await sleep(150);
    const other = await (await User.get(user.key)).lock('work');

    await expect(user.withLock('work', () => undefined, { waitMs: 30 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    await expect(second.release()).rejects.toMatchObject({ code: 'LOCK_LOST' });
    await expect(handle.release()).rejects.toMatchObject({ code: 'LOCK_LOST' });
    await other.release();
  });
});
