import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Database } from 'redatom';
import { RedisTree, type TreeNode } from 'redatom/tree';
import { openPool, type OpenPool } from '../../support/clients';
import { lockAcquire, lockRelease, treeLockAcquire } from '../../../src/lua/catalog.generated';
import { TcpProxy } from '../../support/tcp-proxy';
import { Ledger } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';
import { INIT } from '../support/verbs';

describeOnOwnServers('over a pool, a lock that is granted after it was given up', (server) => {
  let proxy: TcpProxy;
  let pool: OpenPool;
  let database: Database;

  beforeEach(async () => {
    await server().send('FLUSHALL');
    proxy = await TcpProxy.start(server().url);
    pool = await openPool(proxy.url, { minimum: 2, maximum: 3 });
    database = await connect(pool, { models: [Ledger] });
  });
  afterEach(async () => {
    await database.close();
    pool.destroy();
    await proxy.close();
  });

  test('is freed then, though the call to free it came first: a lock of a document', async () => {
    const ledger = await Ledger.create(INIT);
    await ledger.withLock('work', () => undefined);
    const held = proxy.onRequest(lockAcquire.sha1, 'hold request');
    await expect(ledger.withLock('work', () => undefined, { waitMs: 0 })).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    await held;
    // The call that frees the lock overtakes the held request.
    await sleep(100);
    proxy.letRequestsGo();

    await expect((await Ledger.get(INIT.name)).withLock('work', () => 'in', { waitMs: 5000 })).resolves.toBe('in');
  });

  test('is freed then, also when its connection is being closed', async () => {
    const ledger = await Ledger.create(INIT);
    await ledger.withLock('work', () => undefined);
    const asked = proxy.onRequest(lockAcquire.sha1, 'hold request');
    const locked = ledger.withLock('work', () => 'never', { ttlMs: 600_000 }).catch((error: unknown) => error);
    await asked;
    // The call that frees the lock overtakes the held request, and closing waits for its answer.
    const freed = proxy.onRequest(lockRelease.sha1, 'hold reply');
    const closing = database.close();
    await freed;
    proxy.letRequestsGo();

    expect(await locked).toMatchObject({ code: 'REDIS_CONNECTION' });
    proxy.letAnswersGo();
    await closing;
    await using _later = await connect(server().url, { models: [Ledger] });
    await expect(Ledger.withLockFromKey(INIT.name, 'work', () => 'in', { waitMs: 5000 })).resolves.toBe('in');
  });

  test('is freed then: a lock of a tree', async () => {
    const tree = new RedisTree({ client: pool });
    const node = tree.at('shop');
    await node.withLock(() => undefined);
    const held = proxy.onRequest(treeLockAcquire.sha1, 'hold request');
    await expect(node.withLock(() => undefined, { acquireTimeout: 0 })).rejects.toThrow();
    await held;
    // The call that frees the lock overtakes the held request.
    await sleep(100);
    proxy.letRequestsGo();

    await expect(node.withLock(() => 'in', { acquireTimeout: 5 })).resolves.toBe('in');
    await tree.close();
  });
});

describeOnOwnServers('a lock whose answer comes late', (server) => {
  /** Holds back the answer to the next script until the lease that it grants has ended. */
  async function late(proxy: TcpProxy, digest: string, call: () => Promise<unknown>): Promise<unknown> {
    const held = proxy.onRequest(digest, 'hold reply');
    const calling = call();
    await held;
    await sleep(320);
    proxy.letAnswersGo();
    return calling;
  }

  test('is asked for anew when its lease has ended: a lock of a document', async () => {
    await server().send('FLUSHALL');
    await using proxy = await TcpProxy.start(server().url);
    await using _database = await connect(proxy.url, { models: [Ledger] });
    const ledger = await Ledger.create(INIT);
    await ledger.withLock('work', () => undefined);

    const isLost = await late(proxy, lockAcquire.sha1, () => ledger.withLock('work', (_, lock) => lock.signal.aborted, { ttlMs: 300 }));

    expect(isLost).toBe(false);
  });

  test('is asked for anew when its lease has ended: a lock of a tree', async () => {
    await using proxy = await TcpProxy.start(server().url);
    const tree = new RedisTree({ client: proxy.url });
    await tree.at('a').withLock(() => undefined);

    const isLost = await late(proxy, treeLockAcquire.sha1, () =>
      tree.at('a').withLock((_, lock) => lock.signal.aborted, { expireTimeout: 0.3 }),
    );

    expect(isLost).toBe(false);
    await tree.close();
  });

  test('is kept when it was handed over meanwhile: a lock of a tree', async () => {
    await server().send('FLUSHALL');
    await using proxy = await TcpProxy.start(server().url);
    const trees = [server().url, proxy.url].map((client) => new RedisTree({ client }));
    const [first, second] = trees.map((tree) => tree.at('a')) as [TreeNode, TreeNode];
    const holder = await first.acquire();
    const giveUp = new AbortController();
    const waiting = second.acquire({ signal: giveUp.signal });
    while ((await server().send('EXISTS', 'tree:{tree}:queue')) === 0) await sleep(5);
    await sleep(100);
    await proxy.onRequest(treeLockAcquire.sha1, 'hold reply');
    await holder.release();
    // By then the waiter has heard that it holds the lock.
    await sleep(100);
    giveUp.abort();
    const lock = await waiting;
    proxy.letAnswersGo();
    await sleep(100);

    expect(await first.isLocked()).toBe(true);
    await lock.release();
    await Promise.all(trees.map((tree) => tree.close()));
  });
});
