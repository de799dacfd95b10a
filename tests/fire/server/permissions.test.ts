import { AtomicRedisModel, connect, Field, list, Model, RedisInt, RedisList, Version, type Database } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { failureOf } from '../../support/failure-of';
import { describeOnOwnServers } from '../support/own-servers';

@Model()
class Guarded extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
  @Version() version!: number;
}

describeOnOwnServers('a server that does not permit everything', (server) => {
  let db: Database;
  let guarded: Guarded;

  async function connectAs(...rules: string[]): Promise<void> {
    db = await connect(await server().urlFor('limited', '&*', '+@all', ...rules), { models: [Guarded] });
    guarded = await Guarded.create({ tags: ['a'] });
  }

  afterEach(async () => {
    await db.close();
    await server().send('ACL', 'DELUSER', 'limited');
  });

  test('a commit that was refused after some of its writes says so', async () => {
    await connectAs('-JSON.ARRAPPEND');

    const error = await failureOf(() =>
      guarded.pipeline(() => {
        guarded.n.add(1);
        guarded.tags.append('b');
      }),
    );

    expect(error).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      model: 'Guarded',
      key: guarded.key,
      path: '$["tags"]',
      command: 'append',
      index: 1,
    });
    expect(error.message).toMatch(
      /^append on "Guarded:.*" was refused after some of its writes were applied: .+; load\(\) shows what is stored$/,
    );
    expect(guarded.isStale).toBe(true);
    expect((await server().json<{ n: number }>(guarded.key))?.n).toBe(1);
  });

  test('a commit that was refused after some of its writes, and has put them back, was not done', async () => {
    await connectAs('-JSON.ARRAPPEND');
    const before = await server().json(guarded.key);

    const error = await failureOf(() =>
      guarded.pipeline(async () => {
        // The second change is checked after the first was written, so the document is backed up.
        await guarded.n.adjust(1, { max: 5 });
        await guarded.n.adjust(2, { max: 5 });
        guarded.tags.append('b');
      }),
    );

    expect(error).toMatchObject({
      code: 'REDIS_SERVICE',
      model: 'Guarded',
      key: guarded.key,
      path: '$["tags"]',
      command: 'append',
      index: 2,
    });
    expect(await server().json(guarded.key)).toEqual(before);
    expect([guarded.n.value, [...guarded.tags], guarded.isStale]).toEqual([0, ['a'], false]);
  });

  test('a write that was refused names the verb, in a commit as by itself', async () => {
    await connectAs('-JSON.ARRAPPEND');

    for (const refused of [() => guarded.tags.aappend('b'), () => guarded.pipeline(() => guarded.tags.push('b'))]) {
      const error = await failureOf(refused);
      expect(error).toMatchObject({ code: 'REDIS_SERVICE', model: 'Guarded', key: guarded.key, path: '$["tags"]', index: 0 });
      expect(error.command).toMatch(/^(aappend|push)$/);
    }
  });

  test('a user who must not append loses no items behind those that are removed', async () => {
    await connectAs('-JSON.ARRAPPEND');
    const tags = Array.from({ length: 1200 }, (_, at) => String(at));
    await guarded.aupdate({ tags });

    const error = await failureOf(() => guarded.pipeline(() => guarded.tags.removeRange(1, 1100)));

    expect(error).toMatchObject({ code: 'REDIS_SERVICE', reply: 'NOPERM' });
    expect((await server().json<{ tags: string[] }>(guarded.key))?.tags).toEqual(tags);
  });

  test('a check that the server refused to run says nothing about the document', async () => {
    await connectAs('-JSON.TYPE');

    const error = await failureOf(() => guarded.pipeline(() => guarded.tags.remove('a')));

    expect(error).toMatchObject({
      code: 'REDIS_SERVICE',
      message: expect.stringMatching(/permission|can't run/) as string,
      model: 'Guarded',
      key: guarded.key,
      path: '$["tags"]',
      command: 'remove',
      index: 0,
    });
  });

  test('a lock whose holder must not be read is not taken for a lost one', async () => {
    await connectAs('-GET');

    const error = await failureOf(() => guarded.withLock('work', () => guarded.n.increase()));

    expect(error).toMatchObject({ code: 'REDIS_SERVICE', reply: 'NOPERM', message: expect.stringContaining("'get'") as string });
    expect((await server().json<{ n: number }>(guarded.key))?.n).toBe(0);
  });

  test('a lock that was already taken when its request was refused is free again', async () => {
    await connectAs('-TIME');

    const error = await failureOf(() => guarded.withLock('work', () => undefined));

    expect(error).toMatchObject({ code: 'REDIS_SERVICE', reply: 'NOPERM', message: expect.stringContaining("'time'") as string });
    expect(await server().send('KEYS', `{${guarded.key}}*`)).toEqual([]);
  });

  test('a raw command that was refused is not blamed on the model', async () => {
    await connectAs();
    await server().send('SET', 'counter', 'text');

    const error = await failureOf(() =>
      guarded.pipeline(({ n }, commands) => {
        n.add(1);
        commands.incr('counter');
      }),
    );

    expect(error).toMatchObject({ code: 'REDIS_SERVICE', key: 'counter', command: 'INCR' });
    expect(error.model).toBeUndefined();
  });

  test.each<[string, (batch: Batch) => Promise<unknown>]>([
    ['a batch', (batch) => new BatchClient(db).exec(batch, false)],
    ['a batch with a limit', (batch) => new BatchClient(db).exec(batch, false, { timeoutMs: 10_000 })],
    ['a transaction that watches', (batch) => new PipelineOperations(db).transact(batch, { watch: ['n'] })],
  ])('%s does not say that it was refused when it ran outside of a transaction, and runs once', async (_, run) => {
    await connectAs('-MULTI');
    await server().send('DEL', 'n');
    const batch = new Batch(true)
      .incr('n')
      .add(guarded, ({ n }) => n.add(1))
      .customCommand(['CONFIG']);

    const error = await failureOf(() => run(batch));

    expect(error).toMatchObject({ code: 'BATCH_CONNECTION', maybeApplied: true });
    expect(error.message).toContain('may have run outside of a transaction, because the server refused MULTI: NOPERM');
    expect(await server().send('GET', 'n')).toBe('1');
    expect((await server().json<{ n: number }>(guarded.key))?.n).toBe(1);
    expect(guarded.isStale).toBe(true);
  });
});
