import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { AtomicRedisModel, connect, Field, Key, Model, pipeline, RedisInt } from 'redatom';
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

async function scanFor(name: string): Promise<Here> {
  for await (const here of Here.scan()) if (here.name === name) return here;
  throw new Error(`${name} is not there`);
}

async function throughLock(name: string): Promise<Here> {
  await using lock = await Here.lockFromKey(name);
  return lock.document;
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

  test('a document keeps the connection it came from as long as that is open', async () => {
    const [first, second] = [await connect(await backend.target(), { models: [Here] }), await connect(await backend.target())];
    const [read, built] = [await Here.create({ name: 'kept' }), Here.build({ name: 'built' })];
    Here.bind(second);
    await first.close();
    await expect(read.n.increase()).resolves.toBe(1);
    await built.save();

    await expect(second.get('Here:kept')).resolves.toBeInstanceOf(Here);
    await expect(first.get('Here:kept')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await expect(second.get(1 as never)).rejects.toThrow("get() takes the key of a document, such as 'User:ada', found the number 1");
    await second.close();
  });

  const ways: [string, (name: string) => Promise<Here>][] = [
    ['create', (name) => Here.create({ name })],
    ['get', (name) => Here.get(name)],
    ['find', async (name) => (await Here.find(name)) as Here],
    ['getMany', async (name) => (await Here.getMany([name])).found[0] as Here],
    ['scan', scanFor],
    ['getOrCreate', async (name) => (await Here.getOrCreate({ name })).document],
    ['insertMany', async (name) => (await Here.insertMany([{ name }]))[0] as Here],
    ['save', (name) => Here.build({ name }).save()],
    ['duplicate', async (name) => (await Here.create({ name: `${name}-original` })).duplicate(name)],
    ['lockFromKey', throughLock],
  ];

  testOnOneServer(backend, 'a cluster has one database')(
    'whichever way it came, a document stays in its database, under locks and in pipelines too',
    async () => {
      const elsewhere = new URL(backend.url);
      elsewhere.pathname = '/15';
      await using here = await connect(backend.url, { models: [Here] });
      await using there = await connect(elsewhere.href);
      const raw = await createClient({ url: elsewhere.href }).connect();

      for (const [way, open] of ways) {
        const name = `way-${way}`;
        there.bind(Here);
        await Here.deleteMany([name, `${name}-original`]);
        await Here.create({ name, n: 500 });
        here.bind(Here);
        if (['get', 'find', 'getMany', 'scan', 'lockFromKey'].includes(way)) await Here.create({ name });
        const document = await open(name);
        there.bind(Here);

        await document.n.increase();
        document.n.add(1);
        await document.saveChanges();
        await document.pipeline(() => document.n.add(1));
        await document.withLock('work', () => document.n.add(1), { saveAtEnd: true });
        await document.load();

        expect([way, document.n.value]).toEqual([way, 4]);
        expect(await backend.json(document.key)).toEqual({ name, n: 4 });
        expect(await raw.json.get(document.key)).toEqual({ name, n: 500 });
        expect(await here.get(document.key)).toMatchObject({ n: document.n });
        await document.delete();
        expect(await document.exists()).toBe(false);
        expect(await raw.del(document.key)).toBe(1);
      }
      raw.destroy();
    },
  );

  testOnOneServer(backend, 'a cluster has one database')(
    'a scan and a deletion go on where they began when the class is bound elsewhere meanwhile',
    async () => {
      const elsewhere = new URL(backend.url);
      elsewhere.pathname = '/15';
      await using here = await connect(backend.url, { models: [Here] });
      await using there = await connect(elsewhere.href);
      const names = Array.from({ length: 1200 }, (_, at) => `going-${at}`);
      there.bind(Here);
      await Here.deleteMany(names);
      here.bind(Here);
      await Here.insertMany(names.map((name) => ({ name })));

      const scanned: Here[] = [];
      for await (const one of Here.scan({ pkPrefix: 'going-' })) {
        scanned.push(one);
        there.bind(Here);
      }
      expect(new Set(scanned.map(({ name }) => name))).toEqual(new Set(names));

      here.bind(Here);
      const [one, other] = [scanned[0] as Here, scanned[1] as Here];
      const deleted = await one.withLock('work', () =>
        other.withLock('work', () => {
          const deleting = Here.deleteMany([one.key, other.key]);
          there.bind(Here);
          return deleting;
        }),
      );
      expect(deleted).toBe(2);
      expect(await backend.send('EXISTS', one.key, other.key)).toBe(0);
      here.bind(Here);
      await Here.deleteMany(names);
    },
  );

  testOnOneServer(backend, 'a cluster has one database')('a lock of one database guards nothing in another', async () => {
    const elsewhere = new URL(backend.url);
    elsewhere.pathname = '/15';
    await using here = await connect(backend.url, { models: [Here] });
    await using there = await connect(elsewhere.href);
    const name = 'moved';
    await Here.create({ name });

    await Here.withLockFromKey(name, 'work', (document) => (there.bind(Here), document.n.add(1)), { saveAtEnd: true });

    expect(await here.get(`Here:${name}`)).toMatchObject({ n: expect.objectContaining({ value: 1 }) as unknown });
    expect(await there.get(`Here:${name}`).catch((error: unknown) => error)).toMatchObject({ code: 'KEY_NOT_FOUND' });
    here.bind(Here);
    const document = await Here.get(name);
    there.bind(Here);
    const other = await Here.create({ name });
    await expect(pipeline([document, other], () => (document.n.add(1), other.n.add(1)))).rejects.toMatchObject({ code: 'CROSS_SLOT' });
    await Promise.all([document.delete(), other.delete()]);
  });

  test('a connection that fails takes no model and no name from the one before', async () => {
    await using _db = await connect(await backend.target(), { models: [Moving, Here], name: 'second' });
    const [here, named] = [await Here.create({ name: 'clash' }), await Named.create({})];

    const attempt = connect(await backend.target(), { models: [Here, Named, Moving, Twin], name: 'second' });

    await expect(attempt).rejects.toMatchObject({ code: 'SCHEMA', model: 'Twin' });
    expect(await here.n.increase()).toBe(1);
    expect(await named.n.increase()).toBe(1);
  });

  test('models that cannot be bound together are not bound at all', async () => {
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
      const name = randomUUID(); // no test empties the other database
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

  test('a class that hot reload declared again needs a new connection, and is told so', async () => {
    const declare = () => {
      @Model()
      class Reloaded extends AtomicRedisModel {
        @Field(RedisInt) n!: RedisInt;
      }
      return Reloaded;
    };
    const [former, present] = [declare(), declare()];
    await using first = await connect(await backend.target(), { models: [former] });

    expect(() => first.bind(present)).toThrow(
      'its prefix "Reloaded" is that of another class Reloaded; write @Model({ prefix: \'another\' }), or connect() anew if hot reload declared it again',
    );

    await using second = await connect(await backend.target(), { models: [present] });
    const { key } = await present.create({ n: 1 });
    expect(await second.get(key)).toBeInstanceOf(present);
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
