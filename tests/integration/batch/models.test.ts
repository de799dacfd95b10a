import { createClient, createClientPool } from 'redis';
import { AtomicRedisModel, Field, Key, Model, RedisConnectionError, RedisInt, Version } from 'redatom';
import { Batch, BatchClient, BatchConnectionError } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { describeOnEveryBackend, testOnOneServer } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { expectNoUnhandledRejections } from '../../support/unhandled-rejections';
import { createUser, User } from '../../support/user';
import { useDatabase } from '../../support/use-models';

@Model()
class Visit extends AtomicRedisModel {
  @Field(Date) at!: Date;
  @Field(RedisInt) count!: RedisInt;
}

@Model()
class Page extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) views!: RedisInt;
  @Version() version!: number;
}

describeOnEveryBackend('models in a batch', (backend) => {
  const database = useDatabase(() => backend.target(), [User, Visit, Page]);
  expectNoUnhandledRejections();

  test.each([true, false])('are changed beside raw commands, atomic %s', async (isAtomic) => {
    const user = await createUser({ tags: ['a'] });
    const logins = `{${user.key}}:logins`;
    const batch = new Batch(isAtomic)
      .add(user, (same) => {
        same.tags.append('b');
        same.score.add(2);
        same.email = 'new';
      })
      .incr(logins)
      .json.get(user.key, { path: '$.tags' });
    const results = await new BatchClient(database()).exec(batch, true);
    expect(results?.slice(1)).toEqual([1, [['a', 'b']]]);
    expect((await User.get(user.key)).toJSON()).toEqual(user.toJSON());
    expect(user.score.value).toBe(2);
  });

  test('leave the refusal of a commit in its place, put local values back, and let the others run', async () => {
    const user = await createUser();
    await backend.overwrite(user.key, '$["tags"]', 7);
    const batch = new Batch(true)
      .add(user, (same) => {
        same.email = 'lost';
        same.tags.append('x');
      })
      .set(`{${user.key}}:after`, '1');
    const results = await new BatchClient(database()).exec(batch, false);
    expect(results).toEqual([expect.objectContaining({ code: 'PATH_MISMATCH' }), 'OK']);
    expect([user.email, [...user.tags]]).toEqual(['', []]);
    expect(await backend.json(user.key, '$.email')).toBe('');
  });

  test('run in operations too', async () => {
    const user = await createUser();
    await new PipelineOperations(database()).transact(new Batch(true).add([user], ([same]) => same.score.add(1)));
    expect(await backend.json(user.key, '$.score')).toBe(1);
  });

  test('are changed at once, or not at all', async () => {
    const user = await createUser();
    const refusal = 'found an asynchronous one; await what it needs before';
    expect(() => new Batch(true).add(user, async (same) => same.tags.append('x'))).toThrow(refusal);
    expect(() => new Batch(true).add(user, () => Promise.reject(new Error('of nobody')))).toThrow(refusal);
    expect(() => new Batch(true).add(user, () => undefined)).toThrow('changed nothing');
    expect([...user.tags]).toEqual([]);
  });

  test('take what is changed inside of a date along, and put it back with the rest', async () => {
    const visit = await Visit.create({ at: new Date(0) });
    const late = (same: Visit): unknown => same.at.setUTCFullYear(2030);

    await new BatchClient(database()).exec(new Batch(true).add(visit, late), true);
    expect(await backend.json(visit.key, '$.at')).toBe('2030-01-01T00:00:00.000Z');

    await backend.send('DEL', visit.key);
    const [refused] =
      (await new BatchClient(database()).exec(
        new Batch(true).add(visit, (same) => same.at.setUTCFullYear(2040)),
        false,
      )) ?? [];
    expect(refused).toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(visit.at).toEqual(new Date('2030-01-01T00:00:00.000Z'));
  });

  describe('that are not applied', () => {
    const run = async (batch: Batch): Promise<unknown[]> => (await new BatchClient(database()).exec(batch, false)) ?? [];
    const breakTags = (user: User): Promise<unknown> => backend.overwrite(user.key, '$["tags"]', 7);

    test('leave nothing behind when they are taken out', async () => {
      const user = await createUser();
      const batch = new Batch(true).add(user, (same) => same.score.add(1)).add(user, (same) => (same.email = 'new'));

      batch.clear();

      expect([user.score.value, user.email]).toEqual([0, '']);
      expect(await backend.commandsSent(() => user.saveChanges())).toEqual([]);
    });

    test('stay when they are taken out after they were applied', async () => {
      const user = await createUser();
      const batch = new Batch(true).add(user, (same) => same.score.add(1));
      await run(batch);

      batch.clear();

      expect(user.score.value).toBe(1);
    });

    test('leave what an earlier run of the same batch left', async () => {
      const user = await createUser();
      const batch = new Batch(false).add(user, (same) => same.tags.append('x'));
      expect(await run(batch)).toEqual([[1]]);
      await breakTags(user);

      expect(await run(batch)).toEqual([expect.objectContaining({ code: 'PATH_MISMATCH' })]);

      expect([...user.tags]).toEqual(['x']);
      expect(user.isStale).toBe(false);
    });

    test('leave the version that an earlier run left', async () => {
      const page = await Page.create({ name: 'again' });
      const batch = new Batch(true).add(page, (same) => same.views.add(1));
      await run(batch);

      expect(await run(batch)).toEqual([expect.objectContaining({ code: 'VERSION_CONFLICT' })]);

      expect(page.toJSON()).toEqual(await backend.json(page.key));
    });

    test('leave the version that the change before them left', async () => {
      const page = await Page.create({ name: 'two' });
      const batch = new Batch(true).add(page, (same) => same.views.add(1)).add(page, (same) => same.views.add(5));

      expect(await run(batch)).toEqual([expect.anything(), expect.objectContaining({ code: 'VERSION_CONFLICT' })]);

      expect(page.toJSON()).toEqual(await backend.json(page.key));
    });

    test('are undone one after the other', async () => {
      const user = await createUser();
      await breakTags(user);
      const append = (same: User): unknown => [same.tags.append('x'), same.score.add(1)];

      await run(new Batch(false).add(user, append).add(user, append));

      expect([[...user.tags], user.score.value, user.isStale]).toEqual([[], 0, false]);
    });

    test('make the instance stale when they are taken out while a pipeline is open on it', async () => {
      const user = await createUser();
      const batch = new Batch(true).add(user, (same) => same.score.add(1));
      let end = (): void => undefined;
      const pipeline = user.pipeline(() => new Promise<void>((resolve) => (end = resolve)));

      batch.clear();
      end();
      await pipeline;

      expect(user.isStale).toBe(true);
      await user.load();
      expect([user.score.value, user.isStale]).toEqual([0, false]);
    });

    test('make the instance stale when others were applied after them', async () => {
      const user = await createUser();
      const batch = new Batch(false).add(user, (same) => void same.score.adjust(-100, { min: 0 })).add(user, (same) => same.score.add(5));

      expect(await run(batch)).toEqual([expect.objectContaining({ code: 'COMMIT_REFUSED' }), [5]]);

      expect(user.isStale).toBe(true);
      await expect(user.saveChanges()).rejects.toThrow('left local values that may differ from the stored ones');
      await user.load();
      expect([user.score.value, user.isStale]).toEqual([5, false]);
    });

    test.each([
      ['a value is assigned', (user: User) => void (user.score.value = 7)],
      ['a verb is answered', (user: User) => user.score.increase(7)],
      ['the document is read', (user: User) => user.load()],
      ['the field is read', (user: User) => user.field('email').load()],
    ])('make the instance stale when %s after them', async (_what, change) => {
      const user = await createUser();
      const batch = new Batch(false).add(user, (same) => same.tags.append('x'));
      await change(user);
      await breakTags(user);
      const before = user.toJSON();

      await run(batch);

      expect(user.isStale).toBe(true);
      expect(user.toJSON()).toEqual(before);
    });

    test('make the instance stale when they are applied once more than they show', async () => {
      const user = await createUser();
      const batch = new Batch(false).add(user, (same) => same.score.add(1));
      await run(batch);
      await run(batch);

      expect(await backend.json(user.key, '$.score')).toBe(2);
      expect(user.isStale).toBe(true);
    });

    test('are no reason to drop what was changed inside of a date before', async () => {
      const visit = await Visit.create({ at: new Date(0) });
      visit.at.setUTCFullYear(2030);
      const batch = new Batch(true).add(visit, (same) => void same.count.adjust(-1, { min: 0 }));

      await run(batch);
      await visit.saveChanges();

      expect(visit.at).toEqual(new Date('2030-01-01T00:00:00.000Z'));
      expect(await backend.json(visit.key, '$.at')).toBe('2030-01-01T00:00:00.000Z');
    });

    test('drop what a callback that throws changed inside of a date', async () => {
      const visit = await Visit.create({ at: new Date(0) });
      const throwing = (): unknown =>
        new Batch(true).add(visit, (same) => {
          same.at.setUTCFullYear(2030);
          throw new Error('stop');
        });

      expect(throwing).toThrow('stop');

      expect(visit.at).toEqual(new Date(0));
      expect(await backend.commandsSent(() => visit.saveChanges())).toEqual([]);
    });

    test('are those of an instance of which nobody knows whether it is what is stored', async () => {
      const user = await createUser();
      const twice = new Batch(true).add(user, (same) => same.score.add(1));
      await run(twice);
      await run(twice);
      expect(user.isStale).toBe(true);
      const change = jest.fn();

      expect(() => new Batch(true).add(user, change)).toThrow(errorWith({ code: 'OUTCOME_UNKNOWN', key: user.key }));

      expect(change).not.toHaveBeenCalled();
    });

    test('are undone when no connection can be had', async () => {
      const user = await createUser();
      const pool = createClientPool({ url: backend.url });
      await pool.connect();
      await pool.close();
      const batch = new Batch(false).add(user, (same) => same.score.add(1));

      await expect(new BatchClient(pool).exec(batch, false)).rejects.toBeInstanceOf(BatchConnectionError);

      expect([user.score.value, user.isStale]).toEqual([0, false]);
    });

    test('are undone when something is wrong with the options', async () => {
      const user = await createUser();
      const batch = new Batch(true).add(user, (same) => same.score.add(1));

      await expect(new BatchClient(database()).exec(batch, false, { timeoutMs: -1 })).rejects.toThrow(RangeError);

      expect([user.score.value, user.isStale]).toEqual([0, false]);
    });

    testOnOneServer(backend, 'the key is watched on the one connection')('are undone when a watched key had changed', async () => {
      const user = await createUser();
      const client = await createClient({ url: backend.url }).connect();
      const batch = new Batch(true).add(user, (same) => same.tags.append('lost'));
      await client.watch(user.key);
      await backend.overwrite(user.key, '$["email"]', 'changed');

      await expect(new BatchClient(client).exec(batch, true)).resolves.toBeNull();

      client.destroy();
      expect([[...user.tags], user.isStale]).toEqual([[], false]);
    });
  });

  describe('of a transaction that watches', () => {
    const watching = (user: User) => ({ watch: [user.key] });

    test('are undone when no connection can be had for it', async () => {
      const user = await createUser();
      const batch = new Batch(true).add(user, (same) => same.score.add(1));
      const limits = { ...watching(user), signal: AbortSignal.abort() };

      await expect(new PipelineOperations(database()).transact(batch, limits)).rejects.toThrow(RedisConnectionError);

      expect([user.score.value, user.isStale]).toEqual([0, false]);
    });

    test('are applied', async () => {
      const user = await createUser();
      const batch = new Batch(true).add(user, (same) => same.score.add(1));

      await expect(new PipelineOperations(database()).transact(batch, watching(user))).resolves.toEqual([[1]]);

      expect([user.score.value, user.isStale]).toEqual([1, false]);
    });
  });
});
