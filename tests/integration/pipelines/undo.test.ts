import { AtomicRedisModel, connect, Field, Model, RedisInt } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

@Model()
class Passing extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
}

const start = { email: 'e', score: 5, tags: ['a', 'b'], settings: { theme: 'dark' }, address: { city: 'Paris' } };

/** Changes everything there is to change. */
function changeAll(user: User): void {
  user.email = 'changed';
  user.score.add(10);
  user.tags.append('c');
  user.tags[0] = 'x';
  user.tags.sort();
  user.settings['lang'] = 'en';
  delete user.settings['theme'];
  if (user.address !== null) user.address.city = 'Lyon';
  user.address = null;
  user.update({ tags: ['z'], settings: {}, address: { city: 'Nice' } });
}

describeOnEveryBackend('undo of a pipeline', (backend) => {
  useModels(backend, User);

  async function expectUntouched(user: User, before: unknown): Promise<void> {
    expect(user.toJSON()).toEqual(before);
    expect(await backend.json(user.key)).toEqual(before);
    expect(await backend.commandsSent(() => user.saveChanges())).toEqual([]);
  }

  test('puts everything back when the callback throws', async () => {
    const user = await createUser(start);
    const before = user.toJSON();

    await expect(
      user.pipeline(async (same) => {
        changeAll(same);
        await same.tags.aappend('later');
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');

    await expectUntouched(user, before);
  });

  test('puts everything back when the commit is refused, and names the operation that failed', async () => {
    const user = await createUser(start);
    const before = user.toJSON();
    await backend.overwrite(user.key, '$["score"]', 'no number');

    const refused = user.pipeline(() => {
      user.email = 'first';
      user.score.add(1);
      changeAll(user);
    });

    await expect(refused).rejects.toMatchObject({
      code: 'PATH_MISMATCH',
      key: user.key,
      path: '$["score"]',
      command: 'add',
      index: 1,
      expected: 'a number',
      found: 'string',
    });
    await backend.overwrite(user.key, '$["score"]', 5);
    await expectUntouched(user, before);
  });

  test('a value that does not fit is refused at once, and the rest can still commit', async () => {
    const user = await createUser(start);

    await user.pipeline(() => {
      user.tags.append('good');
      expect(() => user.tags.append(7 as unknown as string)).toThrow(errorWith({ code: 'VALIDATION', path: '$["tags"][3]' }));
      expect(() => (user.email = 7 as unknown as string)).toThrow(errorWith({ code: 'VALIDATION', path: '$["email"]' }));
      expect(() => user.score.add(1.5)).toThrow(errorWith({ code: 'VALIDATION' }));
    });

    expect(await backend.json(user.key)).toMatchObject({ email: 'e', score: 5, tags: ['a', 'b', 'good'] });
    expect([...user.tags]).toEqual(['a', 'b', 'good']);
  });

  test('a value that does not fit and is not caught undoes the whole pipeline', async () => {
    const user = await createUser(start);
    const before = user.toJSON();

    await expect(
      user.pipeline(() => {
        changeAll(user);
        user.update({ email: 'x', score: 'many' as unknown as number });
      }),
    ).rejects.toMatchObject({ code: 'VALIDATION' });

    await expectUntouched(user, before);
  });

  test('leaves local changes alone that were made before the pipeline', async () => {
    const user = await createUser(start);
    user.email = 'before';
    user.tags.append('before');

    await user
      .pipeline(() => {
        changeAll(user);
        throw new Error('stop');
      })
      .catch(() => undefined);

    expect(user.email).toBe('before');
    expect([...user.tags]).toEqual(['a', 'b', 'before']);
    await user.saveChanges();
    expect(await backend.json(user.key)).toMatchObject({ email: 'before', tags: ['a', 'b', 'before'], settings: { theme: 'dark' } });
  });

  test('values that were taken before the pipeline work after it was undone', async () => {
    const user = await createUser(start);
    const { tags, settings, address } = user;

    await user
      .pipeline(() => {
        changeAll(user);
        throw new Error('stop');
      })
      .catch(() => undefined);
    await tags.aappend('c');
    await settings.asetItem('a', '1');
    await address?.aupdate({ city: 'Rome' });

    expect(user.tags).toBe(tags);
    expect(user.address).toBe(address);
    expect(await backend.json(user.key)).toMatchObject({
      tags: ['a', 'b', 'c'],
      settings: { theme: 'dark', a: '1' },
      address: { city: 'Rome' },
    });
    expect(user.toJSON()).toEqual(await backend.json(user.key));
  });

  test('puts everything back when the connection was closed before the commit, also under a lock', async () => {
    const database = await connect(await backend.target(), { models: [Passing] });
    const plain = await Passing.create({});
    const locked = await Passing.create({});
    const add = (passing: Passing): Promise<unknown> => passing.pipeline(() => passing.count.add(1));

    let addition: Promise<unknown> | undefined;
    const section = locked.withLock('work', async () => {
      await database.close();
      addition = add(locked);
      await addition.catch(() => undefined);
    });
    await section.catch(() => undefined);
    await expect(addition).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await expect(add(plain)).rejects.toMatchObject({ code: 'NOT_CONNECTED' });

    expect([locked.count.value, plain.count.value]).toEqual([0, 0]);
  });
});
