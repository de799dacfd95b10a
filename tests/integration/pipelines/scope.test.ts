import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('scope of a pipeline', (backend) => {
  useModels(backend, User);

  test('the callback gets the same instance', async () => {
    const user = await createUser();

    await user.pipeline((same) => {
      expect(same).toBe(user);
    });
  });

  test('follows the async flow through helpers and timers', async () => {
    const user = await createUser();
    const helper = async (): Promise<void> => {
      await sleep(1);
      await user.tags.aappend('from a helper');
    };

    await user.pipeline(async () => {
      await Promise.all([helper(), helper()]);
      expect(await backend.json(user.key, '$.tags')).toEqual([]);
    });

    expect(await backend.json(user.key, '$.tags')).toEqual(['from a helper', 'from a helper']);
  });

  test('is closed for work that goes on after its end', async () => {
    const user = await createUser();
    let late: Promise<unknown> = Promise.resolve();

    await user.pipeline(() => {
      late = (async () => {
        await sleep(20);
        user.tags.append('late');
      })();
    });

    await expect(late).rejects.toMatchObject({ code: 'PIPELINE_CLOSED', key: user.key, model: 'User' });
    expect([...user.tags]).toEqual([]);
    await user.saveChanges();
    expect(await backend.json(user.key, '$.tags')).toEqual([]);
  });

  test('late work of the async verbs is refused as well', async () => {
    const user = await createUser();
    let late: Promise<unknown> = Promise.resolve();

    await user.pipeline(() => {
      late = sleep(20).then(() => user.score.increase(5));
    });

    await expect(late).rejects.toMatchObject({ code: 'PIPELINE_CLOSED' });
    expect(await backend.json(user.key, '$.score')).toBe(0);
  });

  test('a second flow on the same instance is refused while it is open', async () => {
    const user = await createUser();
    let open: () => void = () => undefined;
    const first = user.pipeline(async () => {
      user.score.add(1);
      await new Promise<void>((resolve) => (open = resolve));
    });

    await expect(user.pipeline(() => user.score.add(10))).rejects.toMatchObject({ code: 'PIPELINE_BUSY', key: user.key });
    open();
    await first;
    await user.pipeline(() => user.score.add(100));

    expect(await backend.json(user.key, '$.score')).toBe(101);
  });

  test('instances of the same document are independent of each other', async () => {
    const user = await createUser();
    const other = await User.get(user.key);

    await user.pipeline(async () => {
      user.score.add(1);
      await other.pipeline(() => other.score.add(10));
      expect(await other.score.increase(100)).toBe(110);
    });

    expect(await backend.json(user.key, '$.score')).toBe(111);
  });

  test('reads run at once and do not see what is queued', async () => {
    const user = await createUser({ score: 1 });

    await user.pipeline(async () => {
      user.score.add(5);
      expect((await User.get(user.key)).score.value).toBe(1);
      expect(await user.exists()).toBe(true);
      expect(await User.afindKeys()).toContain(user.key);
    });

    expect(await backend.json(user.key, '$.score')).toBe(6);
  });

  test('documents that are not part of it are written at once', async () => {
    const [user, other] = [await createUser(), await createUser()];

    await user.pipeline(async () => {
      expect(await other.score.increase(3)).toBe(3);
      expect(await backend.json(other.key, '$.score')).toBe(3);
    });
  });

  test('an instance works as usual after it', async () => {
    const user = await createUser();

    await user.pipeline(() => user.score.add(1));
    expect(await user.score.increase(1)).toBe(2);
    await user.pipeline(() => user.score.add(1));

    expect(await backend.json(user.key, '$.score')).toBe(3);
  });

  test('an instance works as usual after one that threw', async () => {
    const user = await createUser({ tags: ['a'] });
    await expect(
      user.pipeline(() => {
        user.tags.append('never');
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');

    expect(await user.tags.aappend('b')).toBe(2);
    await user.pipeline(() => user.tags.append('c'));

    expect(await backend.json(user.key, '$.tags')).toEqual(['a', 'b', 'c']);
  });

  test('on a nested model is one on its document', async () => {
    const user = await createUser({ address: { city: 'Paris' } });

    await user.address?.pipeline((address) => {
      address.city = 'Lyon';
      user.score.add(1);
    });

    expect(await backend.json(user.key)).toMatchObject({ score: 1, address: { city: 'Lyon' } });
  });

  const strangers: [string, (user: User) => unknown][] = [
    ['save', (user) => user.save()],
    ['a verb', (user) => user.score.increase()],
    ['load', (user) => user.load()],
    ['load of a field', (user) => user.tags.load()],
    ['saveChanges', (user) => user.saveChanges()],
    ['delete', (user) => user.delete()],
    ['withLock', (user) => user.withLock('work', () => undefined)],
    ['lock', (user) => user.lock('work')],
  ];

  test.each(strangers)('%s of another flow is refused while it is open, because the local values are not decided', async (_, act) => {
    const user = await createUser({ score: 1 });
    let open = (): void => undefined;
    const isOpen = new Promise<void>((resolve) => (open = resolve));
    let end = (): void => undefined;
    const mayEnd = new Promise<void>((resolve) => (end = resolve));
    const running = user.pipeline(async () => {
      user.score.add(10);
      open();
      await mayEnd;
      throw new Error('changed my mind');
    });
    await isOpen;

    await expect(act(user)).rejects.toMatchObject({ code: 'PIPELINE_BUSY', key: user.key });
    end();

    await expect(running).rejects.toThrow('changed my mind');
    expect(user.score.value).toBe(1);
    expect(await backend.json(user.key, '$.score')).toBe(1);
  });

  test('refuses to load its own document, whose changes would be gone', async () => {
    const user = await createUser({ score: 1 });

    await expect(user.pipeline(() => user.load())).rejects.toMatchObject({ code: 'PIPELINE_NEEDS_REPLY' });
    await expect(user.pipeline(() => user.tags.load())).rejects.toMatchObject({ code: 'PIPELINE_NEEDS_REPLY' });
  });

  test('options that are null are refused before anything is changed', async () => {
    const user = await createUser();

    await expect(user.pipeline(() => user.score.add(1), null as never)).rejects.toThrow(TypeError);

    expect(user.score.value).toBe(0);
  });

  test('a generator is refused, because nobody would run it', async () => {
    const user = await createUser();

    for (const work of [
      function* () {
        yield user.score.add(1);
      },
      async function* () {
        yield await user.score.increase();
      },
    ]) {
      await expect(user.pipeline(work)).rejects.toThrow('is a generator');
    }

    expect(user.score.value).toBe(0);
  });
});
