import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('saveChanges', (backend) => {
  useModels(backend, User);

  test('sends nothing when nothing was changed', async () => {
    const user = await createUser();

    expect(await backend.commandsSent(() => user.saveChanges())).toEqual([]);
  });

  test('two writers of different fields both win', async () => {
    const user = await createUser({ tags: ['a'] });
    const [one, other] = [await User.get(user.key), await User.get(user.key)];
    one.email = 'x@y.z';
    one.score.add(1);
    other.settings['theme'] = 'dark';
    other.score.add(10);
    other.tags.append('b');

    await one.saveChanges();
    await other.saveChanges();

    expect(await backend.json(user.key)).toMatchObject({ email: 'x@y.z', score: 11, tags: ['a', 'b'], settings: { theme: 'dark' } });
  });

  test('keeps members that the model does not know', async () => {
    const user = await createUser();
    await backend.overwrite(user.key, '$["unknown"]', [1]);
    user.email = 'x@y.z';

    await user.saveChanges();

    expect(await backend.json(user.key, '$.unknown')).toEqual([1]);
  });

  test('does not bring a deleted document back, and keeps the changes', async () => {
    const user = await createUser();
    user.email = 'x@y.z';
    await backend.send('DEL', user.key);

    await expect(user.saveChanges()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });

    expect(await backend.send('EXISTS', user.key)).toBe(0);
    await User.create({ username: user.pk });
    await user.saveChanges();
    expect(await backend.json(user.key, '$.email')).toBe('x@y.z');
  });

  test('applies all changes or none', async () => {
    const user = await createUser({ tags: ['a', 'b'] });
    await backend.overwrite(user.key, '$["tags"]', []);
    user.email = 'x@y.z';
    user.tags[1] = 'c';

    await expect(user.saveChanges()).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range', path: '$["tags"]' });

    expect(await backend.json(user.key)).toMatchObject({ email: '', tags: [] });
  });

  test('notices a nested model that was set, changed and removed', async () => {
    const user = await createUser();

    user.update({ address: { city: 'Paris' } });
    await user.saveChanges();
    expect(await backend.json(user.key, '$.address')).toEqual({ city: 'Paris', street: '' });
    if (user.address !== null) user.address.city = 'Lyon';
    await user.saveChanges();
    expect(await backend.json(user.key, '$.address.city')).toBe('Lyon');
    user.address = null;
    await user.saveChanges();
    expect(await backend.json(user.key, '$.address')).toBeNull();
  });
});
