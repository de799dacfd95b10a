import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('get and find', (backend) => {
  useModels(backend, User);

  test('read by key and by pk', async () => {
    const user = await createUser({ score: 3 });

    for (const read of [await User.get(user.key), await User.get(user.pk), await User.find(user.key), await User.find(user.pk)]) {
      expect(read?.key).toBe(user.key);
      expect(read?.toJSON()).toEqual(user.toJSON());
    }
  });

  test('a pk with colons is found by itself and by its key', async () => {
    const user = await createUser({ username: 'a:b@x.com' });

    expect(user.key).toBe('User:a:b@x.com');
    expect((await User.get('a:b@x.com')).pk).toBe('a:b@x.com');
    expect((await User.get('User:a:b@x.com')).pk).toBe('a:b@x.com');
  });

  test('get of a missing document throws, find of it is null', async () => {
    await expect(User.get('nobody')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', model: 'User', key: 'User:nobody' });
    await expect(User.find('nobody')).resolves.toBeNull();
  });

  test('a key that holds another Redis type is no document', async () => {
    await backend.send('SET', 'User:plain', 'text');

    await expect(User.get('User:plain')).rejects.toMatchObject({ code: 'PATH_MISMATCH', key: 'User:plain' });
    await expect(User.get('User:plain')).rejects.toThrow('get on "User:plain" needs a JSON document, found another Redis type');
  });

  test('members that the model does not know are no obstacle', async () => {
    const user = await createUser();
    await backend.overwrite(user.key, '$["unknown"]', { deep: [1] });

    const read = await User.get(user.key);

    expect(Object.keys(read.toJSON())).not.toContain('unknown');
  });

  test('every read gives an instance of its own', async () => {
    const user = await createUser();
    const [one, other] = [await User.get(user.key), await User.get(user.key)];

    one.tags.append('x');

    expect([...other.tags]).toEqual([]);
  });
});
