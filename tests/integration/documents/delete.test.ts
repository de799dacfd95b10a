import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('delete', (backend) => {
  useModels(backend, User);

  test('removes the document and says whether there was one', async () => {
    const user = await createUser();

    await expect(user.delete()).resolves.toBe(true);
    await expect(user.delete()).resolves.toBe(false);

    expect(await user.exists()).toBe(false);
  });

  test('leaves the local values, which can be saved again', async () => {
    const user = await createUser({ score: 3 });
    await user.delete();

    await user.save();

    expect(await backend.json(user.key, '$.score')).toBe(3);
  });

  test('deleteByKey takes a key or a pk', async () => {
    const [one, other] = [await createUser(), await createUser()];

    await expect(User.deleteByKey(one.key)).resolves.toBe(true);
    await expect(User.deleteByKey(other.pk)).resolves.toBe(true);
    await expect(User.deleteByKey(other.pk)).resolves.toBe(false);
  });

  test('deleteMany counts what there was', async () => {
    const users = [await createUser(), await createUser(), await createUser()];

    await expect(User.deleteMany([...users.map(({ pk }) => pk), 'nobody', 'User:none'])).resolves.toBe(3);
    await expect(User.deleteMany(users.map(({ key }) => key))).resolves.toBe(0);
    await expect(User.deleteMany([])).resolves.toBe(0);
  });

  test('deleteMany removes thousands', async () => {
    const made = await User.insertMany(Array.from({ length: 2500 }, (_, at) => ({ username: `many ${at}` })));

    await expect(User.deleteMany(made.map(({ key }) => key))).resolves.toBe(2500);
  });
});
