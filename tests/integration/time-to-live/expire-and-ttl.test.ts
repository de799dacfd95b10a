import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('expire and ttl', (backend) => {
  useModels(backend, User);

  test('ttl is null for a document that lives for ever, else seconds', async () => {
    const user = await createUser();

    await expect(user.ttl()).resolves.toBeNull();
    await user.expire(1.5);

    const left = await user.ttl();
    expect(left).toBeLessThanOrEqual(1.5);
    expect(left).toBeGreaterThan(1);
  });

  test.each([0, -1, NaN, Infinity])('expire(%p) is refused before anything is sent', async (seconds) => {
    const user = await createUser();

    const sent = await backend.commandsSent(() => expect(user.expire(seconds)).rejects.toThrow(RangeError));

    expect(sent).toEqual([]);
  });

  test('of a document that is gone say so', async () => {
    const user = await createUser();
    await user.delete();

    await expect(user.ttl()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });
    await expect(user.expire(10)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });
  });
});
