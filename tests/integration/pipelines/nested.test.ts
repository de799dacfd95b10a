import { pipeline } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('a pipeline inside another', (backend) => {
  useModels(backend, User);

  test('joins the outer one, which commits both', async () => {
    const user = await createUser();

    const outer = await user.pipeline(async () => {
      user.score.add(1);
      const inner = await user.pipeline(() => user.score.add(10));
      expect(inner).toEqual({ committed: false, replies: [] });
      expect(await backend.json(user.key, '$.score')).toBe(0);
      user.score.add(100);
    });

    expect(outer.committed).toBe(true);
    expect(await backend.json(user.key, '$.score')).toBe(111);
  });

  test('that throws takes back its own part only, when the error is caught', async () => {
    const user = await createUser({ tags: ['a'], settings: { a: '1' } });

    await user.pipeline(async () => {
      user.score.add(1);
      await user
        .pipeline(() => {
          user.score.add(10);
          user.update({ tags: ['b'], settings: {} });
          throw new Error('inner');
        })
        .catch(() => undefined);
      user.tags.append('z');
    });

    expect(await backend.json(user.key)).toMatchObject({ score: 1, tags: ['a', 'z'], settings: { a: '1' } });
    expect(user.toJSON()).toEqual(await backend.json(user.key));
  });

  test('is undone with the outer one', async () => {
    const user = await createUser({ score: 5 });

    await user
      .pipeline(async () => {
        await user.pipeline(() => user.score.add(10));
        throw new Error('outer');
      })
      .catch(() => undefined);

    expect(user.score.value).toBe(5);
    expect(await backend.json(user.key, '$.score')).toBe(5);
  });

  test('of another document commits by itself, at its own end', async () => {
    const [user, other] = [await createUser(), await createUser()];

    await user.pipeline(async () => {
      user.score.add(1);
      const { committed } = await other.pipeline(() => other.score.add(10));
      expect(committed).toBe(true);
      expect(await backend.json(other.key, '$.score')).toBe(10);
      expect(await backend.json(user.key, '$.score')).toBe(0);
    });

    expect(await backend.json(user.key, '$.score')).toBe(1);
  });

  test('of one of several documents joins them', async () => {
    const [user, other] = [await createUser(), await createUser()];

    await pipeline([user, other], async () => {
      await other.pipeline(() => other.score.add(10));
      expect(await backend.json(other.key, '$.score')).toBe(0);
    });

    expect(await backend.json(other.key, '$.score')).toBe(10);
  });

  test('of more documents than the outer one is refused, because two commits cannot be one', async () => {
    const [user, other] = [await createUser(), await createUser()];

    await user.pipeline(async () => {
      await expect(
        pipeline([user, other], () => {
          user.score.add(1);
          other.score.add(1);
        }),
      ).rejects.toMatchObject({ code: 'PIPELINE_BUSY' });
    });

    expect(user.score.value).toBe(0);
    expect(other.score.value).toBe(0);
    expect(await backend.json(user.key, '$.score')).toBe(0);
    expect(await backend.json(other.key, '$.score')).toBe(0);
  });
});
