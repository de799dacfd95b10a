import { AtomicRedisModel, connect, Field, list, Model, pipeline, RedisInt, RedisList, type Database } from 'redatom';
import { describeOnEveryServer } from '../../support/backends';
import { TcpProxy } from '../../support/tcp-proxy';

@Model()
class Counted extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
  @Field(RedisInt) other!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
}

describeOnEveryServer('local changes whose outcome nobody knows', 'a proxy stands in front of it and cuts its connection', (backend) => {
  let proxy: TcpProxy;
  let db: Database;
  beforeAll(async () => {
    proxy = await TcpProxy.start(backend.url);
    db = await connect({ url: proxy.url, timeoutMs: 2_000 }, { models: [Counted] });
  });
  afterAll(async () => {
    await db.close();
    await proxy.close();
  });

  /** A document whose local changes were written by a verb that got no answer. */
  async function unanswered(): Promise<Counted> {
    const counted = await Counted.create({ count: 0 });
    counted.count.add(5);
    void proxy.onRequest('NUMINCRBY', 'cut after');
    await expect(counted.count.increase(1)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await backend.json(counted.key, '$.count')).toBe(6);
    return counted;
  }

  test('are not written a second time by the next verb', async () => {
    const counted = await unanswered();

    await expect(counted.count.increase(1)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', model: 'Counted', key: counted.key });

    expect(await backend.json(counted.key, '$.count')).toBe(6);
    await counted.load();
    expect(await counted.count.increase(1)).toBe(7);
  });

  test('do not hinder verbs that would not write them', async () => {
    const counted = await unanswered();

    expect(await counted.other.increase(1)).toBe(1);
    expect(await counted.tags.aappend('a')).toBe(1);

    expect(await backend.json(counted.key)).toMatchObject({ count: 6, other: 1, tags: ['a'] });
  });

  const saves: [string, (counted: Counted) => Promise<unknown>][] = [
    ['the document', (counted) => counted.save()],
    ['a field', (counted) => counted.field('count').save()],
    ['a list', (counted) => counted.tags.save()],
  ];

  test.each(saves)('are not written over what the lost reply was about by save() of %s', async (_, save) => {
    const counted = await unanswered();

    await expect(save(counted)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', model: 'Counted', key: counted.key });

    expect(await backend.json(counted.key, '$.count')).toBe(6);
    await counted.load();
    await save(counted);
    expect(await backend.json(counted.key, '$.count')).toBe(6);
  });

  test('are none where only the time to live is unknown', async () => {
    const [one, other, both] = [await Counted.create(), await Counted.create(), await Counted.create()];
    void proxy.onRequest('PEXPIRE', 'cut after');
    await expect(one.expire(100)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(one.isStale).toBe(false);

    void proxy.onRequest('PEXPIRE', 'cut after');
    const changing = pipeline([one, other, both], () => {
      for (const lasting of [one, both]) void lasting.expire(100).catch(() => undefined);
      for (const counted of [other, both]) counted.count.add(1);
    });

    await expect(changing).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect([one.isStale, other.isStale, both.isStale]).toEqual([false, true, true]);
  });
});
