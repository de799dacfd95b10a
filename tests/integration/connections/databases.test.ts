import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { AtomicRedisModel, connect, Field, Key, Model, RedisInt } from 'redatom';
import { describeOnEveryBackend, testOnOneServer } from '../../support/backends';

@Model({ connection: 'second' })
class Named extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
}

@Model()
class Moving extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
}

@Model({ prefix: 'Moving' })
class Twin extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
}

@Model({ prefix: 'Moving:deep' })
class Deep extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
}

@Model()
class Here extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) n!: RedisInt;
}

@Model({ prefix: 'Here' })
class There extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) n!: RedisInt;
}

const closed = (model: string): string =>
  `the connection of ${model} was closed; pass it to connect(url, { models: [${model}] }) again or call ${model}.bind(db)`;

describeOnEveryBackend('databases', (backend) => {
  test('a model finds its connection by name, until that is closed', async () => {
    await expect(Named.create({})).rejects.toMatchObject({ code: 'NOT_CONNECTED', model: 'Named' });
    const db = await connect(await backend.target(), { name: 'second' });

    const named = await Named.create({ n: 1 });
    expect(await backend.json(named.key)).toEqual({ n: 1 });
    await db.close();

    await expect(named.n.increase()).rejects.toMatchObject({ code: 'NOT_CONNECTED', message: closed('Named') });
  });

  test('what became of a connection is told', async () => {
    const db = await connect(await backend.target(), { models: [Moving] });
    const moving = await Moving.create({});
    await db.close();

    await expect(moving.n.increase()).rejects.toThrow(closed('Moving'));
    await expect(Moving.get(moving.key)).rejects.toThrow(closed('Moving'));
    await expect(Twin.get('x')).rejects.toThrow(
      'Twin is not bound to a connection; pass it to connect(url, { models: [Twin] }) or call Twin.bind(db)',
    );
  });

  test('the last binding counts', async () => {
    const [first, second] = [await connect(await backend.target(), { models: [Moving] }), await connect(await backend.target())];
    const moving = await Moving.create({});
    Moving.bind(second);
    await first.close();

    await expect(moving.n.increase()).resolves.toBe(1);
    expect(second.models).toEqual([Moving]);
    await second.close();
  });

  test('a connection that fails takes no model and no name from the one before', async () => {
    await using _db = await connect(await backend.target(), { models: [Moving, Here], name: 'second' });
    const [here, named] = [await Here.create({ name: 'clash' }), await Named.create({})];

    const attempt = connect(await backend.target(), { models: [Here, Named, Moving, Twin], name: 'second' });

    await expect(attempt).rejects.toMatchObject({ code: 'SCHEMA', model: 'Twin' });
    expect(await here.n.increase()).toBe(1);
    expect(await named.n.increase()).toBe(1);
  });

  test('of models that cannot be bound together none is', async () => {
    await using first = await connect(await backend.target(), { models: [Moving] });
    await using second = await connect(await backend.target());

    expect(() => second.bind(Moving, Twin)).toThrow('its prefix "Moving" is that of Moving');
    expect(() => second.bind(Moving, class NoModel {} as never)).toThrow(TypeError);
    expect(second.models).toEqual([]);
    expect(first.models).toEqual([Moving]);
    await second.close();
    await expect(Moving.create({})).resolves.toBeInstanceOf(Moving);
  });

  testOnOneServer(backend, 'a cluster has one database')(
    'a document of another database, written inside a pipeline of this one, stays in its own',
    async () => {
      const elsewhere = new URL(backend.url);
      elsewhere.pathname = '/15';
      await using _here = await connect(backend.url, { models: [Moving] });
      await using _there = await connect(elsewhere.href, { name: 'second' });
      const raw = await createClient({ url: elsewhere.href }).connect();
      const [moving, named] = [await Moving.create({ n: 1 }), Named.build({ n: 7 })];

      await moving.pipeline(async () => {
        moving.n.add(1);
        await named.save();
        await named.n.increase();
      });

      expect(await raw.json.get(named.key)).toEqual({ n: 8 });
      expect(await raw.exists(moving.key)).toBe(0);
      expect(await backend.json(moving.key)).toEqual({ n: 2 });
      expect(await backend.json(named.key)).toBeUndefined();
      await raw.del(named.key);
      raw.destroy();
    },
  );

  testOnOneServer(backend, 'a cluster has one database')(
    'a document of the same key in another database is none of a pipeline of this one',
    async () => {
      const elsewhere = new URL(backend.url);
      elsewhere.pathname = '/15';
      await using _here = await connect(backend.url, { models: [Here] });
      await using _there = await connect(elsewhere.href, { models: [There] });
      const name = randomUUID(); // nobody empties the other database
      const [here, there] = [await Here.create({ name, n: 1 }), await There.create({ name, n: 7 })];
      const work = ({ n }: There): number => n.value;

      await here.pipeline(async () => {
        here.n.add(1);
        expect(await there.withLock('work', work)).toBe(7);
        expect(await There.withLockFromKey(here.key, 'work', work)).toBe(7);
        await (await there.lock('work')).release();
        await expect(here.withLock('work', () => undefined)).rejects.toMatchObject({ code: 'PIPELINE_NEEDS_REPLY' });
        await expect(Here.deleteByKey(here.key)).rejects.toMatchObject({ code: 'PIPELINE_NEEDS_REPLY' });
        await expect(Here.deleteMany([here.key])).rejects.toMatchObject({ code: 'PIPELINE_NEEDS_REPLY' });
        expect(await There.deleteByKey(here.key)).toBe(true);
        expect(await There.deleteMany([here.key])).toBe(0);
      });

      expect(await backend.json(here.key)).toEqual({ name, n: 2 });
    },
  );

  test('two models of one prefix cannot share a connection', async () => {
    await expect(connect(await backend.target(), { models: [Moving, Twin] })).rejects.toMatchObject({ code: 'SCHEMA', model: 'Twin' });
  });

  test('reads a document of any of its models by key, the longest prefix first', async () => {
    await using db = await connect(await backend.target(), { models: [Moving, Deep] });
    const [moving, deep] = [await Moving.create({ n: 1 }), await Deep.create({ n: 2 })];

    expect(await db.get(moving.key)).toBeInstanceOf(Moving);
    expect(await db.get(deep.key)).toBeInstanceOf(Deep);
    await expect(db.get('Nothing:1')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: 'Nothing:1' });
  });

  test('what is no model, and what is no client, is refused', async () => {
    await expect(connect(await backend.target(), { models: [class {} as typeof Moving] })).rejects.toThrow(
      /classes that extend AtomicRedisModel, found the class without a name at position 0$/,
    );
    await expect(connect({} as never)).rejects.toThrow(/connect\(\) takes a URL/);
  });
});
