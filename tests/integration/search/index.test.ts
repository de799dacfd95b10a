import {
  AtomicRedisModel,
  connect,
  Field,
  Index,
  IndexNotFoundError,
  Key,
  Model,
  SearchUnavailableError,
  type Database,
  type IndexState,
} from 'redatom';
import { createClient, createClientPool } from 'redis';
import { describeOnOwnBackends } from '../../support/own-backends';
import { errorWith } from '../../support/error-with';
import { TcpProxy } from '../../support/tcp-proxy';
import { useDatabase } from '../../support/use-models';

@Model({ prefix: 'page' })
class Page extends AtomicRedisModel {
  @Key() @Field(String) path!: string;
  @Index() @Field(Number) views!: number;
}

/** The same class in the next release. */
@Model({ prefix: 'page' })
class PageWithTitle extends AtomicRedisModel {
  @Key() @Field(String) path!: string;
  @Index() @Field(Number) views!: number;
  @Index() @Field(String, { default: 'none' }) title!: string;
}

@Model({ prefix: 'pages' })
class Other extends AtomicRedisModel {
  @Key() @Field(String) path!: string;
  @Index() @Field(Number) views!: number;
}

@Model()
class Bare extends AtomicRedisModel {
  @Field(String) text!: string;
}

const MANY = 5_000;

describeOnOwnBackends('an index', (backend, server) => {
  const database = useDatabase(() => backend().url, [Page, Other]);
  beforeEach(() => backend().flush());

  const indexes = async (): Promise<string[]> => (await backend().send<string[]>('FT._LIST')).sort();

  test('has the documents that were there before, once it is made', async () => {
    await Page.insertMany(Array.from({ length: MANY }, (_, at) => ({ path: String(at), views: at })));

    const state = await Page.createIndex();

    expect(state).toEqual<IndexState>({
      name: expect.stringMatching(/^page:index:[0-9a-f]{12}$/) as string,
      documents: MANY,
      failures: 0,
      lastFailure: undefined,
    });
    expect(await Page.countBy({ views: { $gte: 100 } })).toBe(MANY - 100);
  });

  test('goes on to be made when the call that waits for it ends', async () => {
    await Page.insertMany(Array.from({ length: MANY * 12 }, (_, at) => ({ path: String(at), views: at })));
    const incomplete = errorWith({
      code: 'REDIS_CONNECTION',
      model: 'Page',
      command: 'createIndex',
      message: expect.stringMatching(
        /^the index page:index:\w+ does not have all documents yet, and createIndex has stopped waiting: not done within 100 ms; call it again/,
      ) as string,
    });

    const waiting = Page.createIndex({ timeoutMs: 100 });

    // The embedded server fills an index before it answers.
    if (server === 'embedded') await waiting.catch(() => undefined);
    else await expect(waiting).rejects.toThrow(incomplete);
    expect(await Page.createIndex()).toMatchObject({ documents: MANY * 12 });
  });

  test('is made with the connection where that is asked for, of those that mark fields', async () => {
    await Page.create({ path: 'a', views: 1 });
    const searched = await connect(backend().url, { models: [Page, Bare, Other], createIndexes: true });

    expect(await Page.countBy({ views: 1 })).toBe(1);
    expect(await indexes()).toHaveLength(2);
    await searched.close();
    await expect(connect(`${backend().url}/3`, { models: [Page], createIndexes: true })).rejects.toThrow(SearchUnavailableError);
    database().bind(Page, Other);
  });

  test('is made once when several connections ask for it at the same time', async () => {
    const databases = await Promise.all([1, 2, 3].map(() => connect(backend().url)));
    const states = await Promise.all([Page.createIndex(), ...databases.map(() => Page.createIndex())]);
    await Promise.all(databases.map((database) => database.close()));

    expect(new Set(states.map(({ name }) => name)).size).toBe(1);
    expect(await indexes()).toEqual([states[0].name]);
  });

  test('is made again when it is dropped while its documents are counted', async () => {
    const proxy = await TcpProxy.start(backend().url);
    const slow = await connect(proxy.url, { models: [Page] });
    await Page.create({ path: 'a', views: 1 });
    const held = proxy.onRequest('FT.INFO', 'hold request');
    try {
      const making = Page.createIndex();
      await held;
      for (const name of await indexes()) await backend().send('FT.DROPINDEX', name);
      proxy.letRequestsGo();

      expect(await making).toMatchObject({ documents: 1 });
      expect(await Page.countBy({ views: 1 })).toBe(1);
    } finally {
      await slow.close();
      await proxy.close();
      Page.bind(database());
    }
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ['createIndex', 'FT.CREATE', () => Page.createIndex()],
    ['dropIndex', 'FT.DROPINDEX', () => Page.dropIndex()],
  ])('may be there when %s gets no reply, and the call can be made again', async (verb, command, call) => {
    const proxy = await TcpProxy.start(backend().url);
    const far = await connect(proxy.url, { models: [Page] });
    void proxy.onRequest(command, 'cut after');
    try {
      await expect(call()).rejects.toThrow(
        errorWith({
          code: 'OUTCOME_UNKNOWN',
          message: `${verb} was sent, but its reply did not arrive: it may have been applied; call it again`,
        }),
      );
      await call();
    } finally {
      await far.close();
      await proxy.close();
      Page.bind(database());
    }
  });

  test('follows every write', async () => {
    await Page.createIndex();
    const page = await Page.create({ path: 'a', views: 1 });
    const paths = async (views: number): Promise<string[]> => (await Page.findBy({ views })).map(({ path }) => path);

    expect(await paths(1)).toEqual(['a']);
    await page.field('views').increase();
    expect([await paths(1), await paths(2)]).toEqual([[], ['a']]);
    await page.pipeline((one) => {
      one.views = 5;
    });
    expect([await paths(2), await paths(5)]).toEqual([[], ['a']]);
    await page.delete();
    expect(await paths(5)).toEqual([]);
  });

  test('of a changed class stands beside the old one until that is dropped', async () => {
    const old = await Page.createIndex();
    await Page.create({ path: 'a', views: 1 });
    const next = await connect(backend().url, { models: [PageWithTitle] });
    const made = await PageWithTitle.createIndex();

    expect(await indexes()).toEqual([old.name, made.name].sort());
    expect(await Page.countBy({ views: 1 })).toBe(1);
    expect(await PageWithTitle.countBy({ title: 'none' })).toBe(1);

    const other = await Other.createIndex();
    expect(await PageWithTitle.syncIndex()).toEqual(made);
    expect(await indexes()).toEqual([made.name, other.name].sort());
    await expect(Page.countBy({ views: 1 })).rejects.toThrow(IndexNotFoundError);
    await next.close();
  });

  test('is dropped without its documents', async () => {
    await Page.createIndex();
    await Page.create({ path: 'a', views: 1 });

    expect([await Page.dropIndex(), await Page.dropIndex()]).toEqual([true, false]);
    expect(await Page.exists('a')).toBe(true);
    await expect(Page.findBy({ views: 1 })).rejects.toThrow(
      errorWith({
        code: 'INDEX_NOT_FOUND',
        model: 'Page',
        command: 'findBy',
        message: expect.stringContaining('await Page.createIndex()') as string,
      }),
    );
    expect((await Page.createIndex()).documents).toBe(1);
  });

  test('says which documents it could not take', async () => {
    await Page.createIndex();
    await Page.create({ path: 'a', views: 1 });
    await backend().overwrite('page:b', '$', { path: 'b', views: 'many' });

    const { documents, failures, lastFailure } = await Page.createIndex();

    expect([documents, failures, lastFailure?.key]).toEqual([1, 1, 'page:b']);
    expect(lastFailure?.reason).toMatch(/type/);
  });

  test('has no documents of a class whose prefix begins like its own', async () => {
    await Page.createIndex();
    await Page.create({ path: 'a', views: 1 });
    await Other.create({ path: 'a', views: 1 });

    expect(await Page.countBy({})).toBe(1);
  });

  test('cannot be in another database than 0, and is not asked from there', async () => {
    await Page.createIndex();
    await Page.create({ path: 'a', views: 1 });
    const client = await createClient({ url: backend().url, database: 3 }).connect();
    const refusal = errorWith({ code: 'SEARCH_UNAVAILABLE', message: expect.stringMatching(/database 0 only/) as string });
    for (const target of [`${backend().url}/3`, client]) {
      const elsewhere = await connect(target, { models: [Page] });
      try {
        for (const call of [() => Page.createIndex(), () => Page.findBy({}), () => Page.countBy({})])
          await expect(call()).rejects.toThrow(refusal);
      } finally {
        await elsewhere.close();
        Page.bind(database());
      }
    }
    client.destroy();

    // Had a search run in another database, the server would now pass over the document that it had not found there.
    expect(await Page.findBy({})).toHaveLength(1);
  });

  test('is made over several connections in database 0 only', async () => {
    const pool = createClientPool({ url: `${backend().url}/3` });
    await pool.connect();
    const elsewhere = await connect(pool, { models: [Page] });
    try {
      await expect(Page.createIndex()).rejects.toThrow(SearchUnavailableError);
    } finally {
      await elsewhere.close();
      pool.destroy();
      Page.bind(database());
    }
  });
});

describeOnOwnBackends('the requests of a search', (backend) => {
  let database: Database;
  beforeAll(async () => {
    database = await connect(backend().url, { models: [Page] });
    await Page.createIndex();
    await Page.create({ path: 'a', views: 1 });
  });
  afterAll(() => database.close());

  test.each<[string, () => Promise<unknown>, string[]]>([
    ['findBy', () => Page.findBy({ views: 1 }), ['FT.SEARCH']],
    ['findOneBy', () => Page.findOneBy({ views: 1 }), ['FT.SEARCH']],
    ['findAndCountBy', () => Page.findAndCountBy({ views: 1 }), ['FT.SEARCH']],
    ['countBy', () => Page.countBy({ views: 1 }), ['FT.SEARCH']],
    ['one that nothing can meet', () => Page.findBy({ views: { $in: [] } }), []],
    ['createIndex', () => Page.createIndex(), ['FT.CREATE', 'FT.INFO']],
    ['syncIndex', () => Page.syncIndex(), ['FT.CREATE', 'FT.INFO', 'FT._LIST']],
    ['dropIndex', () => Page.dropIndex(), ['FT.DROPINDEX']],
  ])('%s', async (_verb, call, sent) => {
    expect(await backend().commandsSent(call)).toEqual(sent);
  });
});
