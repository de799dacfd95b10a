import { AtomicRedisModel, connect, Field, Key, Model, pipeline, RedisInt, Version, type ConnectionTarget, type Database } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { startEmbeddedRedis } from 'redatom/testing';
import { Lock, Pool, proxy, RedisTree } from 'redatom/tree';
import { describeOnEveryBackend } from '../../support/backends';
import { useDatabase } from '../../support/use-models';

@Model({ prefix: undefined, ttl: undefined, refreshTtl: undefined, connection: undefined, hashTag: undefined })
class Page extends AtomicRedisModel {
  @Key() @Field(String, { nullable: undefined, default: undefined, format: undefined }) name!: string;
  @Field(Date, { nullable: true, default: undefined, format: undefined }) at!: Date | null;
  @Field(RedisInt) reads!: RedisInt;
  @Version() version!: number;
}

interface Asked {
  readonly page: Page;
  readonly db: Database;
  readonly target: ConnectionTarget;
}

/** Options that are all there but undefined, as when a program passes on options that it may not have been given. */
function nothing<Name extends string>(...names: Name[]): Record<Name, undefined> {
  return Object.fromEntries(names.map((name) => [name, undefined])) as Record<Name, undefined>;
}

const call = nothing('signal', 'timeoutMs');
const lock = nothing('ttlMs', 'waitMs', 'maxHoldMs', 'signal');
const treeLock = nothing('shared', 'acquireTimeout', 'expireTimeout', 'autoRenew', 'signal');
const treeDefaults = nothing('lockAcquireTimeout', 'lockExpireTimeout');
const settings = { ...call, route: undefined, retryStrategy: undefined };

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const tree = ({ db }: Asked): RedisTree => new RedisTree({ client: db, ...nothing('namespace', 'enforceLocks'), ...treeDefaults });
const unlocked = async ({ db }: Asked, options: Parameters<RedisTree['at']>[0]): Promise<boolean> =>
  new RedisTree({ client: db }).at(options).isLocked(nothing('below'));

const CALLS: [string, (asked: Asked) => unknown, unknown][] = [
  ['save', async ({ page }) => (await page.save(call)).reads.value, 1],
  ['saveChanges', async ({ page }) => (await page.saveChanges(call)).reads.value, 1],
  ['load', async ({ page }) => (await page.load(call)).reads.value, 1],
  ['delete', ({ page }) => page.delete(call), true],
  ['aupdate', async ({ page }) => (await page.aupdate({ reads: 5 }, call)).reads.value, 5],
  ['duplicate', async ({ page }) => (await page.duplicate(`${page.pk}-copy`, call)).reads.value, 1],
  ['exists', ({ page }) => page.exists(call), true],
  ['ttl', ({ page }) => page.ttl(call), null],
  ['expire', ({ page }) => page.expire(60, call), undefined],
  ['get', async ({ page }) => (await Page.get(page.key, call)).reads.value, 1],
  ['find', async ({ page }) => (await Page.find(page.key, call))?.reads.value, 1],
  ['getMany', async ({ page }) => (await Page.getMany([page.key], call)).found.length, 1],
  ['getOrCreate', async ({ page }) => (await Page.getOrCreate({ name: page.pk }, call)).created, false],
  ['insertMany', async ({ page }) => (await Page.insertMany([{ name: `${page.pk}-2` }], call)).length, 1],
  ['deleteByKey', ({ page }) => Page.deleteByKey(page.key, call), true],
  ['deleteMany', ({ page }) => Page.deleteMany([page.key], call), 1],
  ['afindKeys', async ({ page }) => (await Page.afindKeys(call)).includes(page.key), true],
  ['scan', async ({ page }) => (await all(Page.scan({ ...call, onCorrupt: undefined }))).some(({ key }) => key === page.key), true],
  ['get of a connection', async ({ page, db }) => (await db.get(page.key, call)) instanceof Page, true],
  ['increase', ({ page }) => page.reads.increase(undefined, call), 2],
  ['adjust', ({ page }) => page.reads.adjust(5, { min: undefined, max: undefined, ...call }), 6],
  [
    'pipeline',
    ({ page }) => page.pipeline(() => page.reads.add(1), { ignoreIfDeleted: undefined, ...call }),
    expect.objectContaining({ committed: true }),
  ],
  [
    'pipeline of several',
    ({ page }) => pipeline([page], () => page.reads.add(1), { ignoreIfDeleted: undefined, ...call }),
    expect.objectContaining({ committed: true }),
  ],
  ['lock', async ({ page }) => (await page.lock(undefined, lock)).release(), undefined],
  ['lockFromKey', async ({ page }) => (await Page.lockFromKey(page.key, undefined, lock)).release(), undefined],
  ['withLock', ({ page }) => page.withLock('a', () => (page.reads.value = 9), { ...lock, saveAtEnd: undefined }), 9],
  ['withLockFromKey', ({ page }) => Page.withLockFromKey(page.key, 'a', () => 3, { ...lock, saveAtEnd: undefined }), 3],
  ['transact', ({ page }) => Page.transact(page.key, ({ reads }) => reads.value, { ...call, retries: undefined }), 1],
  ['exec', ({ db }) => new BatchClient(db).exec(new Batch(false).echo('a'), true, settings), ['a']],
  ['exec of a transaction', ({ db }) => new BatchClient(db).exec(new Batch(true).echo('a'), true, settings), ['a']],
  [
    'retryStrategy',
    ({ db }) =>
      new BatchClient(db).exec(new Batch(true).echo('a'), true, { retryStrategy: nothing('retryServerError', 'retryConnectionError') }),
    ['a'],
  ],
  [
    'copy',
    ({ db }) =>
      new BatchClient(db).exec(
        new Batch(true).set('{copy}a', '1').del('{copy}b').copy('{copy}a', '{copy}b', nothing('replace', 'destinationDatabase')),
        true,
      ),
    ['OK', expect.any(Number), true],
  ],
  [
    'customCommand',
    ({ db }) => new BatchClient(db).exec(new Batch(true).customCommand(['ECHO', 'a'], nothing('keys', 'write')), true),
    ['a'],
  ],
  ['PipelineOperations', ({ db }) => new PipelineOperations(db, call).execute(new Batch(true).echo('a')), ['a']],
  ['execute', ({ db }) => new PipelineOperations(db).execute(new Batch(true).echo('a'), { ...settings, raiseOnError: undefined }), ['a']],
  [
    'transact of operations',
    ({ db }) =>
      new PipelineOperations(db).transact(new Batch(true).echo('a'), {
        ...nothing('watch', 'retries', 'raiseOnError', 'route'),
        ...call,
      }),
    ['a'],
  ],
  ['set', async (asked) => (await tree(asked).at('undefined').set('a', 1, nothing('expire'))).get('a').timeToLive(), -1],
  ['isLocked', (asked) => unlocked(asked, 'undefined'), false],
  [
    'withLock of a node',
    (asked) =>
      tree(asked)
        .at('undefined')
        .withLock(() => unlocked(asked, 'undefined'), treeLock),
    true,
  ],
  ['acquire', async (asked) => (await tree(asked).at('undefined').acquire(treeLock)).release(), undefined],
  ['Lock', ({ db }) => new Lock(db, 'a', nothing('acquireTimeout', 'expireTimeout', 'namespace')).isLocked(nothing('below')), false],
  ['proxy', () => proxy('a', { dbName: undefined, ...treeDefaults }).key(), 'a'],
  [
    'reload',
    () =>
      Pool.instance().reload(
        nothing('host', 'port', 'database', 'default', 'password', 'maxConnections', 'timeoutSeconds', 'names', 'fakeRedis'),
      ),
    undefined,
  ],
  [
    'connect',
    async ({ target }) => {
      await using db = await connect(target, nothing('models', 'name', 'timeoutMs'));
      return [db.models, db.name];
    },
    [[], undefined],
  ],
];

describeOnEveryBackend('options that are undefined', (backend) => {
  const database = useDatabase(() => backend.target(), [Page]);

  test.each(CALLS)('of %s mean their defaults', async (what, ask, result) => {
    const page = await Page.create({ name: `page of ${what}`, reads: 1 });

    expect(await ask({ page, db: database(), target: await backend.target() })).toEqual(result);
  });

  test('do not lift the limits of PipelineOperations', async () => {
    const operations = new PipelineOperations(database(), { signal: AbortSignal.abort() });

    await expect(operations.execute(new Batch(true).echo('a'), { signal: undefined })).rejects.toThrow();
    await expect(operations.transact(new Batch(true).echo('a'), { signal: undefined })).rejects.toThrow();
  });

  test('of fields are not taken for a default', () => {
    expect(() => Page.build({})).toThrow('name');
    expect(Page.build({ name: 'a' }).at).toBeNull();
  });
});

test('options of an embedded server that are undefined mean their defaults', async () => {
  await using server = await startEmbeddedRedis(nothing('port', 'host', 'cluster', 'databases', 'password'));
  await using db = await connect({ url: server.url, timeoutMs: undefined, RESP: undefined });
  await using cluster = await startEmbeddedRedis({ cluster: { masters: 2, replicas: undefined } });

  expect([db.isClosed, cluster.addresses.length]).toEqual([false, 2]);
});
