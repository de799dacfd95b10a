import { describeOnEveryBackend } from '../../support/backends';
import { settled } from '../../support/settled';
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

  test('a pipeline whose work does not wait keeps its place', async () => {
    const user = await createUser({ tags: ['a'] });

    await Promise.all([user.pipeline(() => user.tags.append('x')), user.tags.aappend('y')]);

    expect(await backend.json(user.key, '$.tags')).toEqual(['a', 'x', 'y']);
    expect(user.tags).toEqual(['a', 'x', 'y']);
  });

  const underWay: [string, (user: User) => Promise<unknown>][] = [
    ['an append', (user) => user.tags.aappend('x')],
    ['an increase', (user) => user.score.increase(5)],
    ['a commit', (user) => user.aupdate({ email: 'x@y.z', score: 7 })],
  ];

  test.each(underWay)('save() does not write over %s that is under way', async (_, start) => {
    const user = await createUser({ tags: ['a'] });

    await Promise.all([start(user), user.save()]);

    expect(await backend.json(user.key)).toEqual(user.toJSON());
    expect(user.toJSON()).not.toMatchObject({ tags: ['a'], score: 0, email: '' });
  });

  test('save() of a part does not write over a verb on it that is under way', async () => {
    const user = await createUser({ score: 1, tags: ['a'], address: { city: 'Paris' } });
    const { address } = user;

    await Promise.all([
      user.tags.aappend('x'),
      user.tags.save(),
      user.score.increase(5),
      user.score.save(),
      address?.aupdate({ city: 'Rome' }),
      address?.save(),
      user.settings.asetItem('q', '1'),
      user.settings.save(),
    ]);

    expect(await backend.json(user.key)).toMatchObject({ score: 6, tags: ['a', 'x'], address: { city: 'Rome' }, settings: { q: '1' } });
    expect(user.toJSON()).toEqual(await backend.json(user.key));
  });

  const copies: [string, (user: User) => Promise<unknown>][] = [
    ['save()', (user) => user.save()],
    ['save() of a list', (user) => user.tags.save()],
    ['save() of a field', (user) => user.score.save()],
  ];

  test.each(copies)('%s does not write the changes of a commit under way that is refused then', async (_, write) => {
    const user = await createUser({ email: 'old', score: 5, tags: ['a'] });

    const refused = user.pipeline((same) => {
      same.email = 'new';
      same.tags.append('b');
      void same.score.adjust(-10, { min: 0 });
    });
    const [{ status }] = await Promise.all([settled(refused), write(user)]);

    expect(status).toBe('rejected');
    expect(await backend.json(user.key)).toMatchObject({ email: 'old', score: 5, tags: ['a'] });
    expect(user.toJSON()).toEqual(await backend.json(user.key));
  });

  test('duplicate() copies what a commit under way leaves when it is refused', async () => {
    const user = await createUser({ email: 'old', score: 5 });

    const refused = user.pipeline((same) => {
      same.email = 'new';
      void same.score.adjust(-10, { min: 0 });
    });
    const [, copy] = await Promise.all([settled(refused), user.duplicate(`${user.pk}-copy`)]);

    expect(await backend.json(copy.key)).toMatchObject({ email: 'old', score: 5 });
  });

  test('save() writes nothing twice when saveChanges() under way is refused then', async () => {
    const user = await createUser({ score: 5 });
    user.score.add(1);
    user.email = 'new';
    await backend.overwrite(user.key, '$.score', 'no number');

    const [{ status }] = await Promise.all([settled(user.saveChanges()), user.save()]);
    await user.saveChanges();

    expect(status).toBe('rejected');
    expect(await backend.json(user.key)).toMatchObject({ email: 'new', score: 6 });
  });

  const pairs: [string, (user: User) => Promise<unknown>[]][] = [
    ['load, increase', (user) => [user.load(), user.score.increase(2)]],
    ['load of a field, increase', (user) => [user.score.load(), user.score.increase(2)]],
    ['aupdate, increase', (user) => [user.aupdate({ email: 'x@y.z', score: 7 }), user.score.increase(2)]],
    ['pipeline, increase', (user) => [user.pipeline(() => user.score.add(10)), user.score.increase(2)]],
    ['load, pipeline', (user) => [user.load(), user.pipeline(() => user.score.add(10))]],
    ['load, saveChanges', (user) => [user.load(), (user.score.add(3), user.saveChanges())]],
    ['increase, adjust', (user) => [user.score.increase(2), user.score.adjust(3, { max: 10 })]],
  ];

  test.each(pairs)('the local values follow the answers in their order: %s', async (_, start) => {
    const user = await createUser({ score: 1 });

    await Promise.all(start(user));

    expect(user.score.value).toBe(await backend.json(user.key, '$.score'));
  });
});
