import { setTimeout as sleep } from 'node:timers/promises';
import { AtomicRedisModel, connect, Field, list, Model, RedisInt, RedisList, type Database } from 'redatom';
import { describeOnEveryServer } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { TcpProxy } from '../../support/tcp-proxy';

@Model()
class Counted extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
}

describeOnEveryServer('a connection that is lost before a call is written', 'a proxy stands in front of it and goes away', (backend) => {
  let proxy: TcpProxy;
  let db: Database;
  beforeEach(async () => {
    proxy = await TcpProxy.start(backend.url);
    db = await connect({ url: proxy.url, timeoutMs: 5_000 }, { models: [Counted] });
  });
  afterEach(async () => {
    await db.close();
    await proxy.close();
  });

  test('leaves nothing of it that runs when the server is back', async () => {
    const counted = await Counted.create({ count: 0 });
    const limits = { timeoutMs: 200 };
    // After a timer, Node sees in the same turn that the connection is lost, before the client writes the calls below.
    await sleep(5);
    const gone = proxy.goAway();

    const calls = [
      counted.count.increase(1, limits),
      counted.tags.aappend('a', limits),
      counted.pipeline(({ count }) => count.add(1), limits),
      counted.lock('late', { waitMs: 200 }),
      Counted.get(counted.key, limits),
    ];

    for (const outcome of await Promise.allSettled(calls)) expect(outcome).toMatchObject({ reason: { code: 'REDIS_CONNECTION' } });
    expect(counted.isStale).toBe(false);
    await gone;
    await proxy.comeBack();
    expect((await Counted.get(counted.key)).toJSON()).toEqual({ count: 0, tags: [] });
    expect(await counted.count.increase(1)).toBe(1);
    expect(await counted.withLock('late', () => 'free', { waitMs: 0 })).toBe('free');
  });

  test('leaves nothing of a call without a limit either, when nobody answers', async () => {
    await using _impatient = await connect({ url: proxy.url, timeoutMs: 500 }, { models: [Counted] });
    const counted = await Counted.create({ count: 0 });
    const other = await Counted.get(counted.key);
    await sleep(5);
    const gone = proxy.goAway();

    const calls = [
      counted.count.increase(),
      counted.tags.aappend('a'),
      counted.pipeline(({ count }) => count.add(1)),
      other.count.adjust(1, { max: 5 }),
      Counted.get(counted.key),
      Counted.find(counted.key),
      Counted.find('another'),
    ];
    const message = expect.stringMatching(/ was given up before it was sent: no connection within 500 ms(: .+)?$/) as string;
    const unsent = errorWith({ code: 'REDIS_CONNECTION', message });

    for (const outcome of await Promise.allSettled(calls)) expect(outcome).toMatchObject({ reason: unsent });
    expect([counted.isStale, other.isStale]).toEqual([false, false]);
    await gone;
    await proxy.comeBack();
    // This read waits until the client has connected again.
    expect((await Counted.get(counted.key, { timeoutMs: 10_000 })).toJSON()).toEqual({ count: 0, tags: [] });
    expect(await counted.count.increase(1)).toBe(1);
  });

  test('leaves no doubt behind once there is another: what is sent over that may have run', async () => {
    await using _impatient = await connect({ url: proxy.url, timeoutMs: 300 }, { models: [Counted] });
    const counted = await Counted.create({ count: 0 });
    await sleep(5);
    const gone = proxy.goAway();
    // The client is told to start anew while it pauses before its next attempt, and still makes that attempt as well.
    await expect(counted.count.increase()).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    await gone;
    await proxy.comeBack();
    await Counted.get(counted.key, { timeoutMs: 10_000 });
    await sleep(1_500);

    proxy.holdAnswers();
    const outcome = await counted.count.increase(1, { timeoutMs: 50 }).catch((error: unknown) => error);

    expect(outcome).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(counted.isStale).toBe(true);
    expect(await backend.json(counted.key)).toMatchObject({ count: 1 });
    proxy.letAnswersGo();
  });

  test.each([
    ['with a limit', { timeoutMs: 1_500 }],
    ['without one', undefined],
  ])('a call %s that was written with the greeting of the next connection may have run', async (_, limits) => {
    await using _impatient = await connect({ url: proxy.url, timeoutMs: 1_500 }, { models: [Counted] });
    const counted = await Counted.create({ count: 0 });
    await sleep(5);
    const gone = proxy.goAway();
    const held = proxy.onRequest('JSON.NUMINCRBY', 'hold request');
    const outcome = counted.count.increase(1, limits).catch((error: unknown) => error);
    await gone;
    await proxy.comeBack();
    await held;

    expect(await outcome).toMatchObject({ code: 'OUTCOME_UNKNOWN' });

    expect(counted.isStale).toBe(true);
    proxy.letRequestsGo();
    await sleep(50);
    expect(await backend.json(counted.key)).toMatchObject({ count: 1 });
  });
});
