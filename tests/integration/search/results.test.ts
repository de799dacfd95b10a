import {
  AtomicRedisModel,
  connect,
  CorruptDocumentError,
  Field,
  Index,
  Key,
  list,
  Model,
  RedisConnectionError,
  RedisInt,
  RedisList,
  SchemaError,
} from 'redatom';
import { createClient } from 'redis';
import { describeOnOwnBackends } from '../../support/own-backends';
import { errorWith } from '../../support/error-with';
import { TcpProxy } from '../../support/tcp-proxy';
import { useDatabase } from '../../support/use-models';

@Model()
class Task extends AtomicRedisModel {
  @Index() @Key() @Field(String) id!: string;
  @Index({ sortable: true }) @Field(Number) rank!: number;
  @Index({ sortable: true }) @Field(String, { default: '' }) owner!: string;
  @Index() @Field(list(String)) tags!: RedisList<string>;
  @Field(RedisInt) runs!: RedisInt;
}

@Model()
class Bare extends AtomicRedisModel {
  @Field(String) text!: string;
}

@Model()
class Area extends AtomicRedisModel {
  @Index() @Field(String) name!: string;
}

@Model({ prefix: 'Area:place' })
class Place extends AtomicRedisModel {
  @Field(String) name!: string;
}

const idsOf = (tasks: readonly Task[]): string => tasks.map(({ id }) => id).join('');

describeOnOwnBackends('found documents', (backend) => {
  const database = useDatabase(() => backend().url, [Task, Bare]);
  beforeEach(async () => {
    await backend().flush();
    await Task.createIndex();
    await Task.insertMany([
      { id: 'b', rank: 2, owner: 'Bob', tags: ['x'] },
      { id: 'a', rank: -1, owner: 'ada' },
      { id: 'd', rank: 10, owner: 'Ada' },
      { id: 'c', rank: 2.5 },
    ]);
  });

  test('come in the order of a field, text by text and numbers by size', async () => {
    expect(idsOf(await Task.findBy({}, { orderBy: { rank: 'asc' } }))).toBe('abcd');
    expect(idsOf(await Task.findBy({}, { orderBy: { rank: 'desc' } }))).toBe('dcba');
    expect(idsOf(await Task.findBy({ owner: { $ne: '' } }, { orderBy: { owner: 'asc' } }))).toBe('dba');
  });

  test('come page by page, with the number of all', async () => {
    const page = async (offset: number): Promise<[string, number]> => {
      const { documents, total } = await Task.findAndCountBy({ rank: { $gt: 0 } }, { orderBy: { rank: 'asc' }, offset, limit: 2 });
      return [idsOf(documents), total];
    };

    expect([await page(0), await page(2), await page(4)]).toEqual([
      ['bc', 3],
      ['d', 3],
      ['', 3],
    ]);
    expect(idsOf(await Task.findBy({}, { orderBy: { rank: 'asc' }, offset: 3 }))).toBe('d');
    expect(await Task.findBy({}, { limit: 0 })).toEqual([]);
    expect((await Task.findOneBy({ rank: { $gt: 0 } }, { orderBy: { rank: 'desc' } }))?.id).toBe('d');
    expect(await Task.findOneBy({ rank: 77 })).toBeNull();
  });

  test('are all of them, however many there are', async () => {
    await Task.insertMany(Array.from({ length: 12_000 }, (_, at) => ({ id: `n${at}`, rank: 1_000 + at })));
    await backend()
      .send('FT.CONFIG', 'SET', 'TIMEOUT', '1')
      .catch(() => 'the embedded server has no limit to set');

    expect(await Task.findBy({ rank: { $gte: 1_000 } })).toHaveLength(12_000);
    await backend()
      .send('FT.CONFIG', 'SET', 'TIMEOUT', '500')
      .catch(() => undefined);
  });

  test('are all of them where the server is set to give fewer at a time', async () => {
    if (backend().name === 'embedded') return; // It has no such limit.
    const inOrder = { orderBy: { rank: 'asc' } } as const;
    const connection = await connect(backend().url, { models: [Task] });
    await backend().send('FT.CONFIG', 'SET', 'MAXSEARCHRESULTS', '3');
    try {
      expect(await backend().commandsSent(() => Task.findBy({ rank: { $gt: 0 } }))).toEqual(['FT.SEARCH', 'FT.SEARCH']);
      expect(await backend().commandsSent(() => Task.findBy({ rank: { $gt: 0 } }))).toEqual(['FT.SEARCH']);
      expect(idsOf(await Task.findBy({ rank: { $gt: 0 } }, inOrder))).toBe('bcd');
      expect(idsOf(await Task.findBy({ rank: { $gt: 0 } }, { ...inOrder, offset: 2 }))).toBe('d');
      await expect(Task.findBy({})).rejects.toThrow('4 match, and one reply has at most 3; give a limit');
      expect(idsOf(await Task.findBy({}, { ...inOrder, limit: 3 }))).toBe('abc');
    } finally {
      await backend().send('FT.CONFIG', 'SET', 'MAXSEARCHRESULTS', '1000000');
      await connection.close();
      Task.bind(database());
    }
  });

  test('have verbs, and count as read', async () => {
    const [task] = (await Task.findBy({ rank: 2 })) as [Task];

    expect(await task.runs.increase(5)).toBe(5);
    task.tags.append('y');
    await task.saveChanges();
    expect(await Task.get('b')).toEqual(task);
    expect((await Task.findBy({ tags: 'y' })).map(({ key }) => key)).toEqual(['Task:b']);
  });

  test('are read over both protocols', async () => {
    for (const RESP of [2, 3] as const) {
      const client = await backend().newClient({ RESP });
      const viaClient = await connect(client, { models: [Task] });
      expect(idsOf(await Task.findBy({ rank: { $lt: 5 } }, { orderBy: { rank: 'asc' } }))).toBe('abc');
      expect(await Task.countBy({})).toBe(4);
      expect(await Task.createIndex()).toMatchObject({ documents: 4, failures: 0, lastFailure: undefined });
      await viaClient.close();
      client.destroy();
    }
    Task.bind(database());
  });

  test('leave out those that have expired', async () => {
    await backend().send('PEXPIRE', 'Task:a', '1');
    await new Promise((resolve) => setTimeout(resolve, 20));

    expect(idsOf(await Task.findBy({}, { orderBy: { rank: 'asc' } }))).toBe('bcd');
    expect((await Task.findOneBy({}, { orderBy: { rank: 'asc' } }))?.id).toBe('b');
  });

  test('leave out those that are gone by the next search, and none for them', async () => {
    if (backend().name === 'embedded') return; // Its index never holds a document without its text.
    const elsewhere = await createClient({ url: backend().url, database: 3 }).connect();
    const proxy = await TcpProxy.start(backend().url);
    const connection = await connect(proxy.url, { models: [Task] });
    try {
      // Like a document that has expired, this one is in the index but has no text.
      await elsewhere.sendCommand(['JSON.SET', 'Task:gone', '$', '{"rank":-9}']);
      const first = proxy.onRequest('FT.SEARCH', 'hold reply');
      const finding = Task.findOneBy({}, { orderBy: { rank: 'asc' } });
      await first;
      const second = proxy.onRequest('FT.SEARCH', 'hold request');
      proxy.letAnswersGo();
      await second;
      await elsewhere.sendCommand(['DEL', 'Task:gone']);
      proxy.letRequestsGo();

      expect((await finding)?.id).toBe('a');
    } finally {
      elsewhere.destroy();
      await connection.close();
      await proxy.close();
      Task.bind(database());
    }
  });

  test('are told of when they cannot be read', async () => {
    await backend().send('JSON.SET', 'Task:e', '$', '{"id":"e","rank":5,"runs":"many"}');
    const corrupt: string[] = [];

    await expect(Task.findBy({ rank: 5 })).rejects.toThrow(CorruptDocumentError);
    const found = await Task.findBy({ rank: { $gte: 5 } }, { onCorrupt: ({ key, path }) => corrupt.push(`${key} ${path}`) });

    expect([idsOf(found), corrupt]).toEqual(['d', ['Task:e $["runs"]']]);
  });

  test('are found under the keys of programs that do not repeat them in the document', async () => {
    await backend().send('JSON.SET', 'Task:f', '$', '{"rank":50,"owner":"","tags":[],"runs":0}');

    expect(idsOf(await Task.findBy({ rank: 50 }))).toBe('f');
    // An index holds only what is in documents, so it does not find this one by its key.
    expect(await Task.countBy({ id: 'f' })).toBe(0);
  });

  test('are not looked for in a class without marks', async () => {
    await expect(Bare.findBy({})).rejects.toThrow(
      errorWith({ code: 'SCHEMA', message: expect.stringContaining('write @Index()') as string }),
    );
    await expect(Bare.createIndex()).rejects.toThrow(SchemaError);
  });

  test('are not looked for among those of a class with a longer prefix', async () => {
    const areas = await connect(backend().url, { models: [Area, Place] });

    await expect(Area.findBy({})).rejects.toThrow(
      errorWith({ code: 'SCHEMA', message: expect.stringContaining('"Area:place:"') as string }),
    );
    await expect(Area.createIndex()).rejects.toThrow(SchemaError);
    await areas.close();
  });

  test('are not given when their time is over', async () => {
    const [search] = await backend().trafficOf(() => Task.findBy({}, { timeoutMs: 1_500.5 }));
    const [unlimited] = await backend().trafficOf(() => Task.findBy({}));
    const limitOf = (args = ''): string | undefined => /"TIMEOUT" "(\d+)"/.exec(args)?.[1];

    expect(await Task.findBy({}, { timeoutMs: Infinity })).toHaveLength(4);

    // When its own limit is over, the server answers with part of the results, so the call must be given up before that.
    expect([limitOf(search?.args), limitOf(unlimited?.args)]).toEqual(['2501', '0']);
    await expect(Task.findBy({}, { signal: AbortSignal.abort() })).rejects.toThrow(RedisConnectionError);
  });
});
