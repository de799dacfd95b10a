import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('size of a pipeline', (backend) => {
  useModels(backend, User);

  test('nothing: nothing is sent', async () => {
    const user = await createUser();

    expect(await backend.commandsSent(() => user.pipeline(() => undefined))).toEqual([]);
    await expect(user.pipeline(async () => undefined)).resolves.toEqual({ committed: true, replies: [] });
  });

  test('one operation', async () => {
    const user = await createUser();

    await expect(user.pipeline(() => user.score.add(3))).resolves.toEqual({ committed: true, replies: [3] });
  });

  test('10,000 operations that can be joined', async () => {
    const user = await createUser();

    const { replies } = await user.pipeline(() => {
      for (let at = 0; at < 2500; at += 1) {
        user.score.add(2);
        user.tags.append(`tag ${at}`);
        user.settings[`name ${at}`] = String(at);
        user.email = `mail ${at}`;
      }
    });

    expect(replies).toHaveLength(10_000);
    const stored = (await backend.json(user.key)) as { score: number; tags: string[]; settings: object; email: string };
    expect(stored).toMatchObject({ score: 5000, email: 'mail 2499' });
    expect(stored.tags).toHaveLength(2500);
    expect(Object.keys(stored.settings)).toHaveLength(2500);
    expect(user.toJSON()).toEqual(stored);
  });

  test('10,000 operations that cannot be joined', async () => {
    const user = await createUser({ tags: ['a'] });

    await user.pipeline(() => {
      for (let at = 0; at < 5000; at += 1) {
        user.tags[0] = `item ${at}`;
        user.tags.insert(0, 'new');
        if (user.tags.length > 10) user.tags.pop();
      }
    });

    expect(user.toJSON()).toEqual(await backend.json(user.key));
  });

  test('one operation with a value of a megabyte', async () => {
    const user = await createUser();
    const text = 'é"\\'.repeat(250_000);

    await user.pipeline(() => {
      user.email = text;
    });

    expect(await backend.json(user.key, '$.email')).toBe(text);
  });

  test('20,000 items appended and extended at once', async () => {
    const user = await createUser();
    const items = Array.from({ length: 20_000 }, (_, at) => `item ${at}`);

    await user.tags.aextend(items);
    await user.pipeline(() => user.tags.extend(items));
    await user.pipeline(() => user.tags.unshift(...items));

    expect(await backend.json(user.key, '$.tags')).toEqual([...items, ...items, ...items]);
    expect([...user.tags]).toHaveLength(60_000);
  });
});
