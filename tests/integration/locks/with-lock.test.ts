import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('withLock', (backend) => {
  useModels(backend, User);

  test.each([[undefined], [''], [null], [5], [{}], ['\ud800'], [() => undefined]])('refuses %p as a name', async (name) => {
    const user = await createUser();
    const work = jest.fn();

    await expect(user.withLock(name as string, work)).rejects.toThrow(
      /^the lock of a document has a name, such as withLock\('checkout', …\), found /,
    );
    await expect(user.lock((name as string | undefined) ?? '')).rejects.toThrow(TypeError);
    await expect(User.withLockFromKey(user.key, name as string, work)).rejects.toThrow(TypeError);
    expect(work).not.toHaveBeenCalled();
  });

  test('hands the same instance over, read anew', async () => {
    const user = await createUser({ score: 1, tags: ['a'] });
    const { tags } = user;
    await backend.overwrite(user.key, '$["score"]', 7);
    await backend.overwrite(user.key, '$["tags"]', ['b']);

    await user.withLock('work', (same) => {
      expect(same).toBe(user);
      expect(same.score.value).toBe(7);
      expect([...tags]).toEqual(['b']);
    });
  });

  test('takes two requests, also when verbs of the instance were answered before', async () => {
    const user = await createUser();
    await user.score.increase();

    expect(await backend.roundTrips(() => user.withLock('work', () => undefined))).toEqual(['EVALSHA', 'EVALSHA']);
  });

  test('resolves to what the callback answers', async () => {
    const user = await createUser();

    await expect(user.withLock('work', () => 42)).resolves.toBe(42);
    await expect(User.withLockFromKey(user.pk, 'work', async (read) => read.username)).resolves.toBe(user.pk);
  });

  test('holds a key beside the document, with a token and a lease, and frees it afterwards', async () => {
    const user = await createUser();
    const lockKey = `{${user.key}}/work:lock`;

    await user.withLock('work', async () => {
      expect(await backend.send<string>('GET', lockKey)).toMatch(/^[0-9a-f-]{36}$/);
      const left = await backend.send<number>('PTTL', lockKey);
      expect(left).toBeGreaterThan(25_000);
      expect(left).toBeLessThanOrEqual(30_000);
    });

    expect(await backend.send('EXISTS', lockKey)).toBe(0);
  });

  test('excludes others of the same action, by instance and by key', async () => {
    const user = await createUser({ score: 0 });
    let inside = 0;
    let most = 0;
    const section = async (held: User): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      const { value } = held.score;
      await sleep(2);
      held.score.value = value + 1;
      await held.saveChanges();
      inside -= 1;
    };

    await Promise.all(
      Array.from({ length: 10 }, async (_, at) =>
        at % 2 === 0 ? (await User.get(user.key)).withLock('work', section) : User.withLockFromKey(user.pk, 'work', section),
      ),
    );

    expect(most).toBe(1);
    expect(await backend.json(user.key, '$.score')).toBe(10);
  });

  test('a pk and its key name the same lock', async () => {
    const user = await createUser();

    await User.withLockFromKey(user.pk, 'work', async () => {
      const other = User.withLockFromKey(user.key, 'work', () => undefined, { waitMs: 0 });
      // The flow that holds the lock may enter again; another may not.
      await expect(other).resolves.toBeUndefined();
    });
    const handle = await User.lockFromKey(user.pk, 'work');
    await expect(User.lockFromKey(user.key, 'work', { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    await handle.release();
  });

  test('different actions, and different documents, do not exclude each other', async () => {
    const [user, other] = [await createUser(), await createUser()];
    const handles = [await user.lock('one'), await (await User.get(user.key)).lock('two'), await other.lock('one')];

    // Action names are part of keys, where some characters are escaped.
    for (const action of ['a/b', 'a%2Fb', 'a%252Fb']) handles.push(await (await User.get(user.key)).lock(action, { waitMs: 0 }));

    expect(handles.map(({ fence }) => fence)).toHaveLength(6);
    for (const handle of handles) await handle.release();
  });

  test('frees the lock when the callback throws, and passes its error on', async () => {
    const user = await createUser();

    await expect(user.withLock('work', () => Promise.reject(new Error('inside')))).rejects.toThrow('inside');
    await expect(
      user.withLock('work', () => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');

    await expect(user.withLock('work', () => 'free', { waitMs: 0 })).resolves.toBe('free');
  });

  test.each<[string, (user: User, work: (held: User) => void) => Promise<void>]>([
    ['withLock', (user, work) => user.withLock('work', work)],
    ['withLockFromKey', (user, work) => User.withLockFromKey(user.key, 'work', work)],
  ])('%s frees the lock behind a save that waits, which it guards', async (_, run) => {
    const user = await createUser({ score: 1 });
    let saved: Promise<unknown> | undefined;

    await run(user, (held) => {
      saved = Promise.all([held.score.increase(5), held.save()]);
    });

    await saved;
    expect(await backend.json(user.key, '$.score')).toBe(6);
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
  });

  test('a document that does not exist is not locked', async () => {
    const user = await createUser();
    await user.delete();

    await expect(user.withLock('work', () => undefined)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });
    await expect(User.withLockFromKey('nobody', 'work', () => undefined)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', model: 'User' });
    await expect(user.lock('work')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });

    expect(await backend.send<string[]>('KEYS', `*${user.key}*`)).toEqual([]);
  });

  test('a document that cannot be read frees the lock', async () => {
    const user = await createUser();
    await backend.overwrite(user.key, '$["score"]', 'text');

    await expect(user.withLock('work', () => undefined)).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT', path: '$["score"]' });
    await expect(user.lock('work')).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT' });
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
    await expect(User.lockFromKey(user.key, 'work')).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT' });

    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
  });

  test('on a nested model is a lock of its document', async () => {
    const user = await createUser({ address: { city: 'Paris' } });

    await user.address?.withLock('work', async (address) => {
      expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(1);
      address.city = 'Lyon';
      await user.saveChanges();
    });

    expect(await backend.json(user.key, '$.address.city')).toBe('Lyon');
  });

  test('may not be taken inside a pipeline, which commits after the lock would be free', async () => {
    const user = await createUser();

    await user.pipeline(async () => {
      await expect(user.withLock('work', () => undefined)).rejects.toMatchObject({ code: 'PIPELINE_NEEDS_REPLY', command: 'withLock' });
      await expect(User.withLockFromKey(user.key, 'work', () => undefined)).rejects.toMatchObject({ code: 'PIPELINE_NEEDS_REPLY' });
      await expect(user.lock('work')).rejects.toMatchObject({ code: 'PIPELINE_NEEDS_REPLY' });
      await expect(User.lockFromKey(user.key, 'work')).rejects.toMatchObject({ code: 'PIPELINE_NEEDS_REPLY' });
    });
  });

  test('lock keys are no documents', async () => {
    const user = await createUser();

    await user.withLock('work', async () => {
      const keys = await User.afindKeys();
      expect(keys.filter((key) => key.includes('lock') || key.includes('fence'))).toEqual([]);
      expect(keys).toContain(user.key);
    });
  });
});
