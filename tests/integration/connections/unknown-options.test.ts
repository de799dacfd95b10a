import { AtomicRedisModel, Field, Key, Model, pipeline, Version, type Database } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { Lock, Pool, proxy, RedisTree, type TreeNode } from 'redatom/tree';
import { describeOnEveryBackend } from '../../support/backends';
import { createUser, User } from '../../support/user';
import { useDatabase } from '../../support/use-models';

@Model()
class Page extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Version() version!: number;
}

interface Asked {
  readonly user: User;
  readonly db: Database;
  readonly node: TreeNode;
}

/** How callers without types pass options. */
const any = (options: unknown): never => options as never;

const batch = (): Batch => new Batch(true).incr('n');

const WRONG: [string, (asked: Asked) => unknown, string][] = [
  ['save', ({ user }) => user.save(any({ timeout: 1 })), 'save() knows no option "timeout"; it takes mustBeNew, signal, timeoutMs'],
  ['save with null', ({ user }) => user.save(any(null)), 'save() takes its options as an object, found null'],
  ['save of a part', ({ user }) => user.tags.save(any({ mustBeNew: true })), 'a call knows no option "mustBeNew"'],
  ['load', ({ user }) => user.load(any({ timeout: 1 })), 'a call knows no option "timeout"; it takes signal, timeoutMs'],
  ['delete', ({ user }) => user.delete(any(5)), 'a call takes its options as an object, found the number 5'],
  ['a verb of a field', ({ user }) => user.score.increase(1, any({ timeout: 1 })), 'a call knows no option "timeout"'],
  ['a verb with null', ({ user }) => user.tags.aappend('x', any(null)), 'a call takes its options as an object, found null'],
  ['load with null', ({ user }) => user.load(any(null)), 'a call takes its options as an object, found null'],
  ['load of a part with null', ({ user }) => user.tags.load(any(null)), 'a call takes its options as an object, found null'],
  ['aset with null', ({ user }) => user.tags.aset(0, 'x', any(null)), 'a call takes its options as an object, found null'],
  ['getOrCreate with null', () => User.getOrCreate({ username: 'never' }, any(null)), 'a call takes its options as an object, found null'],
  ['get', ({ user }) => User.get(user.key, any(5)), 'found the number 5'],
  ['find', ({ user }) => User.find(user.key, any({ timeOut: 1 })), 'a call knows no option "timeOut"'],
  ['getMany', ({ user }) => User.getMany([user.key], any({ timeout: 1 })), 'a call knows no option "timeout"'],
  ['create', () => User.create({ username: 'never' }, any({ ttl: 1 })), 'a call knows no option "ttl"'],
  ['saveChanges without changes', ({ user }) => user.saveChanges(any({ timeout: 1 })), 'a call knows no option "timeout"'],
  ['aupdate without fields', ({ user }) => user.aupdate({}, any({ timeout: 1 })), 'a call knows no option "timeout"'],
  ['aupdate without members', ({ user }) => user.settings.aupdate({}, any({ timeout: 1 })), 'a call knows no option "timeout"'],
  ['aextend without items', ({ user }) => user.tags.aextend([], any({ timeout: 1 })), 'a call knows no option "timeout"'],
  ['getMany without keys', () => User.getMany([], any({ timeout: 1 })), 'a call knows no option "timeout"'],
  ['deleteMany without keys', () => User.deleteMany([], any({ timeout: 1 })), 'a call knows no option "timeout"'],
  ['insertMany without documents', () => User.insertMany([], any({ timeout: 1 })), 'a call knows no option "timeout"'],
  ['duplicateMany without copies', ({ user }) => user.duplicateMany(0, any({ timeout: 1 })), 'a call knows no option "timeout"'],
  ['getOrCreate', () => User.getOrCreate({ username: 'never' }, any({ ttl: 1 })), 'a call knows no option "ttl"'],
  ['scan', () => User.scan(any({ count: 1 })).next(), 'scan() knows no option "count"; it takes pkPrefix, signal, timeoutMs, onCorrupt'],
  [
    'scan with no function',
    () => User.scan({ onCorrupt: any('skip') }).next(),
    'onCorrupt takes a function, such as (error) => …, found the text "skip"',
  ],
  ['adjust', ({ user }) => user.score.adjust(-5, any({ minimum: 0 })), 'adjust() knows no option "minimum"; it takes min, max, signal'],
  [
    'pipeline',
    ({ user }) => user.pipeline(() => user.score.add(1), any({ ignoreIfDelete: true })),
    'pipeline() knows no option "ignoreIfDelete"; it takes ignoreIfDeleted, signal, timeoutMs',
  ],
  [
    'pipeline of several',
    ({ user }) => pipeline([user], () => user.score.add(1), any({ timeout: 1 })),
    'pipeline() knows no option "timeout"',
  ],
  ['lock', ({ user }) => user.lock('w', any({ saveAtEnd: true })), 'lock() knows no option "saveAtEnd"; it takes ttlMs, waitMs, maxHoldMs'],
  ['lockFromKey', ({ user }) => User.lockFromKey(user.key, 'w', any({ ttl: 1 })), 'lockFromKey() knows no option "ttl"'],
  [
    'withLock',
    ({ user }) => user.withLock('w', () => 1, any({ ttl: 5000 })),
    'withLock() knows no option "ttl"; it takes saveAtEnd, ttlMs',
  ],
  ['withLockFromKey', ({ user }) => User.withLockFromKey(user.key, 'w', () => 1, any(5000)), 'found the number 5000'],
  [
    'transact',
    () => Page.transact('x', () => 1, any({ retry: 3 })),
    'transact() knows no option "retry"; it takes retries, signal, timeoutMs',
  ],
  [
    'exec',
    ({ db }) => new BatchClient(db).exec(batch(), true, any({ timeout: 5 })),
    'exec() knows no option "timeout"; it takes signal, timeoutMs, route, retryStrategy',
  ],
  [
    'retryStrategy',
    ({ db }) => new BatchClient(db).exec(new Batch(false).incr('n'), true, { retryStrategy: any({ retryServer: true }) }),
    'retryStrategy knows no option "retryServer"; it takes retryServerError, retryConnectionError',
  ],
  ['copy', () => new Batch(true).copy('a', 'b', any({ overwrite: true })), 'copy() knows no option "overwrite"; it takes replace'],
  ['customCommand', () => new Batch(true).customCommand(['GET', 'a'], any({ read: true })), 'customCommand() knows no option "read"'],
  ['execute', ({ db }) => new PipelineOperations(db).execute(batch(), any({ raise: false })), 'execute() knows no option "raise"'],
  [
    'transact of operations',
    ({ db }) => new PipelineOperations(db).transact(batch(), any({ watches: ['k'] })),
    'transact() knows no option "watches"; it takes watch, retries',
  ],
  [
    'a text to watch',
    ({ db }) => new PipelineOperations(db).transact(batch(), any({ watch: 'key' })),
    "watch must be a list of keys such as ['key']",
  ],
  ['a number to watch', ({ db }) => new PipelineOperations(db).transact(batch(), any({ watch: [1] })), 'watch must be a list of keys'],
  ['atomic', ({ db }) => new PipelineOperations(db).atomic(() => 1, any({ retry: 1 })), 'atomic() knows no option "retry"'],
  [
    'PipelineOperations',
    ({ db }) => new PipelineOperations(db, any({ timeout: 5 })),
    'PipelineOperations knows no option "timeout"; it takes signal, timeoutMs',
  ],
  ['set', ({ node }) => node.set('x', 1, any({ expires: 5 })), 'set() knows no option "expires"; it takes expire'],
  ['isLocked', ({ node }) => node.isLocked(any({ above: true })), 'isLocked() knows no option "above"; it takes below'],
  [
    'withLock of a node',
    ({ node }) => node.withLock(() => 1, any({ timeout: 5 })),
    'a lock of a tree knows no option "timeout"; it takes shared, acquireTimeout',
  ],
  ['acquire', ({ node }) => node.acquire(any(5)), 'a lock of a tree takes its options as an object, found the number 5'],
  ['RedisTree', ({ db }) => new RedisTree(any({ client: db, nameSpace: 'q' })), 'RedisTree knows no option "nameSpace"; it takes client'],
  ['RedisTree with a URL', () => new RedisTree(any('redis://x')), "RedisTree takes { client, namespace }, such as { client: 'redis://"],
  ['RedisTree with nothing', () => new (RedisTree as unknown as new () => RedisTree)(), 'RedisTree takes { client, namespace }'],
  ['Lock', ({ db }) => new Lock(any(db), 'a', any({ timeout: 5 })), 'Lock knows no option "timeout"; it takes acquireTimeout'],
  ['proxy', () => proxy('a', any({ db: 'x' })), 'a node of the default tree knows no option "db"; it takes dbName'],
  ['reload', () => Pool.instance().reload(any({ hosts: 'x' })), 'reload() knows no option "hosts"; it takes host, port'],
];

/** Neither true nor false, so nobody knows which was meant. */
const NO_SWITCH: [string, (asked: Asked) => unknown, string][] = [
  ['saveAtEnd', ({ user }) => user.withLock('w', () => 1, any({ saveAtEnd: 'yes' })), 'withLock() takes true or false as saveAtEnd'],
  ['mustBeNew', ({ user }) => user.save(any({ mustBeNew: 1 })), 'save() takes true or false as mustBeNew, found the number 1'],
  ['ignoreIfDeleted', ({ user }) => user.pipeline(() => 1, any({ ignoreIfDeleted: null })), 'ignoreIfDeleted, found null'],
  [
    'replace',
    () => new Batch(true).copy('a', 'b', any({ replace: 'true' })),
    'copy() takes true or false as replace, found the text "true"',
  ],
  ['write', () => new Batch(true).customCommand(['GET', 'a'], any({ write: 0 })), 'customCommand() takes true or false as write'],
  ['raiseOnError', ({ db }) => new PipelineOperations(db).execute(batch(), any({ raiseOnError: 0 })), 'execute() takes true or false'],
  [
    'retryServerError',
    ({ db }) => new BatchClient(db).exec(new Batch(false).incr('n'), true, { retryStrategy: any({ retryServerError: 'yes' }) }),
    'retryStrategy takes true or false as retryServerError',
  ],
  ['below', ({ node }) => node.isLocked(any({ below: 'yes' })), 'isLocked() takes true or false as below, found the text "yes"'],
  ['shared', ({ node }) => node.acquire(any({ shared: 1 })), 'a lock of a tree takes true or false as shared, found the number 1'],
  ['autoRenew', ({ node }) => node.acquire(any({ autoRenew: 0 })), 'a lock of a tree takes true or false as autoRenew, found the number 0'],
  ['enforceLocks', ({ db }) => new RedisTree(any({ client: db, enforceLocks: 'no' })), 'RedisTree takes true or false as enforceLocks'],
  ['fakeRedis', () => Pool.instance().reload(any({ fakeRedis: 'no' })), 'reload() takes true or false as fakeRedis'],
];

describeOnEveryBackend('options that nobody knows', (backend) => {
  const database = useDatabase(() => backend.target(), [User, Page]);

  test.each([...WRONG, ...NO_SWITCH])('of %s are refused before anything is sent', async (_what, call, message) => {
    const user = await createUser({ score: 1 });
    const tree = new RedisTree({ client: database(), namespace: 'options' });
    const asked = { user, db: database(), node: tree.at('a') };

    const sent = await backend.commandsSent(async () => {
      const made = new Promise((resolve) => resolve(call(asked)));
      await expect(made).rejects.toThrow(TypeError);
      await expect(made).rejects.toThrow(message);
    });

    expect(sent).toEqual([]);
    expect([user.isStale, user.score.value, [...user.tags]]).toEqual([false, 1, []]);
  });

  test('are refused also under a lock that the flow holds already', async () => {
    const user = await createUser();
    const nested = user.withLock('w', () => user.withLock('w', () => 1, any({ saveAtend: true })));
    await expect(nested).rejects.toThrow('withLock() knows no option "saveAtend"');
  });

  test('do not hinder those that are known', async () => {
    const user = await createUser({ score: 1 });
    const signal = AbortSignal.timeout(60_000);
    await expect(user.score.adjust(-5, { min: 0, timeoutMs: 500 })).rejects.toMatchObject({ code: 'COMMIT_REFUSED' });
    await user.delete({ signal });
    const gone = user.pipeline(() => user.score.add(1), { ignoreIfDeleted: true, timeoutMs: 500, signal });
    await expect(gone).resolves.toEqual({ committed: false, replies: [] });
    const scanned = [];
    for await (const found of User.scan({ onCorrupt: () => undefined, timeoutMs: 5000 })) scanned.push(found);
    expect(scanned).toContainEqual(expect.any(User));
  });
});
