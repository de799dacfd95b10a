import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('verbs that are started one after the other without waiting', (backend) => {
  useModels(backend, User);

  const firstVerbs: [string, (user: User) => Promise<unknown>][] = [
    ['save', (user) => user.save()],
    ['aupdate', (user) => user.aupdate({ score: 0 })],
    ['saveChanges', (user) => ((user.score.value = 0), user.saveChanges())],
    ['save of a field', (user) => user.field('score').save()],
  ];

  test.each(firstVerbs)('%s reaches Redis before an increase that follows', async (_, start) => {
    const user = await createUser({ score: 0 });

    const started = [start(user), user.score.increase(5)];
    await Promise.all(started);

    expect(await backend.json(user.key, '$.score')).toBe(5);
  });

  test('an increase reaches Redis before a deletion, and a creation before an increase', async () => {
    const user = await createUser({ score: 0 });

    const [score, deleted] = await Promise.all([user.score.increase(5), user.delete()]);

    expect([score, deleted]).toEqual([5, true]);
    expect(await user.exists()).toBe(false);
  });

  test('a read answers what was written before it', async () => {
    const user = await createUser({ tags: [] });

    const [, fresh] = await Promise.all([user.tags.aappend('x'), User.get(user.pk)]);

    expect(fresh.tags).toEqual(['x']);
  });

  test('bad values reject the promise, and nothing is thrown at once', async () => {
    const user = await createUser();

    const wrong = 'five' as unknown as number;

    const results = await Promise.allSettled([
      user.score.increase(wrong),
      user.tags.aappend(5 as unknown as string),
      user.aupdate({ score: wrong }),
    ]);

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });
});
