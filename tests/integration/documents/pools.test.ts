import { setTimeout as sleep } from 'node:timers/promises';
import { connect, pipeline, type CallOptions, type Database } from 'redatom';
import { openPool, type OpenPool } from '../../support/clients';
import { describeOnEveryServer } from '../../support/backends';
import { failureOf } from '../../support/failure-of';
import { TcpProxy } from '../../support/tcp-proxy';
import { createUser, User } from '../../support/user';

type Verb = [string, request: string, (user: User, call?: CallOptions) => Promise<unknown>];

/** With several connections, a later request may be done, and answered, sooner than an earlier one. */
describeOnEveryServer('an instance over a pool', 'a pool is for one server', (backend) => {
  let proxy: TcpProxy;
  let pool: OpenPool;
  let db: Database;
  beforeEach(async () => {
    proxy = await TcpProxy.start(backend.url);
    pool = await openPool(proxy.url, { minimum: 4, maximum: 4 });
    db = await connect(pool, { models: [User] });
  });
  afterEach(async () => {
    await db.close();
    pool.destroy();
    await proxy.close();
  });

  const first: Verb[] = [
    ['a verb', 'NUMINCRBY', (user, call) => user.score.increase(1, call)],
    ['a load', 'JSON.GET', (user) => user.load()],
    ['a load of the number', 'JSON.GET', (user) => user.score.load()],
    ['a pipeline', 'EVAL', (user, call) => user.pipeline(() => user.score.add(1), call)],
    ['saveChanges', 'EVAL', (user, call) => (user.score.add(1), user.saveChanges(call))],
    ['save', 'JSON.SET', (user, call) => (user.score.add(1), user.save(call))],
    ['aupdate of two fields', 'EVAL', (user, call) => user.aupdate({ score: 1, email: 'x' }, call)],
  ];

  test.each(first)('%s that is answered late leaves the values of later verbs', async (_, request, start) => {
    const user = await createUser();
    const held = proxy.onRequest(request, 'hold reply');

    const early = start(user);
    const later = [user.score.increase(5), user.tags.aappend('x')];
    await held;
    setTimeout(() => proxy.letAnswersGo(), 20);
    await Promise.all([early, ...later]);

    const stored = (await backend.json(user.key)) as object;
    expect(user.isStale).toBe(false);
    expect(user.toJSON()).toEqual(stored);
    await user.save();
    expect(await backend.json(user.key)).toEqual(stored);
  });

  const changes: [string, (user: User, email: string) => Promise<unknown>][] = [
    ['pipelines', (user, email) => user.pipeline(() => (user.email = email))],
    ['saveChanges', (user, email) => ((user.email = email), user.saveChanges())],
  ];

  test.each(changes)('%s that follow one another are applied in that order', async (_, change) => {
    const users = await Promise.all(Array.from({ length: 50 }, () => createUser()));

    await Promise.all(users.flatMap((user) => ['first', 'second', 'last'].map((email) => change(user, email))));

    for (const { key, email } of users) expect([email, await backend.json(key, '$.email')]).toEqual(['last', 'last']);
  });

  test.each(changes)('%s do so when the first is slow to arrive', async (_, change) => {
    const [user, other] = [await createUser(), await createUser()];
    const held = proxy.onRequest('EVAL', 'hold request');

    const first = change(user, 'first');
    await held;
    const last = change(user, 'last');
    await change(other, 'not slow');
    proxy.letRequestsGo();
    await Promise.all([first, last]);

    expect([user.email, await backend.json(user.key, '$.email')]).toEqual(['last', 'last']);
  });

  test('verbs that are called together leave what is stored', async () => {
    const user = await createUser();

    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 5 === 4 ? user.load() : user.score.increase())));

    expect(answers.filter((answer) => typeof answer === 'number')).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
    expect(user.score.value).toBe(40);
  });

  test('a lock that is granted while a verb is under way gives what the verb leaves', async () => {
    const user = await createUser();
    const asked = proxy.onRequest('/work:lock', 'hold request');
    const locking = user.lock('work');
    await asked;
    const appended = proxy.onRequest('ARRAPPEND', 'hold reply');
    const verb = user.tags.aappend('x');
    await appended;

    proxy.letRequestsGo();
    setTimeout(() => proxy.letAnswersGo(), 20);
    const [handle] = await Promise.all([locking, verb]);

    expect([...user.tags]).toEqual(['x']);
    await handle.release();
  });

  test('a lock whose answer comes after that of a later verb gives what the verb leaves', async () => {
    const user = await createUser();
    const granted = proxy.onRequest('/work:lock', 'hold reply');
    const locking = user.lock('work');
    await granted;

    await user.tags.aappend('x');
    proxy.letAnswersGo();
    const handle = await locking;

    expect([...user.tags]).toEqual(['x']);
    await handle.release();
  });

  test('a lock that is granted after closing the connection has tried to free it is freed once more', async () => {
    const user = await createUser();
    const held = proxy.onRequest('EVAL', 'hold request');

    const asked = failureOf(() => user.lock('work'));
    await held;
    await db.close();
    proxy.letRequestsGo();

    expect(await asked).toMatchObject({ code: 'REDIS_CONNECTION', key: user.key });
    const isHeld = async (): Promise<boolean> => (await backend.send('EXISTS', `{${user.key}}/work:lock`)) === 1;
    for (let round = 0; round < 200 && (await isHeld()); round += 1) await sleep(5);
    expect(await isHeld()).toBe(false);
  });

  test('verbs of other instances do not wait for one another', async () => {
    const [one, other] = [await createUser(), await createUser()];
    const held = proxy.onRequest('NUMINCRBY', 'hold reply');

    const late = one.score.increase();
    await held;
    await expect(other.score.increase()).resolves.toBe(1);
    proxy.letAnswersGo();

    await expect(late).resolves.toBe(1);
    await pipeline([one, other], () => [one.score.add(1), other.score.add(1)]);
    expect([one.score.value, other.score.value]).toEqual([2, 2]);
  });

  const writes = first.filter(([name]) => !name.includes('load'));

  test.each(writes)('%s that was given up, and is done after a load, makes the instance stale once more', async (_, request, start) => {
    const user = await createUser();
    const held = proxy.onRequest(request, 'hold request');
    const givenUp = new AbortController();
    const write = start(user, { signal: givenUp.signal });
    await held;
    givenUp.abort();
    await expect(write).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await user.load();
    expect(user.isStale).toBe(false);

    proxy.letRequestsGo();
    for (let turn = 0; turn < 200 && !user.isStale; turn += 1) await sleep(10);

    expect(user.isStale).toBe(true);
    await user.load();
    expect(user.toJSON()).toEqual(await backend.json(user.key));
    expect(user.score.value).toBe(1);
  });
});
