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
});
