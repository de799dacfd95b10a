import { setTimeout as sleep } from 'node:timers/promises';
import { pipeline, type RedatomError } from 'redatom';
import { Batch } from 'redatom/batch';
import { describeOnEveryBackend } from '../../support/backends';
import { expectNoUnhandledRejections } from '../../support/unhandled-rejections';
import { useModels } from '../../support/use-models';
import { createMember, createUser, Member, User } from '../../support/user';

/** Verbs that are refused before anything is sent. */
const refused: Record<string, (user: User) => Promise<unknown>> = {
  increase: ({ score }) => score.increase(0.5),
  decrease: ({ score }) => score.decrease(NaN),
  adjust: ({ score }) => score.adjust(1, { min: 5, max: 1 }),
  aappend: ({ tags }) => tags.aappend(7 as never),
  aextend: ({ tags }) => tags.aextend(['x', 7 as never]),
  ainsert: ({ tags }) => tags.ainsert(0.5, 'x'),
  aset: ({ tags }) => tags.aset(0, 7 as never),
  aremove: ({ tags }) => tags.aremove(7 as never),
  'apop of a list': ({ tags }) => tags.apop(),
  asetItem: ({ settings }) => settings.asetItem('a', 7 as never),
  'aupdate of a dict': ({ settings }) => settings.aupdate({ a: 7 as never }),
  adelItem: ({ settings }) => settings.adelItem('\ud800'),
  'apop of a dict': ({ settings }) => settings.apop('a'),
  apopItem: ({ settings }) => settings.apopItem(),
  asetDefault: ({ settings }) => settings.asetDefault('a', 'x'),
  aincrease: ({ settings }) => settings.aincrease('a' as never),
  'aappend of a text': (user) => user.field('email').aappend(7 as never),
  aupdate: (user) => user.aupdate({ email: 7 as never }),
  expire: (user) => user.expire(-1),
  delete: (user) => user.delete({ timeoutMs: -1 }),
  save: (user) => user.save({ timeoutMs: -1 }),
  'save with an option that is none': (user) => user.save({ mustBeNwe: true } as never),
  'save of a part': ({ tags }) => tags.save({ timeoutMs: -1 }),
  saveChanges: (user) => user.saveChanges({ timeoutMs: -1 }),
  load: (user) => user.load(),
  'load of a list': ({ tags }) => tags.load(),
  'load of a dict': ({ settings }) => settings.load(),
  'load of a value': ({ score }) => score.load(),
  'load of a nested model': (user) => (user.address as NonNullable<User['address']>).load(),
  deleteByKey: ({ key }) => User.deleteByKey(key),
  deleteMany: ({ key }) => User.deleteMany(['other', key]),
  lock: (user) => user.lock(),
  withLock: (user) => user.withLock('work', () => undefined),
  lockFromKey: ({ key }) => User.lockFromKey(key),
  withLockFromKey: ({ key }) => User.withLockFromKey(key, 'work', () => undefined),
  'increase of a document that was not read': ({ key }) => User.at(key).score.increase(),
  'aupdate of one': ({ key }) => User.at(key).aupdate({ email: 'x' }),
  'aupdate of a part of one': ({ key }) => User.at(key).address.aupdate({ city: 'x' }),
  'delete of one': ({ key }) => User.at(key).delete(),
  'expire of one': ({ key }) => User.at(key).expire(1),
  'verb of a removed part': (user) => {
    const address = user.address as NonNullable<User['address']>;
    user.address = null;
    return address.field('city').aappend('!');
  },
};

const values = { score: 1, tags: ['a'], settings: { a: '1' }, address: { city: 'Rome', street: '' } };

describeOnEveryBackend('verbs that are refused inside a pipeline', (backend) => {
  useModels(backend, User, Member);
  expectNoUnhandledRejections();

  describe.each(Object.entries(refused))('%s', (_name, verb) => {
    test('refuses it, when nobody waits for it', async () => {
      const user = await createUser(values);
      const before = [await backend.json(user.key), user.toJSON()];

      const work = user.pipeline((same) => {
        same.score.add(1);
        void verb(same);
        same.tags.append('z');
      });

      await expect(work).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) as string });
      expect([await backend.json(user.key), user.toJSON()]).toEqual(before);
    });

    test('rejects for a caller that waits for it, and the rest is written if the caller handles that', async () => {
      const user = await createUser(values);
      const seen = jest.fn();

      await user.pipeline(async (same) => {
        same.score.add(1);
        await verb(same).catch(seen);
      });

      expect(seen).toHaveBeenCalledTimes(1);
      expect(await backend.json(user.key, '$.score')).toBe(2);
    });
  });

  const bad = ({ tags }: User): Promise<number> => tags.aappend(7 as never);

  const done = jest.fn();

  const lookedAt: Record<string, (user: User) => unknown> = {
    'a promise that is awaited later': async (user) => {
      const promise = bad(user);
      await sleep(2);
      await expect(promise).rejects.toThrow(/tags/);
    },
    allSettled: async (user) => {
      const [settled] = await Promise.allSettled([bad(user)]);
      expect(settled.status).toBe('rejected');
    },
    'then with two functions': (user) => bad(user).then(undefined, () => undefined),
    'then, and catch after it': (user) =>
      bad(user)
        .then(() => 1)
        .catch(() => undefined),
    'a catch that nobody waits for': (user) => void bad(user).catch(() => undefined),
    'finally, and catch after it': (user) =>
      bad(user)
        .finally(done)
        .catch(() => undefined),
  };

  test.each(Object.entries(lookedAt))('%s handles the error', async (_name, work) => {
    const user = await createUser(values);

    await user.pipeline(async () => {
      user.score.add(1);
      await work(user);
    });

    expect(await backend.json(user.key, '$.score')).toBe(2);
  });

  const overlooked: Record<string, (user: User) => unknown> = {
    'a then for its value only': (user) => void bad(user).then(() => 1),
    'finally alone': (user) => void bad(user).finally(done),
    'finally without a function': (user) => void bad(user).finally(),
    'a promise that is returned in a list': (user) => [bad(user)],
    'one of two': async (user) => {
      void bad(user);
      await bad(user).catch(() => undefined);
    },
    'the promise of the callback': (user) => bad(user),
    all: async (user) => {
      await Promise.all([bad(user), bad(user)]);
    },
  };

  test.each(Object.entries(overlooked))('%s does not', async (_name, work) => {
    const user = await createUser(values);

    const committed = user.pipeline(() => {
      user.score.add(1);
      return work(user);
    });

    await expect(committed).rejects.toMatchObject({ code: 'VALIDATION', path: '$["tags"][1]' } satisfies Partial<RedatomError>);
    expect(await backend.json(user.key, '$.score')).toBe(1);
    expect(user.score.value).toBe(1);
  });

  test('the error is the first one that nobody looks at', async () => {
    const user = await createUser(values);

    const work = user.pipeline(() => {
      void user.tags.aappend(7 as never);
      void user.score.increase(0.5);
    });

    await expect(work).rejects.toMatchObject({ path: '$["tags"][1]' });
  });

  test('a pipeline inside refuses itself only', async () => {
    const user = await createUser(values);

    await user.pipeline(async () => {
      user.score.add(1);
      const inner = user.pipeline(() => {
        user.score.add(10);
        void bad(user);
      });
      await expect(inner).rejects.toMatchObject({ code: 'VALIDATION' });
    });

    expect(await backend.json(user.key, '$.score')).toBe(2);
  });

  test('verbs of a document of the outer pipeline refuse that', async () => {
    const [outer, inner] = [await createMember(values), await createMember(values)];

    const work = outer.pipeline(async () => {
      await inner.pipeline(() => {
        inner.score.add(1);
        void bad(outer);
      });
    });

    await expect(work).rejects.toMatchObject({ code: 'VALIDATION', key: outer.key });
    expect(await backend.json(inner.key, '$.score')).toBe(2);
  });

  test('a pipeline of several documents is refused by one of them', async () => {
    const [from, to] = [await createMember(values), await createMember(values)];

    const work = pipeline([from, to], () => {
      from.score.subtract(1);
      to.score.add(1);
      void bad(to);
    });

    await expect(work).rejects.toMatchObject({ code: 'VALIDATION', key: to.key });
    expect([await backend.json(from.key, '$.score'), await backend.json(to.key, '$.score')]).toEqual([1, 1]);
  });

  test('the pipeline of a document that was not read is refused', async () => {
    const { pk, key } = await createUser(values);

    for (const work of [
      User.at(pk).pipeline((user) => {
        void user.score.increase();
        void user.tags.aappend(7 as never);
      }),
      User.at(pk).pipeline((user) => {
        void user.score.increase();
        void user.aupdate({ email: 7 as never });
      }),
      User.at(pk).pipeline((user) => {
        void user.score.increase();
        void (user as unknown as { tags: { apop(): Promise<unknown> } }).tags.apop();
      }),
    ])
      await expect(work).rejects.toMatchObject({ code: expect.stringMatching(/VALIDATION|PIPELINE_NEEDS_REPLY/) as string });

    expect(await backend.json(key, '$.score')).toBe(1);
  });

  test('so are the changes of a batch', async () => {
    const user = await createUser(values);

    const add = (): unknown =>
      new Batch(true).add([user], () => {
        user.score.add(1);
        void bad(user);
      });

    expect(add).toThrow(/tags/);
    expect(user.score.value).toBe(1);
  });
});
