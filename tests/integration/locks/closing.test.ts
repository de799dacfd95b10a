import { setTimeout as sleep } from 'node:timers/promises';
import { connect, Model, RedatomError, type Database } from 'redatom';
import { Lock, RedisTree } from 'redatom/tree';
import { describeOnEveryBackend } from '../../support/backends';
import { failureOf } from '../../support/failure-of';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

/** The same documents over a connection of its own, which the tests close. */
@Model({ prefix: 'User' })
class Leaving extends User {}

describeOnEveryBackend('locks of a connection that is closed', (backend) => {
  useModels(backend, User);

  const ways: [string, () => Promise<Parameters<typeof connect>[0]>][] = [
    ['opened by connect', () => backend.target()],
    ['of a ready client', () => backend.readyClient()],
  ];

  describe.each(ways)('%s', (_, open) => {
    let db: Database;
    beforeEach(async () => {
      db = await connect(await open(), { models: [Leaving] });
    });
    afterEach(() => db.close());

    const isFree = async (key: string): Promise<boolean> => (await backend.send('EXISTS', `{${key}}/work:lock`)) === 0;

    test('a handle has lost it, and others have it at once', async () => {
      const { key } = await createUser();
      const handle = await Leaving.lockFromKey(key, 'work');
      const waiting = User.withLockFromKey(key, 'work', () => 'in');

      await db.close();

      await expect(waiting).resolves.toBe('in');
      expect(await isFree(key)).toBe(true);
      expect(handle.signal.aborted).toBe(true);
      expect(handle.signal.reason).toMatchObject({ code: 'LOCK_LOST', model: 'Leaving', key });
      expect(await failureOf(() => handle.release())).toMatchObject({ code: 'LOCK_LOST', command: 'release', key });
    });

    test('the section that runs is told, and writes nothing more', async () => {
      const { key } = await createUser();
      let refused: unknown;

      const error = await failureOf(() =>
        Leaving.withLockFromKey(key, 'work', async (held, { signal }) => {
          await held.score.increase();
          await db.close();
          expect(signal.aborted).toBe(true);
          expect(await isFree(key)).toBe(true);
          refused = await held.score.increase().catch((reason: unknown) => reason);
        }),
      );

      expect(error).toMatchObject({ code: 'LOCK_LOST', command: 'withLockFromKey', key });
      expect(refused).toBeInstanceOf(RedatomError);
      expect(await backend.json(key, '$.score')).toBe(1);
    });

    test('the section that runs writes nothing over a connection that comes after, until it takes the lock anew', async () => {
      const { key } = await createUser();
      const codes: string[] = [];
      const note = async (write: Promise<unknown>): Promise<void> => {
        codes.push(
          await write.then(
            () => 'done',
            (error: unknown) => (error as RedatomError).code,
          ),
        );
      };

      const section = Leaving.withLockFromKey(
        key,
        'work',
        async (held) => {
          await db.close();
          db = await connect(await open(), { models: [Leaving] });
          await note(held.score.increase());
          await note(Leaving.at(key).score.increase());
          await note(held.pipeline(() => held.score.add(1)));
          await note(held.save());
          await note(Leaving.deleteMany([key]));
          await note(Leaving.withLockFromKey(key, 'work', (anew) => anew.score.increase()));
          held.score.add(1);
        },
        { saveAtEnd: true },
      );

      expect(await failureOf(() => section)).toMatchObject({ code: 'LOCK_LOST', command: 'withLockFromKey', key });
      expect(codes).toEqual([...Array.from({ length: 5 }, () => 'LOCK_LOST'), 'done']);
      expect(await backend.json(key, '$.score')).toBe(1);
    });

    test('those that are asked for are given up, and are held by nobody', async () => {
      const { key } = await createUser();
      await Leaving.withLockFromKey(key, 'work', () => undefined);
      const work = jest.fn();
      const asked = Array.from({ length: 3 }, () => failureOf(() => Leaving.withLockFromKey(key, 'work', work)));

      await db.close();

      for (const error of await Promise.all(asked)) expect(error).toMatchObject({ code: 'REDIS_CONNECTION', key });
      expect(work).not.toHaveBeenCalled();
      expect(await isFree(key)).toBe(true);
    });

    test('those that are being handed over are given up, and are held by nobody', async () => {
      const { key } = await createUser();
      const work = jest.fn();
      const handle = await Leaving.lockFromKey(key, 'work');
      const successor = failureOf(() => Leaving.withLockFromKey(key, 'work', work));
      const released = handle.release();

      await Promise.all([db.close(), released]);

      expect(await successor).toMatchObject({ code: 'REDIS_CONNECTION', key });
      expect(work).not.toHaveBeenCalled();
      expect(await isFree(key)).toBe(true);
    });

    test('those that are waited for are given up', async () => {
      const { key } = await createUser();
      const other = await User.lockFromKey(key, 'work');
      const work = jest.fn();
      const waiting = Array.from({ length: 3 }, () => failureOf(() => Leaving.withLockFromKey(key, 'work', work)));
      await sleep(50);

      await db.close();
      await other.release();

      for (const error of await Promise.all(waiting)) expect(error).toMatchObject({ code: 'REDIS_CONNECTION', key });
      expect(work).not.toHaveBeenCalled();
      expect(await isFree(key)).toBe(true);
    });

    test('those of another connection stay held', async () => {
      const { key } = await createUser();
      const other = await User.lockFromKey(key, 'work');

      await db.close();

      expect(await isFree(key)).toBe(false);
      expect(other.signal.aborted).toBe(false);
      await other.release();
    });

    test('those that were released before are not lost', async () => {
      const { key } = await createUser();
      const handle = await Leaving.lockFromKey(key, 'work');
      const released = handle.release();

      await db.close();

      await expect(released).resolves.toBeUndefined();
      expect(handle.signal.aborted).toBe(false);
      expect(await isFree(key)).toBe(true);
    });

    test('those of a tree over it as well', async () => {
      const tree = new RedisTree({ client: db, namespace: 'closing-locks' });
      const handle = await tree.at('a').acquire();

      await db.close();

      expect(handle.signal.aborted).toBe(true);
      expect(await failureOf(() => handle.release())).toMatchObject({ code: 'LOCK_LOST', command: 'release' });
      const later = new RedisTree({ client: await backend.target(), namespace: 'closing-locks' });
      await later.at('a').withLock(() => undefined, { acquireTimeout: 0 });
      await later.close();
    });
  });

  test('a tree frees the locks of the connection that it opened', async () => {
    const target = await backend.target();
    const tree = new RedisTree({ client: target, namespace: 'closing-locks' });
    const handle = await tree.at('a').acquire();
    let held: AbortSignal | undefined;
    const section = failureOf(() =>
      tree.at('b').withLock(async (_node, { signal }) => {
        held = signal;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      }),
    );
    while (held === undefined) await sleep(5);

    await tree.close();

    expect(await section).toMatchObject({ code: 'LOCK_LOST', command: 'withLock' });
    expect(await failureOf(() => handle.release())).toMatchObject({ code: 'LOCK_LOST', command: 'release' });
    const later = new RedisTree({ client: target, namespace: 'closing-locks' });
    await later.root().withLock(() => undefined, { acquireTimeout: 0 });
    await later.close();
  });

  test('a tree gives up those that are asked for', async () => {
    const target = await backend.target();
    const tree = new RedisTree({ client: target, namespace: 'closing-locks' });
    await tree.at('a').withLock(() => undefined);
    const work = jest.fn();
    const asked = failureOf(() => tree.at('a').withLock(work));
    await tree.close();

    expect(await asked).toMatchObject({ code: expect.stringMatching(/REDIS_CONNECTION|NOT_CONNECTED/) as string });
    expect(work).not.toHaveBeenCalled();
    const lock = new Lock(target, 'a');
    await lock.withLock(() => undefined, { acquireTimeout: 0 });
    await lock.close();
  });
});
