import { LockLostError, type LockHandle } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

const ONCE = { waitMs: 0 };

describeOnEveryBackend('a lock handle inside a section of the same lock', (backend) => {
  useModels(backend, User);

  const isLocked = async (user: User): Promise<boolean> => (await backend.send('EXISTS', `{${user.key}}/work:lock`)) === 1;

  const takes: [string, (user: User) => Promise<LockHandle<User>>][] = [
    ['lock', (user) => user.lock('work', ONCE)],
    ['lock of another instance', async (user) => (await User.get(user.key)).lock('work', ONCE)],
    ['lockFromKey', (user) => User.lockFromKey(user.key, 'work', ONCE)],
  ];

  test.each(takes)('is given at once by %s, and its release leaves the lock to the section', async (_, take) => {
    const user = await createUser();
    let signal: AbortSignal | undefined;

    await user.withLock('work', async (__, lock) => {
      ({ signal } = lock);
      const first = await take(user);
      const second = await take(user);
      expect(first.fence).toBe(lock.fence);
      await first.document.score.increase(1);
      await first.release();
      await first.release();
      await second.release();
      expect(await isLocked(user)).toBe(true);
      await user.score.increase(1);
      expect(lock.signal.aborted).toBe(false);
    });

    expect([await isLocked(user), signal?.aborted]).toEqual([false, false]);
    expect(await backend.json(user.key, '$.score')).toBe(2);
  });

  test.each(takes)('by %s, has lost the lock when the section ends before it is released', async (_, take) => {
    const user = await createUser();
    let kept: LockHandle<User> | undefined;

    await user.withLock('work', async () => {
      kept = await take(user);
      expect(kept.signal.aborted).toBe(false);
    });

    const handle = kept as LockHandle<User>;
    const { document, signal } = handle;
    expect(await isLocked(user)).toBe(false);
    expect(signal.reason).toBeInstanceOf(LockLostError);
    await expect(document.score.increase(1)).rejects.toMatchObject({ code: 'LOCK_LOST', action: 'work', key: user.key });
    await expect(handle.release()).rejects.toMatchObject({ code: 'LOCK_LOST' });
    await expect(document.score.increase(1)).resolves.toBe(1);
  });

  test('has lost it, too, when the section frees the lock with its last commit, which is applied', async () => {
    const user = await createUser();
    let kept: LockHandle<User> | undefined;

    await user.withLock(
      'work',
      async () => {
        kept = await user.lock('work', ONCE);
        user.email = 'saved';
      },
      { saveAtEnd: true },
    );

    expect(await backend.json(user.key, '$.email')).toBe('saved');
    expect(await isLocked(user)).toBe(false);
    expect(kept?.signal.aborted).toBe(true);
    await expect(user.score.increase(1)).rejects.toMatchObject({ code: 'LOCK_LOST' });
    await expect(kept?.release()).rejects.toMatchObject({ code: 'LOCK_LOST' });
  });

  test('does not read the instance again that was read last, but any other, and then the first one again', async () => {
    const user = await createUser();
    const other = await User.get(user.key);
    const add = async (take: () => Promise<LockHandle<User>>): Promise<void> => {
      await using handle = await take();
      handle.document.score.value += 1;
      await handle.document.saveChanges();
    };

    await user.withLock('work', async () => {
      user.email = 'not saved yet';
      await add(() => user.lock('work', ONCE));
      await add(() => other.lock('work', ONCE));
      await add(() => User.lockFromKey(user.key, 'work', ONCE));
      await add(() => user.lock('work', ONCE));
      await add(() => other.lock('work', ONCE));
    });

    expect(await backend.json(user.key)).toMatchObject({ score: 5, email: 'not saved yet' });
  });

  test('asks the server for nothing but what has to be read', async () => {
    const user = await createUser();

    await user.withLock('work', async () => {
      expect(await backend.roundTrips(async () => (await user.lock('work')).release())).toEqual([]);
      expect(await backend.roundTrips(async () => (await User.lockFromKey(user.key, 'work')).release())).toEqual(['JSON.GET']);
      const other = await User.get(user.key);
      const enter = (): Promise<string[]> => backend.roundTrips(() => other.withLock('work', () => undefined));
      expect([await enter(), await enter()]).toEqual([['JSON.GET'], []]);
    });
    await using handle = await User.lockFromKey(user.key, 'work');
    expect(await backend.roundTrips(() => handle.document.withLock('work', () => undefined))).toEqual([]);
  });

  test('is not given when the document cannot be read', async () => {
    const user = await createUser();
    const other = await User.get(user.key);

    await user.withLock('work', async () => {
      await backend.overwrite(user.key, '$["score"]', 'no number');
      await expect(other.lock('work', ONCE)).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT' });
      await expect(User.lockFromKey(user.key, 'work', ONCE)).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT' });
      await backend.overwrite(user.key, '$["score"]', 5);
    });

    await expect(other.score.increase(1)).resolves.toBe(6);
  });

  test('leaves the lock to the handle through which the section was entered', async () => {
    const user = await createUser();
    const handle = await user.lock('work');

    await user.withLock('work', async () => {
      await (await User.lockFromKey(user.key, 'work', ONCE)).release();
      await (await user.lock('work', ONCE)).release();
    });

    expect(await isLocked(user)).toBe(true);
    await user.score.increase(1);
    await handle.release();
    expect(await isLocked(user)).toBe(false);
  });

  test('is waited for in a flow that does not hold the lock', async () => {
    const user = await createUser();
    await using _handle = await user.lock('work');

    await expect(User.lockFromKey(user.key, 'work', { waitMs: 30 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    await user.withLock('other', async () => {
      await expect(User.lockFromKey(user.key, 'work', { waitMs: 30 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    });
  });

  const reads: [string, (other: User) => Promise<LockHandle<User>>][] = [
    ['lock', (other) => other.lock('work', ONCE)],
    ['lockFromKey', (other) => User.lockFromKey(other.key, 'work', ONCE)],
  ];

  test.each(reads)('by %s, is a lock of its own when the section has ended while the document was read', async (_, take) => {
    const user = await createUser();
    const other = await User.get(user.key);
    let later: Promise<LockHandle<User>> | undefined;
    await user.withLock('work', () => {
      later = take(other);
    });

    const handle = (await later) as LockHandle<User>;

    expect(handle.signal.aborted).toBe(false);
    await handle.document.score.increase(1);
    expect(await isLocked(user)).toBe(true);
    await handle.release();
    expect(await isLocked(user)).toBe(false);
  });

  test('is a lock of its own when the section has ended before it is asked for', async () => {
    const user = await createUser();
    let end: () => void = () => undefined;
    let later: Promise<LockHandle<User>> | undefined;
    await user.withLock('work', () => {
      later = new Promise<void>((resolve) => (end = resolve)).then(() => user.lock('work', ONCE));
    });
    end();

    const handle = await later;

    expect(await isLocked(user)).toBe(true);
    await handle?.release();
    expect(await isLocked(user)).toBe(false);
  });
});
