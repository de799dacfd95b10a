import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('save', (backend) => {
  useModels(backend, User);

  test('stores a new document and resolves to the instance', async () => {
    const user = User.build({ username: 'new one' });

    await expect(user.save()).resolves.toBe(user);

    expect(await backend.json('User:new one', '$.username')).toBe('new one');
  });

  test('overwrites what is stored with the local values', async () => {
    const user = await createUser({ tags: ['a'] });
    await backend.overwrite(user.key, '$["tags"]', ['other']);
    await backend.overwrite(user.key, '$["unknown"]', 1);
    user.email = 'x@y.z';

    await user.save();

    expect(await backend.json(user.key)).toEqual({ ...user.toJSON(), email: 'x@y.z', tags: ['a'] });
  });

  test('leaves nothing for saveChanges()', async () => {
    const user = await createUser();
    user.email = 'x@y.z';
    user.score.add(3);

    await user.save();

    expect(await backend.commandsSent(() => user.saveChanges())).toEqual([]);
    expect(await backend.json(user.key, '$.score')).toBe(3);
  });

  test('keeps the local changes for another try when it fails', async () => {
    const user = await createUser();
    user.email = 'x@y.z';
    await backend.send('DEL', user.key);
    await backend.send('SET', user.key, 'in the way');

    await expect(user.save()).rejects.toMatchObject({ key: user.key });
    await backend.send('DEL', user.key);
    await User.build({ username: user.pk }).save();
    await user.saveChanges();

    expect(await backend.json(user.key, '$.email')).toBe('x@y.z');
  });
});
