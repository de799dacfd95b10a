import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Model } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

const SAVE = { saveAtEnd: true } as const;

/** Keeps the process busy, so that nothing else runs in it. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end) continue;
}

/** The same documents over a connection of its own, which counts as another process for the lock. */
@Model({ prefix: 'User' })
class Outsider extends User {}

/** With a suitable pk, a lock of its document has the same Redis key as a lock of a user. */
@Model({ prefix: '{User' })
class Braced extends User {}

describeOnEveryBackend('a lock that tasks of one process hand to one another', (backend) => {
  useModels(backend, User, Braced);
  useModels(backend, Outsider);

  test('takes one request a task, and each of them sees what the one before has stored, under a greater fence', async () => {
    const user = await createUser();
    const seen: number[] = [];
    const fences: number[] = [];
    const run = (): Promise<void> =>
      User.withLockFromKey(
        user.key,
        'work',
        (fresh, { fence }) => {
          seen.push(fresh.score.value);
          fences.push(fence);
          fresh.score.add(1);
        },
        SAVE,
      );

    const sent = await backend.commandsSent(() => Promise.all(Array.from({ length: 10 }, run)));

    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
    expect(await backend.json(user.key, '$.score')).toBe(10);
    // One to take the lock and one for each task; how many more depends on how long the tasks take.
    expect(sent.filter((name) => name.startsWith('EVAL')).length).toBeLessThan(20);
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
  });

  test('is not handed to work on another document', async () => {
    const user = await createUser({ email: 'of the user' });
    const braced = await Braced.create({ username: `${user.pk}}`, email: 'of the other' });
    expect(braced.key).toBe(`{${user.key}}`);

    const emails = await Promise.all([
      user.withLock('work', ({ email }) => email),
      Braced.withLockFromKey(braced.key, 'work', ({ email }) => email),
    ]);

    expect(emails).toEqual(['of the user', 'of the other']);
  });

  test('passes also from work that saves nothing, and from work that fails', async () => {
    const user = await createUser();
    const order: string[] = [];

    const outcomes = await Promise.allSettled([
      user.withLock('work', () => void order.push('reads')),
      User.withLockFromKey(user.key, 'work', () => {
        order.push('fails');
        throw new Error('no');
      }),
      User.withLockFromKey(user.key, 'work', () => void order.push('last')),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(order).toEqual(['reads', 'fails', 'last']);
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
  });

  test('is free when the successor has given up meanwhile', async () => {
    const user = await createUser();
    const abort = new AbortController();
    const first = user.withLock(
      'work',
      (held) => {
        held.email = 'x';
        // By then the commit that hands the lock over has been sent, but not answered.
        void nextTurn().then(() => abort.abort());
      },
      SAVE,
    );
    const successor = User.withLockFromKey(user.key, 'work', () => 'successor', { ttlMs: 60_000, signal: abort.signal });

    await first;
    await expect(successor).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });

    await expect(Outsider.withLockFromKey(user.key, 'work', () => 'free', { waitMs: 2000 })).resolves.toBe('free');
  });

  test('is free when the document is gone, and the next one is told so', async () => {
    const user = await createUser();
    const deleting = User.withLockFromKey(user.key, 'work', async (fresh) => fresh.delete());
    const successor = User.withLockFromKey(user.key, 'work', () => 'never');

    await deleting;
    await expect(successor).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
  });

  test('is refused to the successor, and free, where the fence key holds something else', async () => {
    const user = await createUser();
    const [fenceKey, waitingKey] = [`{${user.key}}/fence`, `{${user.key}}/work:lock:waiting`];
    const setKeys = (): Promise<unknown> =>
      user.pipeline((_same, commands) => void commands.set(fenceKey, 'no number').set(waitingKey, ''));
    // The section must be short, because a lock is handed over only for a few milliseconds, so the slow first run is here.
    await setKeys();
    await backend.send('DEL', fenceKey, waitingKey);
    const first = user.withLock(
      'work',
      (held) => {
        void setKeys();
        held.email = 'x';
      },
      SAVE,
    );
    const successor = User.withLockFromKey(user.key, 'work', () => 'never');

    await first;
    await expect(successor).rejects.toMatchObject({ code: 'REDIS_SERVICE', command: 'withLockFromKey' });

    expect(await backend.json(user.key, '$.email')).toBe('x');
    // Waiters in other processes were told, too.
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`, waitingKey)).toBe(0);
    await backend.send('DEL', fenceKey);
  });

  test('is lost by no one when the commit of the holder is refused', async () => {
    const user = await createUser();
    const refused = user.withLock(
      'work',
      async (held) => {
        held.tags.append('x');
        await backend.overwrite(user.key, '$["tags"]', 7);
      },
      SAVE,
    );
    const next = User.withLockFromKey(user.key, 'work', () => 'next');

    await expect(refused).rejects.toMatchObject({ code: 'PATH_MISMATCH' });
    await expect(next).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT' });
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
  });

  test('goes to others in between, however busy the process is', async () => {
    const user = await createUser();
    let isBusy = true;
    const busy = Array.from({ length: 4 }, async () => {
      while (isBusy) await User.withLockFromKey(user.key, 'work', (fresh) => void fresh.score.add(1), SAVE);
    });
    await sleep(20);

    try {
      for (let round = 0; round < 10; round += 1) {
        await Outsider.withLockFromKey(user.key, 'work', (fresh) => void fresh.tags.append('in'), { ...SAVE, waitMs: 3000 });
      }
    } finally {
      isBusy = false;
      await Promise.all(busy);
    }

    const { score, tags } = await User.get(user.key);
    expect(tags).toHaveLength(10);
    expect(score.value).toBeGreaterThan(0);
  });

  test('is asked for anew by a successor that comes to it when its lease has ended', async () => {
    const user = await createUser();
    const first = user.withLock(
      'work',
      (held) => {
        held.email = 'x';
        void nextTurn().then(() => block(250));
      },
      SAVE,
    );
    const successor = User.withLockFromKey(user.key, 'work', (fresh) => void fresh.score.add(1), { ...SAVE, ttlMs: 100 });

    await first;
    await successor;

    expect(await backend.json(user.key, '$.score')).toBe(1);
  });

  test('is published as free when others wait for it, and only then', async () => {
    const user = await createUser();
    const waitingKey = `{${user.key}}/work:lock:waiting`;
    const messagesOf = async (work: () => Promise<unknown>): Promise<number> =>
      (await backend.commandsRun(work)).filter(({ name }) => name === 'PUBLISH').length;

    const alone = await user.lock('work');
    expect(await messagesOf(() => alone.release())).toBe(0);
    const handle = await user.lock('work');
    const outsider = Outsider.withLockFromKey(user.key, 'work', () => 'in');
    for (let round = 0; round < 200 && (await backend.send('EXISTS', waitingKey)) === 0; round += 1) await sleep(5);
    expect(await messagesOf(() => handle.release())).toBe(1);

    await expect(outsider).resolves.toBe('in');
    expect(await backend.send('EXISTS', waitingKey)).toBe(0);
  });

  test('is a different one for each document, also where keys and actions have slashes', async () => {
    const one = await User.create({ username: '{same}1', email: 'one' });
    const other = await User.create({ username: '{same}1/x', email: 'other' });

    let end = (): void => undefined;
    const mayEnd = new Promise<void>((resolve) => (end = resolve));
    const first = User.withLockFromKey(one.key, 'x/y', (held) => mayEnd.then(() => held.email));

    const next = await User.withLockFromKey(other.key, 'y', ({ email }) => email, { waitMs: 0 }).finally(end);

    expect([await first, next]).toEqual(['one', 'other']);
    await one.delete();
    await other.delete();
  });

  test('comes with the document as it is when a verb of the same instance was answered meanwhile', async () => {
    for (let round = 0; round < 10; round += 1) {
      const user = await createUser();
      let go = (): void => undefined;
      const trigger = new Promise<void>((resolve) => (go = resolve));
      const writing = (async (): Promise<void> => {
        await trigger;
        await nextTurn();
        const appended = user.tags.aappend('x');
        await nextTurn();
        block(10);
        await appended;
      })();
      const first = user.withLock(
        'work',
        (held) => {
          held.email = 'x';
          go();
        },
        SAVE,
      );
      const successor = user.withLock('work', () => undefined);

      await Promise.all([writing, first, successor]);

      expect([...user.tags]).toEqual(['x']);
    }
  });

  test('is free for tasks of the same process when the holder hangs and has lost it', async () => {
    const user = await createUser();
    let end = (): void => undefined;
    const hung = user.withLock('work', () => new Promise<void>((resolve) => (end = resolve)), { ttlMs: 100, maxHoldMs: 150 });
    const same = User.withLockFromKey(user.key, 'work', () => 'same', { waitMs: 5000 });
    const other = Outsider.withLockFromKey(user.key, 'work', () => 'other', { waitMs: 5000 });

    expect(await Promise.all([same, other])).toEqual(['same', 'other']);
    end();
    await expect(hung).rejects.toMatchObject({ code: 'LOCK_LOST' });
  });
});
