import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, Model } from 'redatom';
import { createClient } from 'redis';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

/** Documents with the same keys in another database. */
@Model({ prefix: 'User' })
class Elsewhere extends User {}

describeOnEveryBackend('a lock inside itself', (backend) => {
  useModels(backend, User);

  test('is entered again by the flow that holds it', async () => {
    const user = await createUser();

    await user.withLock('work', async () => {
      await user.withLock('work', () => user.score.increase(1), { waitMs: 0 });
      expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(1);
      await User.withLockFromKey(user.key, 'work', (read) => read.score.increase(10), { waitMs: 0 });
      expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(1);
    });

    expect(await backend.json(user.key, '$.score')).toBe(11);
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
  });

  test('keeps the local changes of the section around it', async () => {
    const user = await createUser();

    await user.withLock('work', async () => {
      user.email = 'outer';
      await user.withLock('work', () => {
        expect(user.email).toBe('outer');
        user.score.add(1);
      });
      await user.saveChanges();
    });

    expect(await backend.json(user.key)).toMatchObject({ email: 'outer', score: 1 });
  });

  test('is taken anew by work that goes on after its section', async () => {
    const user = await createUser();
    const count = (same: User): Promise<number> => same.score.increase();
    let goOn = (work: () => Promise<number>): Promise<number> => work();

    for (const expected of [1, 2, 3]) {
      const counted = await goOn(() =>
        User.withLockFromKey(user.key, 'work', (same) => {
          goOn = AsyncResource.bind((work: () => Promise<number>) => work());
          return count(same);
        }),
      );
      expect(counted).toBe(expected);
    }
  });

  test('is over for work that goes on after its section without taking it', async () => {
    const user = await createUser();
    let left: Promise<unknown> = Promise.resolve();

    await user.withLock('work', () => {
      left = sleep(20).then(() => user.score.increase());
      left.catch(() => undefined);
    });

    await expect(left).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(await backend.json(user.key, '$.score')).toBe(0);
  });

  test('saves at the end of the inner section without freeing the lock', async () => {
    const user = await createUser();

    await user.withLock('work', async () => {
      await user.withLock('work', () => user.score.add(1), { saveAtEnd: true });
      expect(await backend.json(user.key, '$.score')).toBe(1);
      expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(1);
      await User.withLockFromKey(user.key, 'work', (read) => read.score.add(1), { saveAtEnd: true });
      expect(await backend.json(user.key, '$.score')).toBe(2);
      expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(1);
    });
  });

  test('reads another instance of the document anew, and the first again when it comes back', async () => {
    const user = await createUser();
    const other = await User.get(user.key);
    const count = (it: User): Promise<void> => it.withLock('work', () => void (it.score.value += 1), { saveAtEnd: true });

    await user.withLock('work', async () => {
      for (const it of [user, other, user, other, other]) await count(it);
    });

    expect(await backend.json(user.key, '$.score')).toBe(5);
  });

  test('reads the first instance anew also when the other one was read for a handle', async () => {
    const user = await createUser();

    await user.withLock('work', async () => {
      const handle = await User.lockFromKey(user.key, 'work');
      await handle.document.score.increase();
      await handle.release();
      await user.withLock('work', () => expect(user.score.value).toBe(1));
    });
  });

  test('reads the first instance anew also when the other one was not read because it had something to save', async () => {
    const user = await createUser();
    const other = await User.get(user.key);

    await user.withLock('work', async () => {
      other.email = 'other';
      await other.withLock('work', () => undefined, { saveAtEnd: true });
      await user.withLock('work', () => expect(user.email).toBe('other'));
    });
  });

  test('keeps what another instance has to save', async () => {
    const user = await createUser();

    await user.withLock('work', async () => {
      const other = await User.get(user.key);
      other.email = 'other';
      await other.withLock('work', () => other.score.add(1), { saveAtEnd: true });
    });
    await User.withLockFromKey(user.key, 'work', async (read) => {
      read.email = `${read.email}!`;
      await read.withLock('work', () => read.score.add(1), { saveAtEnd: true });
    });

    expect(await backend.json(user.key)).toMatchObject({ email: 'other!', score: 2 });
  });

  const unread: [string, (other: User) => Promise<unknown>][] = [
    [
      'whose read failed',
      async (other) => {
        await backend.overwrite(other.key, '$["score"]', 'no number');
        await expect(other.withLock('work', () => undefined)).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT' });
        await backend.overwrite(other.key, '$["score"]', 7);
      },
    ],
    [
      'that was not read because it had something to save',
      async (other) => {
        other.email = 'other';
        await other.withLock('work', () => expect(other.score.value).toBe(0), { saveAtEnd: true });
      },
    ],
  ];

  test.each(unread)('reads an instance anew %s', async (_, enter) => {
    const user = await createUser();
    const other = await User.get(user.key);
    const add = (it: User): Promise<void> => it.withLock('work', () => void (it.score.value += 1), { saveAtEnd: true });

    await user.withLock('work', async () => {
      await user.score.increase(7);
      await enter(other);
      await add(other);
      await add(user);
    });

    expect(await backend.json(user.key, '$.score')).toBe(9);
  });

  test('reads an instance anew for each section that enters before it was read', async () => {
    const user = await createUser();
    const other = await User.get(user.key);

    await user.withLock('work', async () => {
      await user.score.increase(7);
      const seen = [1, 2].map(() => other.withLock('work', () => other.score.value));
      expect(await Promise.all(seen)).toEqual([7, 7]);
    });
  });

  test('another action is another lock, and both are fenced', async () => {
    const user = await createUser();

    await user
      .withLock('outer', async () => {
        await user.withLock('inner', async () => {
          await user.score.increase();
          await backend.send('DEL', `{${user.key}}/outer:lock`);
          await expect(user.score.increase()).rejects.toMatchObject({ code: 'LOCK_LOST', action: 'outer' });
        });
      })
      .catch(() => undefined);

    expect(await backend.json(user.key, '$.score')).toBe(1);
  });

  test('another document is another lock', async () => {
    const [user, other] = [await createUser(), await createUser()];

    await user.withLock('work', async () => {
      const inner = other.withLock('work', async () => {
        expect(await backend.send('DEL', `{${other.key}}/work:lock`)).toBe(1);
        await other.score.increase();
      });
      await expect(inner).rejects.toMatchObject({ code: 'LOCK_LOST', key: other.key });
      await user.score.increase();
    });

    expect([await backend.json(user.key, '$.score'), await backend.json(other.key, '$.score')]).toEqual([1, 0]);
  });

  test('a flow beside it waits', async () => {
    const user = await createUser();
    let leave: () => void = () => undefined;
    const holding = user.withLock('work', () => new Promise<void>((resolve) => (leave = resolve)));
    await expect((await User.get(user.key)).withLock('work', () => undefined, { waitMs: 50 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      waitMs: 50,
      action: 'work',
    });
    leave();
    await holding;
  });

  test('is another lock on another server that holds a document of the same key', async () => {
    if (backend.isCluster) return expect(backend.isCluster).toBe(true);
    const url = new URL(backend.url);
    url.pathname = '/9';
    await using _elsewhere = await connect(url.href, { models: [Elsewhere] });
    const user = await createUser();
    const there = await createClient({ url: url.href }).connect();
    const twin = await Elsewhere.create({ username: user.username });

    await user.withLock('work', async () => {
      await expect(twin.score.increase(1)).resolves.toBe(1);
      await Elsewhere.withLockFromKey(user.key, 'work', async () => {
        expect(await there.exists(`{${user.key}}/work:lock`)).toBe(1);
      });
    });
    await twin.delete();
    await there.close();
  });
});
