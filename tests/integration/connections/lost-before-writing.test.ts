import { AtomicRedisModel, connect, Field, list, Model, RedisInt, RedisList, type Database } from 'redatom';
import { describeOnEveryServer } from '../../support/backends';
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
    // Node sees in the same turn that the connection is lost, before the client writes what a timer has asked for.
    await new Promise((resolve) => setTimeout(resolve, 5));
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
});
