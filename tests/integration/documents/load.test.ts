import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('load', (backend) => {
  useModels(backend, User);

  test('refreshes this instance, and values that were taken from it before', async () => {
    const user = await createUser({ tags: ['a'], score: 1, settings: { a: '1' } });
    const { tags, score, settings } = user;
    await backend.overwrite(user.key, '$', { ...user.toJSON(), email: 'new', tags: ['x', 'y'], score: 9, settings: { b: '2' } });

    await expect(user.load()).resolves.toBe(user);

    expect(user.email).toBe('new');
    expect([...tags]).toEqual(['x', 'y']);
    expect(score.value).toBe(9);
    expect(settings.clone()).toEqual({ b: '2' });
    expect(user.tags).toBe(tags);
  });

  test('drops local changes that were not saved', async () => {
    const user = await createUser();
    user.email = 'unsaved';
    user.score.add(5);

    await user.load();
    await user.saveChanges();

    expect(user.email).toBe('');
    expect(await backend.json(user.key)).toMatchObject({ email: '', score: 0 });
  });

  test('says when the document is gone, and leaves the local values', async () => {
    const user = await createUser({ score: 3 });
    await backend.send('DEL', user.key);

    await expect(user.load()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });

    expect(user.score.value).toBe(3);
  });

  test('of one value refreshes that value only', async () => {
    const user = await createUser({ tags: ['a'], settings: { a: '1' }, score: 1 });
    await backend.overwrite(user.key, '$', { ...user.toJSON(), email: 'new', tags: ['x'], score: 9, settings: { b: '2' } });

    await user.tags.load();
    await user.score.load();
    await user.settings.load();

    expect(user.toJSON()).toMatchObject({ email: '', tags: ['x'], score: 9, settings: { b: '2' } });
  });

  test('of a value whose path is gone says so', async () => {
    const user = await createUser();
    await backend.send('JSON.DEL', user.key, '$["score"]');
    await backend.send('JSON.DEL', user.key, '$["tags"]');

    await expect(user.score.load()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key, path: '$["score"]' });
    await expect(user.tags.load()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', path: '$["tags"]' });
  });

  test('of a value that was changed locally forgets that change and no other', async () => {
    const user = await createUser();
    user.email = 'kept';
    user.score.add(5);

    await user.score.load();
    await user.saveChanges();

    expect(await backend.json(user.key)).toMatchObject({ email: 'kept', score: 0 });
  });
});
