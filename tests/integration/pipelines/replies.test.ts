import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('replies of a pipeline', (backend) => {
  useModels(backend, User);

  test('stand in the order of the operations', async () => {
    const user = await createUser({ score: 1, tags: ['a'], settings: { a: '1' } });

    const { replies } = await user.pipeline(async () => {
      user.tags.append('b');
      user.email = 'x';
      user.score.add(4);
      user.settings.delete('a');
      user.settings.delete('zzz');
      user.tags.insert(0, 'c');
      await user.settings.asetItem('b', '2');
    });

    expect(replies).toEqual([2, true, 5, true, false, 3, true]);
  });

  test('are the last ones where an operation takes several commands', async () => {
    const user = await createUser({ tags: ['a'] });

    const { replies } = await user.pipeline(() => {
      user.tags.extend(Array.from({ length: 1500 }, () => 'b'));
      user.email = 'x';
    });

    expect(replies).toEqual([1501, true]);
  });

  test('say what the server holds, which others have changed', async () => {
    const user = await createUser({ score: 1, tags: ['a'] });
    await backend.overwrite(user.key, '$["score"]', 100);
    await backend.overwrite(user.key, '$["tags"]', ['a', 'b', 'c']);

    const { replies } = await user.pipeline(() => {
      user.score.add(1);
      user.tags.append('d');
    });

    expect(replies).toEqual([101, 4]);
  });

  test('verbs inside resolve at once to the local result', async () => {
    const user = await createUser({ score: 1, tags: ['a'] });
    await backend.overwrite(user.key, '$["score"]', 100);

    await user.pipeline(async () => {
      await expect(user.score.increase(1)).resolves.toBe(2);
      await expect(user.tags.aappend('b')).resolves.toBe(2);
      await expect(user.settings.adelItem('zzz')).resolves.toBe(false);
    });

    expect(await backend.json(user.key, '$.score')).toBe(101);
  });

  test('verbs whose answer only the server has are refused and name what to use instead', async () => {
    const user = await createUser({ tags: ['a'], settings: { a: '1' } });

    await user.pipeline(async () => {
      await expect(user.tags.apop()).rejects.toThrow(/apop\(\) needs the server's reply.*use pop\(\) or shift\(\)/);
      await expect(user.settings.apop('a')).rejects.toMatchObject({
        code: 'PIPELINE_NEEDS_REPLY',
        command: 'apop',
        path: '$["settings"]',
      });
      await expect(user.settings.apopItem()).rejects.toThrow(/entries\(\) and delete\(\)/);
      await expect(user.settings.asetDefault('a', '2')).rejects.toThrow(/has\(\) and set\(\)/);
    });
  });
});
