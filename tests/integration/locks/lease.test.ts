import { setTimeout as sleep } from 'node:timers/promises';
import { connect, Model } from 'redatom';
import { describeOnEveryBackend, describeOnEveryServer } from '../../support/backends';
import { TcpProxy } from '../../support/tcp-proxy';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

/** The same documents over a connection of its own, on which the tests keep answers back. */
@Model({ prefix: 'User' })
class Distant extends User {}

describeOnEveryBackend('lease of a lock', (backend) => {
  useModels(backend, User);

  test('is renewed while the work goes on', async () => {
    const user = await createUser();

    await user.withLock(
      'work',
      async (_held, { signal }) => {
        await sleep(2_000);
        expect(signal.aborted).toBe(false);
        expect(await backend.send<number>('PTTL', `{${user.key}}/work:lock`)).toBeGreaterThan(0);
        await user.score.increase();
      },
      { ttlMs: 900 },
    );

    expect(await backend.json(user.key, '$.score')).toBe(1);
  });

  test('is not renewed beyond maxHoldMs, and a late write is refused', async () => {
    const user = await createUser();
    let aborted = false;

    const work = user.withLock(
      'work',
      async (_held, { signal }) => {
        signal.addEventListener('abort', () => (aborted = true));
        await sleep(2_000);
        await user.score.increase();
      },
      { ttlMs: 150, maxHoldMs: 300 },
    );

    await expect(work).rejects.toMatchObject({ code: 'LOCK_LOST', action: 'work', key: user.key });
    expect(aborted).toBe(true);
    expect(await backend.json(user.key, '$.score')).toBe(0);
  });

  test('maxHoldMs below ttlMs shortens the lease', async () => {
    const user = await createUser();

    await user.withLock(
      'work',
      async () => expect(await backend.send<number>('PTTL', `{${user.key}}/work:lock`)).toBeLessThanOrEqual(2000),
      { maxHoldMs: 2000 },
    );
  });

  test('its signal aborts with the reason as soon as the loss is known', async () => {
    const user = await createUser();

    const work = user.withLock(
      'work',
      async (_held, { signal }) => {
        await backend.send('DEL', `{${user.key}}/work:lock`);
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        expect(signal.reason).toMatchObject({ code: 'LOCK_LOST', action: 'work', key: user.key });
      },
      { ttlMs: 300 },
    );

    await expect(work).rejects.toMatchObject({ code: 'LOCK_LOST' });
  });

  test('its loss is known when it would have been renewed, long before the lease ends', async () => {
    const user = await createUser();
    const began = performance.now();
    const handle = await user.lock('work', { ttlMs: 3_000 });
    const { signal } = handle;
    await backend.send('DEL', `{${user.key}}/work:lock`);

    while (!handle.signal.aborted) await sleep(10);

    expect(performance.now() - began).toBeLessThan(3_000);
    expect(signal.aborted).toBe(true);
    await expect(handle.release()).rejects.toMatchObject({ code: 'LOCK_LOST' });
  });

  test('one that was released is not lost when the lease would have ended', async () => {
    const user = await createUser();
    const handle = await user.lock('work', { ttlMs: 100 });
    await handle.release();
    await sleep(150);

    expect(handle.signal.aborted).toBe(false);
  });

  test('a process that was busy for longer than the lease knows of the loss before anything else happens', async () => {
    const user = await createUser();
    const handle = await user.lock('work', { ttlMs: 100 });
    const end = performance.now() + 150;
    while (performance.now() < end) continue;

    expect(JSON.stringify(handle)).toContain('"isHeld":false');
    expect(handle.signal.reason).toMatchObject({ code: 'LOCK_LOST', action: 'work', key: user.key });
    await expect(handle.release()).rejects.toMatchObject({ code: 'LOCK_LOST' });
  });

  test('is not renewed for another holder, and the loss is known', async () => {
    const user = await createUser();
    const lockKey = `{${user.key}}/work:lock`;
    const handle = await user.lock('work', { ttlMs: 300 });

    await backend.send('SET', lockKey, 'another', 'PX', '60000');
    await new Promise((resolve) => handle.signal.addEventListener('abort', resolve, { once: true }));

    expect(await backend.send<number>('PTTL', lockKey)).toBeGreaterThan(30_000);
    await expect(handle.release()).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(await backend.send('GET', lockKey)).toBe('another');
  });

  test('a commit under a lock that is known to be lost sends nothing', async () => {
    const user = await createUser();
    let sent: string[] | undefined;

    const section = user.withLock(
      'work',
      async (_held, { signal }) => {
        await backend.send('DEL', `{${user.key}}/work:lock`);
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        sent = await backend.commandsSent(() => expect(user.score.increase()).rejects.toMatchObject({ code: 'LOCK_LOST' }));
      },
      { ttlMs: 150 },
    );

    await expect(section).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(sent).toEqual([]);
  });

  test('nothing is left behind by a handle that was forgotten', async () => {
    const user = await createUser();

    await user.lock('work', { ttlMs: 100, maxHoldMs: 100 });
    await sleep(250);

    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
  });
});

describeOnEveryServer('lease of a lock of which the server says nothing any more', 'a proxy stands in front of it', (backend) => {
  useModels(backend, User);

  test('is lost when it ends, however often it was to be renewed', async () => {
    const { key } = await createUser();
    await using proxy = await TcpProxy.start(backend.url);
    await using _database = await connect(proxy.url, { models: [Distant] });
    const handle = await Distant.lockFromKey(key, 'work', { ttlMs: 1_500 });
    proxy.holdAnswers();

    while (!handle.signal.aborted) await sleep(10);

    proxy.letAnswersGo();
    await expect(handle.release()).rejects.toMatchObject({ code: 'LOCK_LOST' });
  });
});
