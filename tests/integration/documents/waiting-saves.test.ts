import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { pipeline } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { settled } from '../../support/settled';
import { useModels } from '../../support/use-models';
import { createMember, createUser, Member, User } from '../../support/user';

const refusedWith = (code: string): object => ({ status: 'rejected', reason: expect.objectContaining({ code }) as unknown });

type Verb = [string, (user: User) => Promise<unknown>];

describeOnEveryBackend('a save that waits for the verbs before it', (backend) => {
  useModels(backend, User, Member);

  /** The instance holds what is stored, and nothing waits for `saveChanges()`. */
  async function expectInStep(user: User): Promise<void> {
    expect(user.isStale).toBe(false);
    expect(user.toJSON()).toEqual(await backend.json(user.key));
    expect(await backend.commandsSent(() => user.saveChanges())).toEqual([]);
  }

  const saves: Verb[] = [
    ['save()', (user) => user.save()],
    ['save() of a list', (user) => user.tags.save()],
    ['save() of a dict', (user) => user.settings.save()],
    ['save() of a number', (user) => user.score.save()],
    ['save() of a plain field', (user) => user.field('email').save()],
    ['save() of a nested model', async (user) => user.address?.save()],
  ];

  test.each(saves)('keeps its place before a deletion, and the document is gone at the end: %s', async (_, save) => {
    const user = await createUser({ address: { city: 'Paris' } });

    const [, , deleted, exists] = await Promise.all([user.score.increase(1), save(user), user.delete(), user.exists()]);

    expect([deleted, exists]).toEqual([true, false]);
    expect(await backend.json(user.key)).toBeUndefined();
  });

  const followers: Verb[] = [
    ['increase', (user) => user.score.increase(10)],
    ['increase with a limit', (user) => user.score.increase(10, { timeoutMs: 60_000 })],
    ['aappend', (user) => user.tags.aappend('x')],
    ['aupdate', (user) => user.aupdate({ email: 'later', score: 50 })],
    ['load', (user) => user.load()],
    ['load of a part', (user) => user.settings.load()],
    ['pipeline', (user) => user.pipeline(() => (user.score.add(10), user.tags.append('x')))],
    ['pipeline that waits', (user) => user.pipeline(async () => (await sleep(1), user.score.add(10)))],
    ['exists', (user) => user.exists()],
    ['ttl', (user) => user.ttl()],
    ['expire', (user) => user.expire(100)],
  ];

  test.each(followers)('keeps its place before what follows: %s', async (_, follow) => {
    const user = await createUser({ tags: ['a'] });

    const sent = await backend.commandsSent(() => Promise.all([user.score.increase(1), user.save(), follow(user)]));

    expect(sent.slice(0, 2)).toEqual(['JSON.NUMINCRBY', 'JSON.SET']);
    expect(sent).toHaveLength(3);
    await expectInStep(user);
  });

  test('lets nothing of the instance pass it, and nothing that follows waits for an answer', async () => {
    const user = await createUser();

    const sent = await backend.commandsSent(() =>
      Promise.all([
        user.score.increase(1),
        user.save(),
        user.score.increase(1),
        user.tags.aappend('a'),
        user.tags.aappend('b'),
        user.ttl(),
      ]),
    );

    expect(sent).toEqual(['JSON.NUMINCRBY', 'JSON.SET', 'JSON.NUMINCRBY', 'JSON.ARRAPPEND', 'JSON.ARRAPPEND', 'PTTL']);
    await expectInStep(user);
    expect(user.toJSON()).toMatchObject({ score: 2, tags: ['a', 'b'] });
  });

  test('lets a second one wait for the verbs between them', async () => {
    const user = await createUser();

    const sent = await backend.commandsSent(() =>
      Promise.all([user.score.increase(1), user.save(), user.score.increase(2), user.save(), user.tags.save()]),
    );

    expect(sent).toEqual(['JSON.NUMINCRBY', 'JSON.SET', 'JSON.NUMINCRBY', 'JSON.SET', 'JSON.SET']);
    expect(await backend.json(user.key, '$.score')).toBe(3);
    await expectInStep(user);
  });

  const earlier: [string, (member: Member) => Promise<unknown>][] = [
    ['an increase', (member) => member.score.increase(1)],
    ['a pipeline', (member) => member.pipeline(() => member.score.add(1))],
  ];

  test.each(earlier)('is sent before a pipeline of several documents that follows, which waits for all: %s', async (_, begin) => {
    const [one, other] = [await createMember(), await createMember()];
    const both = (): unknown => ((one.email = 'last'), one.score.add(10), other.score.add(10));

    const sent = await backend.roundTrips(() => Promise.all([begin(one), one.save(), one.load(), pipeline([other, one], both)]));

    expect(sent.slice(1)).toEqual(['JSON.SET', 'JSON.GET', 'EVALSHA']);
    expect([one.score.value, other.score.value]).toEqual([11, 10]);
    await expectInStep(one);
    await expectInStep(other);
  });

  test('is sent though what it waits for fails, and so is what follows', async () => {
    const user = await createUser({ score: 5 });

    const refused = settled(user.score.adjust(-10, { min: 0 }));
    const rest = [user.save(), user.tags.aappend('x')];

    expect(await refused).toMatchObject(refusedWith('COMMIT_REFUSED'));
    await Promise.all(rest);
    expect(await backend.json(user.key)).toMatchObject({ score: 5, tags: ['x'] });
    await expectInStep(user);
  });

  test('does not hold up what follows when it fails', async () => {
    const user = await createUser();
    const wrong = { city: 5 as unknown as string };

    const outcomes = await Promise.allSettled([
      user.score.increase(1),
      user.save({ timeoutMs: -1 }),
      user.save(),
      user.aupdate({ address: wrong }),
      user.tags.aappend('x'),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    await expectInStep(user);
  });

  test('lets thousands that follow fail at once, each by itself', async () => {
    const user = await createUser();
    const handle = await user.lock('work');
    const increaseOutside = user.score.increase(1);
    await backend.send('DEL', `{${user.key}}/work:lock`);
    await increaseOutside;

    const saving = settled(user.save());
    const lost = settled(user.tags.aappend('never'));
    const following = Promise.all(Array.from({ length: 3_000 }, () => settled(user.score.increase(1))));

    expect(await Promise.all([saving, lost])).toEqual([refusedWith('LOCK_LOST'), refusedWith('LOCK_LOST')]);
    expect(await following).toEqual(Array.from({ length: 3_000 }, () => refusedWith('LOCK_LOST')));
    await settled(handle.release());
    await user.score.increase(1);
    expect(await backend.json(user.key)).toMatchObject({ score: 2, tags: [] });
  });

  test('keeps its place before a pipeline of several documents, and that before what follows on each of them', async () => {
    const [one, other] = [await createMember(), await createMember()];
    const append = (item: string): unknown => (one.tags.append(item), other.tags.append(item));

    await Promise.all([
      one.score.increase(1),
      one.save(),
      pipeline([one, other], () => append('first')),
      other.tags.aappend('second'),
      other.save(),
      pipeline([other, one], () => append('third')),
      one.tags.aappend('fourth'),
    ]);

    expect([[...one.tags], [...other.tags]]).toEqual([
      ['first', 'third', 'fourth'],
      ['first', 'second', 'third'],
    ]);
    await expectInStep(one);
    await expectInStep(other);
  });

  const steady: Verb[] = [...saves, ['duplicate()', (user) => user.duplicate(`${user.pk}-copy`)]];

  test.each(steady)('ends while verbs of three flows go on: %s', async (_, save) => {
    const user = await createUser({ address: { city: 'Paris' } });
    // More verbs than a save could wait for, but not endless, in case it does wait for them.
    const flow = async (): Promise<void> => {
      for (let round = 0; round < 200; round += 1) await user.score.increase(1);
    };
    const verbs = Promise.all([flow(), flow(), flow()]).then(() => 'the verbs');

    const first = await Promise.race([save(user).then(() => 'the save'), verbs]);

    expect(first).toBe('the save');
    await verbs;
    expect(user.score.value).toBe(600);
    await expectInStep(user);
  });

  test.each(steady)(
    "is refused inside the instance's own pipeline while verbs are under way, and the pipeline is undone: %s",
    async (_, save) => {
      const user = await createUser({ address: { city: 'Paris' }, tags: ['a'] });
      let reply: unknown;

      const increased = user.score.increase(5);
      const refused = user.pipeline(async () => {
        user.email = 'never';
        user.tags.append('never');
        reply = settled(save(user));
        await save(user);
      });

      await expect(refused).rejects.toMatchObject({ code: 'PIPELINE_NEEDS_REPLY', model: 'User', key: user.key });
      expect(await reply).toMatchObject(refusedWith('PIPELINE_NEEDS_REPLY'));
      await expect(increased).resolves.toBe(5);
      expect(await backend.json(user.key)).toMatchObject({ score: 5, email: '', tags: ['a'] });
      await expectInStep(user);
    },
  );

  test.each(saves)("goes on inside the instance's own pipeline when the verbs were answered: %s", async (_, save) => {
    const user = await createUser({ address: { city: 'Paris' } });
    await user.score.increase(5);

    await user.pipeline(async () => {
      user.tags.append('x');
      await save(user);
    });

    expect(await backend.json(user.key)).toMatchObject({ score: 5, tags: ['x'] });
    await expectInStep(user);
  });

  const ofNumbers = saves.filter(([name]) => name === 'save()' || name === 'save() of a number');

  test.each(ofNumbers)('waits until an increase that went too far is taken back: %s', async (_, save) => {
    const user = await createUser({ score: 1 });
    await backend.overwrite(user.key, '$.score', Number.MAX_SAFE_INTEGER);
    let outcome: unknown;

    const sent = await backend.roundTrips(async () => {
      [outcome] = await Promise.allSettled([user.score.increase(5), save(user)]);
    });

    expect(outcome).toMatchObject({ status: 'rejected' });
    expect(sent).toEqual(['JSON.NUMINCRBY', 'EVALSHA', 'JSON.SET']);
    expect(await backend.json(user.key, '$.score')).toBe(1);
    await expectInStep(user);
  });

  test.each(ofNumbers)('writes what an increase near the end of the safe integers answers: %s', async (_, save) => {
    const user = await createUser();
    await backend.overwrite(user.key, '$.score', Number.MAX_SAFE_INTEGER - 20);

    const [score] = await Promise.all([user.score.increase(1), save(user)]);

    expect(score).toBe(Number.MAX_SAFE_INTEGER - 19);
    expect(await backend.json(user.key, '$.score')).toBe(score);
    await expectInStep(user);
  });

  test.each(steady)('gives up when its signal aborts, never runs, and what follows goes on: %s', async (name, save) => {
    const user = await createUser({ address: { city: 'Paris' } });
    const controller = new AbortController();
    const { signal } = controller;
    const limited: Record<string, () => Promise<unknown>> = {
      'save()': () => user.save({ signal }),
      'save() of a list': () => user.tags.save({ signal }),
      'save() of a dict': () => user.settings.save({ signal }),
      'save() of a number': () => user.score.save({ signal }),
      'save() of a plain field': () => user.field('email').save({ signal }),
      'save() of a nested model': async () => user.address?.save({ signal }),
      'duplicate()': () => user.duplicate(`${user.pk}-copy`, { signal }),
    };
    let given: unknown;

    const sent = await backend.commandsSent(async () => {
      const before = user.score.increase(1);
      given = settled((limited[name] as () => Promise<unknown>)());
      const after = [user.tags.aappend('x'), user.score.increase(1)];
      controller.abort(new Error('no more'));
      await Promise.all([before, given, ...after]);
    });

    expect(await given).toMatchObject({
      status: 'rejected',
      reason: { code: 'REDIS_CONNECTION', key: user.key, cause: new Error('no more') },
    });
    expect(sent).toEqual(['JSON.NUMINCRBY', 'JSON.ARRAPPEND', 'JSON.NUMINCRBY']);
    await expectInStep(user);
    await save(user);
  });

  test('is not sent when its signal had aborted before, and keeps local changes', async () => {
    const user = await createUser();
    const signal = AbortSignal.abort(new Error('no more'));

    const increased = user.score.increase(1);
    user.email = 'later';
    await expect(user.save({ signal })).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    await increased;

    expect(await backend.json(user.key)).toMatchObject({ score: 1, email: '' });
    await user.saveChanges();
    expect(await backend.json(user.key)).toMatchObject({ score: 1, email: 'later' });
  });

  const behind: Verb[] = [
    ['increase', (user) => user.score.increase(10)],
    ['aappend', (user) => user.tags.aappend('never')],
    ['aupdate', (user) => user.aupdate({ tags: ['never'] })],
  ];

  test.each(behind)('what follows is refused like any verb when a pipeline is open as its turn comes: %s', async (_, follow) => {
    const user = await createUser();
    const open = async (): Promise<void> => {
      user.email = 'of the pipeline';
      await sleep(20);
    };

    const before = [user.score.increase(1), user.save(), user.pipeline(open)];
    const refused = settled(follow(user));
    await Promise.all(before);

    expect(await refused).toMatchObject(refusedWith('PIPELINE_BUSY'));
    expect(await backend.json(user.key)).toMatchObject({ score: 1, tags: [], email: 'of the pipeline' });
    await expectInStep(user);
  });

  test('goes on in the flow that called it, under its lock', async () => {
    const user = await createUser();
    const increaseOutside = AsyncResource.bind(() => user.score.increase(1));

    const lost = user.withLock('work', async () => {
      await backend.send('DEL', `{${user.key}}/work:lock`);
      const increased = increaseOutside();
      user.email = 'never';
      await Promise.all([increased, user.save()]);
    });

    await expect(lost).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(await backend.json(user.key)).toMatchObject({ score: 1, email: '' });
  });
});
