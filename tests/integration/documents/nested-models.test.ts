import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';
import { createUser, User, type Address } from '../../support/user';

describeOnEveryBackend('a nested model', (backend) => {
  useModels(backend, User);

  test.each([
    ['delete', (address: Address) => address.delete()],
    ['duplicate', (address: Address) => address.duplicate()],
    ['duplicateMany', (address: Address) => address.duplicateMany(1)],
    ['saveChanges', (address: Address) => address.saveChanges()],
    ['exists', (address: Address) => address.exists()],
    ['expire', (address: Address) => address.expire(5)],
    ['ttl', (address: Address) => address.ttl()],
  ])('refuses %s, which works on whole documents', async (verb, call) => {
    const user = await createUser({ address: { city: 'Paris' } });

    const sent = await backend.commandsSent(() =>
      expect(call(user.address as Address)).rejects.toMatchObject({
        code: 'NESTED_MODEL',
        model: 'Address',
        command: verb,
        key: user.key,
        path: '$["address"]',
      }),
    );

    expect(sent).toEqual([]);
  });

  test('save and load touch its path only', async () => {
    const user = await createUser({ address: { city: 'Paris' } });
    const address = user.address as Address;
    await backend.overwrite(user.key, '$["email"]', 'theirs');
    address.city = 'Lyon';

    await address.save();
    expect(await backend.json(user.key)).toMatchObject({ email: 'theirs', address: { city: 'Lyon', street: '' } });
    await backend.overwrite(user.key, '$["address"]', { city: 'Nice', street: 's' });
    await expect(address.load()).resolves.toBe(address);

    expect(address.toJSON()).toEqual({ city: 'Nice', street: 's' });
    expect(user.email).toBe('');
    expect(await backend.commandsSent(() => user.saveChanges())).toEqual([]);
  });

  test('save in a pipeline is part of the commit, and undone with it', async () => {
    const user = await createUser({ address: { city: 'Paris' } });
    const address = user.address as Address;

    const failed = user.pipeline(async () => {
      await address.save();
      address.city = 'Lyon';
      await address.save();
      throw new Error('stop');
    });
    await expect(failed).rejects.toThrow('stop');
    expect([user.address, address.city]).toEqual([address, 'Paris']);
    await user.pipeline(async () => {
      address.city = 'Nice';
      await address.save();
    });

    expect(await backend.json(user.key, '$.address')).toEqual({ city: 'Nice', street: '' });
    expect(await backend.commandsSent(() => user.saveChanges())).toEqual([]);
  });

  test('save of one whose document is gone creates nothing', async () => {
    const user = await createUser({ address: { city: 'Paris' } });
    await backend.send('DEL', user.key);

    await expect((user.address as Address).save()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });
    await expect((user.address as Address).load()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });

    expect(await backend.send('EXISTS', user.key)).toBe(0);
  });

  test('its verbs are refused when another writer has removed it', async () => {
    const user = await createUser({ address: { city: 'Paris' } });
    await backend.overwrite(user.key, '$["address"]', null);

    await expect((user.address as Address).aupdate({ city: 'x' })).rejects.toMatchObject({ code: 'PATH_MISMATCH' });
    await expect(user.pipeline(() => ((user.address as Address).city = 'x'))).rejects.toMatchObject({
      code: 'PATH_MISMATCH',
      path: '$["address"]',
    });

    expect(await backend.json(user.key, '$.address')).toBeNull();
    expect(user.address?.city).toBe('Paris');
  });

  test('keeps members that its class does not know', async () => {
    const user = await createUser({ address: { city: 'Paris' } });
    await backend.overwrite(user.key, '$["address"]["zip"]', '75');
    const read = await User.get(user.key);

    (read.address as Address).city = 'Lyon';
    await read.saveChanges();
    expect(await backend.json(user.key, '$.address')).toEqual({ city: 'Lyon', street: '', zip: '75' });

    const failed = read.pipeline(() => {
      read.update({ address: { city: 'Nice' } });
      throw new Error('stop');
    });
    await expect(failed).rejects.toThrow('stop');
    await read.save();

    expect(await backend.json(user.key, '$.address')).toEqual({ city: 'Lyon', street: '', zip: '75' });
  });

  test('is checked as a whole when it is assigned', async () => {
    const user = await createUser();

    expect(() => user.update({ address: { street: 's' } })).toThrow(errorWith({ code: 'VALIDATION', path: '$["address"]["city"]' }));
    expect(user.address).toBeNull();
  });

  test('of another document is copied, not shared', async () => {
    const [one, other] = [await createUser({ address: { city: 'Paris' } }), await createUser()];

    other.update({ address: one.address });
    (other.address as Address).city = 'Lyon';
    await other.saveChanges();

    expect(one.address?.city).toBe('Paris');
    expect(await backend.json(other.key, '$.address.city')).toBe('Lyon');
  });
});
