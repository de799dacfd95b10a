import { AtomicRedisModel, Field, Model, pipeline, RedisInt, Version } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createMember, createUser, Member, User } from '../../support/user';

@Model({ ttl: 100 })
class Passing extends AtomicRedisModel {
  @Field(RedisInt) hits!: RedisInt;
  @Version() version!: number;
}

@Model({ ttl: 100, refreshTtl: 'never' })
class Once extends Passing {}

describeOnEveryBackend('a pipeline on a document that is gone', (backend) => {
  useModels(backend, User, Member, Passing, Once);

  test('is refused, creates nothing and leaves the local values', async () => {
    const user = await createUser({ score: 1 });
    await backend.send('DEL', user.key);

    await expect(user.pipeline(() => user.score.add(1))).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });

    expect(await backend.send('EXISTS', user.key)).toBe(0);
    expect(user.score.value).toBe(1);
  });

  test('quietly does nothing with ignoreIfDeleted, and says so', async () => {
    const user = await createUser({ score: 1 });
    await backend.send('DEL', user.key);

    const result = await user.pipeline(() => user.score.add(1), { ignoreIfDeleted: true });

    expect(result).toEqual({ committed: false, replies: [] });
    expect(await backend.send('EXISTS', user.key)).toBe(0);
    expect(user.score.value).toBe(1);
  });

  test.each<[string, (user: User) => Promise<unknown>]>([
    ['deleteByKey', (user) => User.deleteByKey(user.key)],
    ['deleteByKey', (user) => User.deleteByKey(user.pk)],
    ['deleteMany', (user) => User.deleteMany(['another', user.key])],
  ])('%s() inside of it is refused, because it would not wait', async (verb, remove) => {
    const user = await createUser({ score: 1 });

    const sent = await backend.commandsSent(async () => {
      const refused = user.pipeline(async () => {
        user.score.add(1);
        await remove(user);
      });
      await expect(refused).rejects.toMatchObject({ code: 'PIPELINE_NEEDS_REPLY', command: verb, key: user.key, model: 'User' });
      await expect(refused).rejects.toThrow('use delete() of the instance');
    });

    expect(sent).toEqual([]);
    expect(user.score.value).toBe(1);
  });

  test('documents of others are deleted at once inside of it', async () => {
    const [user, other] = [await createUser(), await createUser()];
    await user.pipeline(async () => {
      await expect(User.deleteByKey(other.key)).resolves.toBe(true);
    });
    expect(await backend.send('EXISTS', other.key)).toBe(0);
  });

  test('ignoreIfDeleted hides no other error', async () => {
    const user = await createUser({ score: 1 });
    await backend.overwrite(user.key, '$["score"]', 'text');

    const refused = user.pipeline(() => user.score.add(1), { ignoreIfDeleted: true });

    await expect(refused).rejects.toMatchObject({ code: 'PATH_MISMATCH' });
  });

  test('ignoreIfDeleted is for documents: a path that is gone is an error', async () => {
    const user = await createUser({ score: 1 });
    await backend.send('JSON.DEL', user.key, '$["score"]');

    const refused = user.pipeline(() => user.score.add(1), { ignoreIfDeleted: true });

    await expect(refused).rejects.toMatchObject({ code: 'PATH_MISMATCH', found: 'nothing', path: '$["score"]' });
  });

  test('can delete the document, after what was queued before', async () => {
    const user = await createUser();

    const { committed, replies } = await user.pipeline(async () => {
      user.score.add(1);
      expect(await user.delete()).toBe(true);
    });

    expect(committed).toBe(true);
    expect(replies).toEqual([1, true]);
    expect(await user.exists()).toBe(false);
  });

  test('can write the whole document', async () => {
    const user = await createUser();

    await user.pipeline(async () => {
      user.email = 'x';
      await user.save();
      user.score.add(1);
    });

    expect(await backend.json(user.key)).toMatchObject({ email: 'x', score: 1 });
  });

  test('can write the whole document anew after it deleted it, with what was changed in between', async () => {
    const user = await createUser({ score: 1, tags: ['a'] });

    const { replies } = await user.pipeline(async () => {
      user.score.add(1);
      await user.delete();
      user.tags.append('b');
      await user.save();
      user.score.add(5);
    });

    expect(replies).toEqual([2, true, undefined, true, 7]);
    expect(user.toJSON()).toMatchObject({ score: 7, tags: ['a', 'b'] });
    expect(await backend.json(user.key)).toEqual(user.toJSON());
  });

  test('names the change that follows the last deletion', async () => {
    const [user, other] = [await createMember(), await createMember()];
    const work = async (): Promise<void> => {
      await user.delete();
      user.score.add(1);
      await user.save();
      other.score.add(5);
      await user.delete();
      user.tags.append('lost');
    };

    await expect(pipeline([user, other], work)).rejects.toMatchObject({
      code: 'KEY_NOT_FOUND',
      key: user.key,
      command: 'append',
      index: 5,
    });
    expect(await user.exists()).toBe(true);
  });

  const afterDeletion: [string, (user: User) => unknown][] = [
    ['a number', (user) => user.score.add(1)],
    ['a list', (user) => user.tags.append('x')],
    ['a field', (user) => (user.email = 'x@y.z')],
    ['how long it lives', (user) => void user.expire(100).catch(() => undefined)],
  ];

  test.each(afterDeletion)('is refused before anything is sent when it deletes first and changes %s then', async (_, change) => {
    const [user, other] = [await createMember({ score: 1 }), await createMember({ score: 1 })];
    const work = async (): Promise<void> => {
      other.score.add(5);
      await user.delete();
      change(user);
    };

    const sent = await backend.commandsSent(() =>
      expect(pipeline([user, other], work)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key }),
    );

    expect(sent).toEqual([]);
    expect([user.score.value, other.score.value]).toEqual([1, 1]);
    expect(await backend.json(other.key, '$.score')).toBe(1);
  });

  test.each(afterDeletion)('says with ignoreIfDeleted too that it deletes first and changes %s then', async (_, change) => {
    const user = await createUser({ score: 1 });
    const work = async (): Promise<void> => {
      await user.delete();
      change(user);
    };

    for (const options of [{}, { ignoreIfDeleted: true }]) {
      const refused = user.pipeline(work, options);
      await expect(refused).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key, index: 1 });
      await expect(refused).rejects.toThrow(/^the pipeline deletes ".*" before .* changes it; leave one of the two out$/);
    }

    expect(await backend.json(user.key, '$.score')).toBe(1);
    expect([user.score.value, user.email]).toEqual([1, '']);
    await backend.send('DEL', user.key);
    await expect(user.pipeline(async () => void (await user.delete()), { ignoreIfDeleted: true })).resolves.toMatchObject({
      committed: true,
    });
    await expect(user.pipeline(work, { ignoreIfDeleted: true })).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });

  test('that is written anew after it was deleted lives as long as others, and counts its version on', async () => {
    for (const model of [Passing, Once]) {
      const session = await model.create({});
      const other = await model.get(session.key);

      await session.pipeline(async () => {
        await session.delete();
        await session.save();
      });

      expect(await session.ttl()).toBeGreaterThan(90);
      other.hits.add(1);
      await expect(other.saveChanges()).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
      await session.hits.increase();
    }
  });

  test('may be written anew as a whole after it was deleted', async () => {
    const user = await createUser({ score: 1 });

    await user.pipeline(async () => {
      await user.delete();
      await user.save();
      user.score.add(1);
    });

    expect(await backend.json(user.key, '$.score')).toBe(2);
  });
});
