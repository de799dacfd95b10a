import type { RedatomError } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { factsOf, failureOf } from '../../support/failure-of';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

/** Takes the lock `work` by one of the verbs. */
type Take = (user: User, options?: { waitMs?: number }) => Promise<unknown>;

const VERBS: readonly [string, Take][] = [
  ['lock', (user, options) => user.lock('work', options)],
  ['withLock', (user, options) => user.withLock('work', () => undefined, options)],
  ['lockFromKey', (user, options) => User.lockFromKey(user.key, 'work', options)],
  ['withLockFromKey', (user, options) => User.withLockFromKey(user.key, 'work', () => undefined, options)],
];

describeOnEveryBackend('errors of locks', (backend) => {
  useModels(backend, User);

  const loseLock = (key: string): Promise<unknown> => backend.send('SET', `{${key}}/work:lock`, 'another holder');

  describe.each(VERBS)('%s names itself, its document and its model', (command, take) => {
    test('where there is no document', async () => {
      const user = User.build({ username: 'nobody' });

      const error = await failureOf(() => take(user));

      expect(factsOf(error)).toEqual({ code: 'KEY_NOT_FOUND', model: 'User', key: user.key, command });
    });

    test('where there is another type of Redis', async () => {
      const user = await createUser();
      await backend.send('DEL', user.key);
      await backend.send('SET', user.key, 'text');

      const error = await failureOf(() => take(user));

      expect(factsOf(error)).toEqual({ code: 'PATH_MISMATCH', model: 'User', key: user.key, path: '$', command });
      expect(error.message).toBe(`${command} on "${user.key}" needs a JSON document, found another Redis type`);
      expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
    });

    test('when the lock is not free', async () => {
      const user = await createUser();
      await loseLock(user.key);

      const error = await failureOf(() => take(user, { waitMs: 0 }));

      expect(factsOf(error)).toEqual({ code: 'LOCK_TIMEOUT', model: 'User', key: user.key, command });
    });

    test('when others of the process have the lock for too long', async () => {
      const user = await createUser();
      const other = await User.lockFromKey(user.key, 'work');

      const error = await failureOf(() => take(user, { waitMs: 20 }));
      await other.release();

      expect(factsOf(error)).toEqual({ code: 'LOCK_TIMEOUT', model: 'User', key: user.key, command });
    });

    test('in a pipeline, and what to do instead', async () => {
      const user = await createUser();

      const error = await failureOf(() => user.pipeline(() => take(user)));

      expect(factsOf(error)).toEqual({ code: 'PIPELINE_NEEDS_REPLY', model: 'User', key: user.key, command });
      expect(error.message).toBe(
        `${command}() takes its lock at once, and a pipeline sends nothing until it ends; take the lock around the pipeline`,
      );
    });

    test('where what it holds already has no document any more', async () => {
      const user = await createUser();

      const error = await failureOf(() =>
        User.withLockFromKey(user.key, 'work', async () => {
          await backend.send('DEL', user.key);
          await take(user);
        }),
      );

      expect(factsOf(error)).toEqual({ code: 'KEY_NOT_FOUND', model: 'User', key: user.key, command });
    });

    test('when an option is none', async () => {
      const user = await createUser();

      await expect(take(user, { wait: 5 } as object)).rejects.toThrow(`${command}() knows no option "wait"`);
    });
  });

  test('of a lost lock name the verb that was refused, or at whose end that was noticed', async () => {
    const user = await createUser();
    const facts = { code: 'LOCK_LOST', model: 'User', key: user.key };
    const handle = await user.lock('work');
    await loseLock(user.key);

    expect(factsOf(await failureOf(() => user.score.increase()))).toEqual({ ...facts, path: '$["score"]', command: 'increase' });
    expect(factsOf(await failureOf(() => user.save()))).toEqual({ ...facts, path: '$', command: 'save' });
    for (const change of [() => user.score.add(1), () => [user.score.add(1), user.tags.push('x')]]) {
      expect(factsOf(await failureOf(() => user.pipeline(change)))).toEqual({ ...facts, command: 'pipeline' });
      change();
      expect(factsOf(await failureOf(() => user.saveChanges()))).toEqual({ ...facts, command: 'saveChanges' });
    }
    expect(factsOf(await failureOf(() => handle.release()))).toEqual({ ...facts, command: 'release' });
  });

  test.each<[string, (user: User, work: () => Promise<unknown>) => Promise<unknown>]>([
    ['withLock', (user, work) => user.withLock('work', work)],
    ['withLockFromKey', (user, work) => User.withLockFromKey(user.key, 'work', work)],
  ])('of a lock that is lost inside of %s name it', async (command, run) => {
    const user = await createUser();

    const error = await failureOf(() => run(user, () => loseLock(user.key)));

    expect(factsOf(error)).toEqual({ code: 'LOCK_LOST', model: 'User', key: user.key, command });
  });

  test.each<[string, (user: User, work: (held: User) => Promise<unknown>) => Promise<unknown>]>([
    ['withLock', (user, work) => user.withLock('work', work, { saveAtEnd: true })],
    ['withLockFromKey', (user, work) => User.withLockFromKey(user.key, 'work', work, { saveAtEnd: true })],
  ])('of what %s saves at its end name it', async (command, run) => {
    for (const change of [(held: User) => held.score.add(1), (held: User) => [held.score.add(1), held.tags.push('x')]]) {
      const user = await createUser();

      const error = await failureOf(() =>
        run(user, async (held) => {
          change(held);
          await loseLock(user.key);
        }),
      );

      expect(factsOf(error)).toEqual({ code: 'LOCK_LOST', model: 'User', key: user.key, command });
    }
  });

  test('of a lock that is known to be lost name the verb that was refused', async () => {
    const user = await createUser();
    const handle = await user.lock('work', { ttlMs: 100, maxHoldMs: 100 });
    await new Promise((resolve) => handle.signal.addEventListener('abort', resolve));

    expect(factsOf(handle.signal.reason as RedatomError)).toEqual({ code: 'LOCK_LOST', model: 'User', key: user.key, command: 'lock' });
    expect(await failureOf(() => user.score.increase())).toMatchObject({ code: 'LOCK_LOST', command: 'increase', path: '$["score"]' });
  });
});
