import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Database } from 'redatom';
import { describeOnEveryServer } from '../../support/backends';
import { TcpProxy } from '../../support/tcp-proxy';
import { createUser, User } from '../../support/user';

type Verb = [string, (user: User) => Promise<unknown>];

describeOnEveryServer('answers that come late or never', 'a proxy stands in front of it and keeps answers back', (backend) => {
  let proxy: TcpProxy;
  let db: Database;
  beforeEach(async () => {
    proxy = await TcpProxy.start(backend.url);
    db = await connect({ url: proxy.url, timeoutMs: 3_000 }, { models: [User] });
  });
  afterEach(async () => {
    proxy.letAnswersGo();
    // On a connection that swallows answers, closing would wait for answers that never come.
    proxy.cutAll();
    await User.find('nobody').catch(() => undefined);
    await db.close();
    await proxy.close();
  });

  /** Increases by 5: the server applies it, but the call gives up before the answer comes. */
  async function increaseUnknown(user: User): Promise<void> {
    await expect(user.score.increase(5, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(user.isStale).toBe(true);
  }

  const reads: Verb[] = [
    ['load()', (user) => user.load()],
    ['load() with a limit', (user) => user.load({ timeoutMs: 2_000 })],
    ['load() of the number', (user) => user.score.load()],
  ];

  test.each(reads)(
    '%s that was sent before a write with an unknown outcome does not end staleness by what it read before',
    async (_, read) => {
      const user = await createUser();
      proxy.holdAnswers();

      const reading = read(user);
      await increaseUnknown(user);
      proxy.letAnswersGo();
      await reading;

      expect(user.isStale || user.score.value === 5).toBe(true);
      await user.save().catch(() => undefined);
      expect(await backend.json(user.key, '$.score')).toBe(5);
      await user.load();
      expect([user.isStale, user.score.value]).toEqual([false, 5]);
    },
  );

  test('a lock that was asked for before a write with an unknown outcome comes with the value of that write', async () => {
    const user = await createUser();
    proxy.holdAnswers();

    const locking = user.lock('work');
    await increaseUnknown(user);
    proxy.letAnswersGo();
    const handle = await locking;

    expect([user.isStale, user.score.value]).toEqual([false, 5]);
    await handle.release();
  });

  test('a lock that is asked for behind a save that waits gives up in its time', async () => {
    const user = await createUser();
    proxy.holdAnswers();
    const before = Promise.all([user.score.increase(1), user.save()]);
    const work = jest.fn();

    await expect(user.withLock('work', work, { waitMs: 1_050 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', waitMs: 1_050 });
    await expect(user.lock('work', { signal: AbortSignal.timeout(30) })).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    proxy.letAnswersGo();
    await before;

    expect(work).not.toHaveBeenCalled();
    await user.withLock('work', () => undefined, { waitMs: 0 });
  });

  test('a read that was sent after a write with an unknown outcome ends staleness', async () => {
    const user = await createUser();
    proxy.holdAnswers();
    await increaseUnknown(user);

    const reading = user.load();
    proxy.letAnswersGo();
    await reading;

    expect([user.isStale, user.score.value]).toEqual([false, 5]);
  });

  const saves: Verb[] = [
    ['save()', (user) => user.save()],
    ['save() of the list', (user) => user.tags.save()],
    ['save() of another part', (user) => user.score.save()],
    ['duplicate()', (user) => user.duplicate(`${user.pk}-copy`)],
  ];

  test.each(saves)('%s that waited for a verb with an unknown outcome is refused', async (_, save) => {
    const user = await createUser({ tags: ['a'] });
    void proxy.onRequest('ARRAPPEND', 'cut after');

    const outcomes = await Promise.allSettled([user.tags.aappend('x'), save(user)]);

    const refused = { status: 'rejected', reason: { code: 'OUTCOME_UNKNOWN', model: 'User', key: user.key } };
    expect(outcomes).toMatchObject([refused, refused]);
    expect(await backend.json(user.key, '$.tags')).toEqual(['a', 'x']);
    expect(await backend.json(`${user.key}-copy`)).toBeUndefined();
    await user.load();
    await expect(save(user)).resolves.toBeDefined();
  });

  const limited: [string, (user: User, timeoutMs: number) => Promise<unknown>][] = [
    ['save()', (user, timeoutMs) => user.save({ timeoutMs })],
    ['save() of a plain field', (user, timeoutMs) => user.field('email').save({ timeoutMs })],
    ['save() of a list', (user, timeoutMs) => user.tags.save({ timeoutMs })],
    ['duplicate()', (user, timeoutMs) => user.duplicate(`${user.pk}-copy`, { timeoutMs })],
  ];

  test.each(limited)('%s that waits gives up when its time is over, never runs, and what follows goes on', async (_, save) => {
    const user = await createUser();
    proxy.holdAnswers();

    const before = user.score.increase(1);
    user.email = 'never';
    const saved = save(user, 20);
    const after = user.tags.aappend('x');
    await expect(saved).rejects.toMatchObject({ code: 'REDIS_CONNECTION', model: 'User', key: user.key });
    // The append that follows is sent although no answer has come.
    while (JSON.stringify(await backend.json(user.key, '$.tags')) !== '["x"]');
    proxy.letAnswersGo();

    expect(await Promise.all([before, after])).toEqual([1, 1]);
    expect(await backend.json(user.key)).toMatchObject({ score: 1, email: '', tags: ['x'] });
    expect(await backend.json(`${user.key}-copy`)).toBeUndefined();
    expect([user.isStale, user.email]).toEqual([false, 'never']);
    await user.saveChanges();
    expect(user.toJSON()).toEqual(await backend.json(user.key));
  });

  test('a verb behind a save gives up when its time is over, and what stands around it goes on', async () => {
    const user = await createUser();
    proxy.holdAnswers();

    const { signal } = new AbortController();
    const aborted = AbortSignal.abort();

    const before = user.score.increase(1);
    const saved = user.save({ signal });
    const limitedOnes = [
      user.save({ signal: aborted, timeoutMs: 60_000 }),
      user.tags.aappend('never', { timeoutMs: 20, signal }),
      user.load({ timeoutMs: 20 }),
      user.delete({ timeoutMs: 20 }),
      user.pipeline(() => user.tags.append('never'), { timeoutMs: 20 }),
      user.exists({ timeoutMs: 20 }),
    ];
    const after = user.score.increase(10);
    const outcomes = await Promise.allSettled(limitedOnes);
    await expect(user.save({ timeOutMs: 20 } as never)).rejects.toThrow('timeOutMs');
    proxy.letAnswersGo();
    await Promise.all([before, saved, after]);

    const givenUp = { status: 'rejected', reason: { code: 'REDIS_CONNECTION', key: user.key } };
    expect(outcomes).toMatchObject(limitedOnes.map(() => givenUp));
    expect([signal, aborted].flatMap((one) => getEventListeners(one, 'abort'))).toEqual([]);
    expect(user.isStale).toBe(false);
    expect(user.toJSON()).toMatchObject({ score: 11, tags: [] });
    expect(await backend.json(user.key)).toEqual(user.toJSON());
  });

  const within = (ms: RegExp): unknown => expect.objectContaining({ message: expect.stringMatching(ms) as unknown });
  const unknown = (cause: unknown): object => ({ code: 'OUTCOME_UNKNOWN', model: 'User', cause });

  test('the wait is a part of the time that a save has', async () => {
    const user = await createUser();
    proxy.holdAnswers();

    const before = user.score.increase(1);
    const saved = user.save({ timeoutMs: 1_000 });
    await sleep(300);
    void proxy.onRequest('JSON.SET', 'swallow reply');
    proxy.letAnswersGo();

    await expect(saved).rejects.toMatchObject(unknown(within(/^no reply within [1-7]?\d?\d ms$/)));
    await before;
    expect(user.isStale).toBe(true);
  });

  const limitedReads: Verb[] = [
    ['load()', (user) => user.load({ timeoutMs: 1_000 })],
    ['load() of a number', (user) => user.score.load({ timeoutMs: 1_000 })],
  ];

  test.each(limitedReads)('%s that is made anew gets no more time than it had', async (_, read) => {
    const user = await createUser();
    proxy.holdAnswers();

    const loaded = read(user);
    const after = user.score.increase(1);
    await sleep(300);
    void proxy.onRequest('JSON.GET', 'swallow reply');
    proxy.letAnswersGo();

    const cause = within(/^no reply within [1-7]?\d?\d ms$/);
    await expect(loaded).rejects.toMatchObject({ code: 'REDIS_CONNECTION', key: user.key, cause });
    await after;
  });

  test('an increase that went too far is taken back within the time of its call', async () => {
    const user = await createUser();
    await backend.overwrite(user.key, '$.score', Number.MAX_SAFE_INTEGER);
    void proxy.onRequest('EVAL', 'swallow reply');

    const increased = user.score.increase(5, { timeoutMs: 200 });

    await expect(increased).rejects.toMatchObject(unknown(unknown(within(/^no reply within (1?\d?\d|200) ms$/))));
    expect(user.isStale).toBe(true);
  });

  test('an increase that went too far is taken back until the signal of its call aborts', async () => {
    const user = await createUser();
    await backend.overwrite(user.key, '$.score', Number.MAX_SAFE_INTEGER);
    const swallowed = proxy.onRequest('EVAL', 'swallow reply');
    const controller = new AbortController();

    const increased = user.score.increase(5, { signal: controller.signal });
    void swallowed.then(() => controller.abort(new Error('no more')));

    await expect(increased).rejects.toMatchObject(unknown(unknown(within(/^no more$/))));
    expect(user.isStale).toBe(true);
  });
});
