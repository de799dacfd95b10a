import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { pipeline } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import { describeOnEveryBackend } from '../../support/backends';
import { useDatabase } from '../../support/use-models';
import { createMember, createUser, Member, User } from '../../support/user';

const closed = (user: User): object => ({ code: 'PIPELINE_CLOSED', key: user.key, model: user.constructor.name });

describeOnEveryBackend('a pipeline inside another that ends before it', (backend) => {
  const database = useDatabase(() => backend.target(), [User, Member]);

  /** The instance holds what is stored, and works. */
  async function expectUsable(user: User): Promise<void> {
    expect(user.isStale).toBe(false);
    expect(user.toJSON()).toEqual(await backend.json(user.key));
    const before = user.score.value;
    expect(await user.score.increase(1)).toBe(before + 1);
    await user.pipeline(() => user.score.add(1));
    expect(await backend.commandsSent(() => user.saveChanges())).toEqual([]);
    await user.load();
    expect(user.score.value).toBe(before + 2);
  }

  /** Starts a nested pipeline that changes the instance before the outer one ends, and ends after it. */
  function outlive(user: User, later: () => unknown = () => undefined): Promise<unknown> {
    const nested = user.pipeline(async () => {
      user.score.add(1);
      user.tags.append('never');
      await sleep(10);
      await later();
    });
    nested.catch(() => undefined);
    return nested;
  }

  test('is undone with the end of the outer one, and rejects', async () => {
    const user = await createUser();
    let nested: Promise<unknown> = Promise.resolve();

    const outer = user.pipeline(() => {
      user.email = 'outer';
      nested = outlive(user);
    });
    expect([user.score.value, user.tags.length]).toEqual([0, 0]);
    await outer;

    expect(await backend.json(user.key)).toMatchObject({ email: 'outer', score: 0, tags: [] });
    await expectUsable(user);
    await expect(nested).rejects.toMatchObject(closed(user));
    await expectUsable(user);
  });

  const latecomers: [string, (user: User) => unknown][] = [
    ['a change', (user) => user.score.add(10)],
    ['a verb', (user) => user.score.increase(10)],
    ['a pipeline', (user) => user.pipeline(() => user.score.add(10))],
    ['a save', (user) => user.save()],
  ];

  test.each(latecomers)('refuses %s that comes later', async (_, change) => {
    const user = await createUser();
    let nested: Promise<unknown> = Promise.resolve();

    await user.pipeline(async () => {
      nested = outlive(user, () => change(user));
      await Promise.resolve();
    });

    await expect(nested).rejects.toMatchObject(closed(user));
    await expectUsable(user);
  });

  test('refuses commands that are recorded later', async () => {
    const user = await createUser();
    let nested: Promise<unknown> = Promise.resolve();

    await user.pipeline(() => {
      nested = user.pipeline(async (_, commands) => {
        await sleep(10);
        commands.incr('late');
      });
      nested.catch(() => undefined);
    });

    await expect(nested).rejects.toMatchObject({ code: 'PIPELINE_CLOSED' });
  });

  test('rejects with its own error, and leaves alone what was changed since', async () => {
    const user = await createUser();
    let nested: Promise<unknown> = Promise.resolve();
    let mayFail: () => void = () => undefined;
    const failing = new Promise<void>((resolve) => (mayFail = resolve)).then(() => {
      throw new Error('inner');
    });
    await user.pipeline(() => {
      nested = outlive(user, () => failing);
    });

    user.score.add(5);
    mayFail();
    await expect(nested).rejects.toThrow('inner');

    expect(user.score.value).toBe(5);
    await user.saveChanges();
    await expectUsable(user);
  });

  test('is undone when the outer one is', async () => {
    const user = await createUser({ score: 5 });
    let nested: Promise<unknown> = Promise.resolve();

    const outer = user.pipeline(() => {
      user.score.add(100);
      nested = outlive(user);
      throw new Error('outer');
    });

    await expect(outer).rejects.toThrow('outer');
    expect(user.score.value).toBe(5);
    await expectUsable(user);
    await expect(nested).rejects.toMatchObject(closed(user));
    await expectUsable(user);
  });

  test('makes the instance stale when the outer one has changed the same place after it', async () => {
    const user = await createUser();
    let nested: Promise<unknown> = Promise.resolve();

    await user.pipeline(() => {
      nested = outlive(user);
      user.score.add(10);
    });

    expect(user.isStale).toBe(true);
    expect(await backend.json(user.key, '$.score')).toBe(10);
    await expect(nested).rejects.toMatchObject(closed(user));
    await user.load();
    await expectUsable(user);
  });

  test('leaves the outermost one open when the one between them ends', async () => {
    const user = await createUser();
    let nested: Promise<unknown> = Promise.resolve();

    await user.pipeline(async () => {
      user.score.add(1000);
      await user.pipeline(() => {
        user.score.add(100);
        nested = outlive(user);
      });
      expect(user.score.value).toBe(1100);
      await expect(nested).rejects.toMatchObject(closed(user));
      user.email = 'outer';
      await user.pipeline(() => user.score.add(10000));
    });

    expect(await backend.json(user.key)).toMatchObject({ email: 'outer', score: 11100, tags: [] });
    await expectUsable(user);
  });

  test('is undone with one between them that has not ended either', async () => {
    const user = await createUser({ score: 5 });
    let nested: Promise<unknown> = Promise.resolve();
    let between: Promise<unknown> = Promise.resolve();

    await user.pipeline(() => {
      between = user.pipeline(async () => {
        user.score.add(100);
        nested = outlive(user);
        await sleep(20);
      });
      between.catch(() => undefined);
    });

    expect(user.score.value).toBe(5);
    await expectUsable(user);
    await expect(nested).rejects.toMatchObject(closed(user));
    await expect(between).rejects.toMatchObject(closed(user));
    await expectUsable(user);
  });

  test('of some of its documents is undone there', async () => {
    const [user, other] = [await createMember(), await createMember()];
    let nested: Promise<unknown> = Promise.resolve();

    await pipeline([user, other], () => {
      user.score.add(10);
      nested = outlive(other);
    });

    expect(await backend.json(user.key, '$.score')).toBe(10);
    await expectUsable(other);
    await expect(nested).rejects.toMatchObject(closed(other));
    await expectUsable(user);
  });

  test('of another document commits by itself', async () => {
    const [user, other] = [await createUser(), await createUser()];
    let nested: Promise<unknown> = Promise.resolve();
    let late: Promise<unknown> = Promise.resolve();

    await user.pipeline(() => {
      nested = outlive(other, () => {
        late = user.pipeline(() => user.score.add(10));
        late.catch(() => undefined);
      });
    });

    await expect(nested).resolves.toMatchObject({ committed: true });
    await expect(late).rejects.toMatchObject(closed(user));
    expect(await backend.json(other.key)).toMatchObject({ score: 1, tags: ['never'] });
    await expectUsable(other);
    await expectUsable(user);
  });

  test('leaves work that goes on after it free to lock and to delete its document', async () => {
    const user = await createUser();
    let goOn = (work: () => Promise<unknown>): Promise<unknown> => work();

    await user.pipeline(() => {
      goOn = AsyncResource.bind((work: () => Promise<unknown>) => work());
      user.score.add(1);
    });

    await expect(goOn(() => User.withLockFromKey(user.key, 'work', ({ score }) => score.value))).resolves.toBe(1);
    await expect(goOn(() => User.deleteByKey(user.key))).resolves.toBe(true);
  });

  test.each([true, false])('is no part of a batch that its document is changed for, refused %s', async (isRefused) => {
    const user = await createUser();
    let nested: Promise<unknown> = Promise.resolve();
    const batch = new Batch(false).add(user, () => {
      user.email = 'batch';
      if (isRefused) void user.settings.set('a', '1');
      nested = outlive(user);
    });
    expect([user.email, user.score.value]).toEqual(['batch', 0]);
    if (isRefused) await backend.overwrite(user.key, '$.settings', 7);

    await new BatchClient(database()).exec(batch, false);

    await backend.overwrite(user.key, '$.settings', {});
    await expect(nested).rejects.toMatchObject(closed(user));
    expect(user.email).toBe(isRefused ? '' : 'batch');
    await expectUsable(user);
  });
});
