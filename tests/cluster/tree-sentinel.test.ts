import { setTimeout as sleep } from 'node:timers/promises';
import { LockLostError, LockTimeoutError, RedatomError, RedisTree } from 'redatom/tree';
import { openSentinelClient, type SentinelClient } from './support/sentinel-client';
import { openClient, type OpenClient } from '../support/clients';
import { startServer, type Server } from '../support/servers';
import { startSentinel, type TestSentinel } from '../support/servers/sentinel';

const NAMESPACE = 'sentinel';

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen in time`);
    await sleep(50);
  }
}

describe('trees through a sentinel', () => {
  let servers: [primary: Server, replica: Server];
  let atPrimary: OpenClient;
  let atReplica: OpenClient;
  let sentinel: TestSentinel;
  let clients: [SentinelClient, SentinelClient];
  let trees: [RedisTree, RedisTree];

  beforeEach(async () => {
    const args = ['--repl-diskless-sync-delay', '0'];
    servers = [await startServer({ flavour: 'redis-stack', args }), await startServer({ flavour: 'redis-stack', args })];
    atPrimary = await openClient(servers[0].url);
    atReplica = await openClient(servers[1].url);
    await atReplica.sendCommand(['REPLICAOF', '127.0.0.1', String(servers[0].port)]);
    await until(
      async () => (await atReplica.sendCommand<string>(['INFO', 'replication'])).includes('master_link_status:up'),
      'replication',
    );
    sentinel = await startSentinel(servers[0].port);
    clients = [await openSentinelClient(sentinel.port), await openSentinelClient(sentinel.port)];
    trees = clients.map((client) => new RedisTree({ client, namespace: NAMESPACE })) as [RedisTree, RedisTree];
    // The sentinel asks the primary for its replicas when it starts.
    await sleep(1500);
  });
  afterEach(async () => {
    await Promise.all(trees.map((tree) => tree.close()));
    await Promise.all(clients.map((client) => client.destroy()));
    for (const client of [atPrimary, atReplica]) client.destroy();
    await sentinel.stop();
    await Promise.all(servers.map((server) => server.stop()));
  });

  /** From now on nothing reaches the replica; connections that are already open keep working. */
  async function cutReplication(): Promise<void> {
    await atPrimary.sendCommand(['CONFIG', 'SET', 'requirepass', 'nobody knows']);
    await atPrimary.sendCommand(['CLIENT', 'KILL', 'TYPE', 'replica']);
    await until(async () => (await atReplica.sendCommand<string>(['INFO', 'replication'])).includes('master_link_status:down'), 'the cut');
  }

  async function failOver(): Promise<void> {
    await servers[0].kill('SIGKILL');
    await until(async () => (await atReplica.sendCommand<string[]>(['ROLE']))[0] === 'master', 'the promotion');
  }

  /** Repeats a call until the client has found the new primary. */
  async function eventually<T>(call: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof RedatomError)) throw error;
        const isPassing = ['OUTCOME_UNKNOWN', 'REDIS_CONNECTION', 'REDIS_SERVICE'].includes(error.code);
        if (!isPassing || Date.now() > deadline) throw error;
      }
      await sleep(100);
    }
  }

  test('values, locks and hand-overs work, and lose nothing', async () => {
    const [mine, its] = trees;
    const flows = [mine, its, mine, its].map(async (tree) => {
      for (let round = 0; round < 25; round++) {
        await tree.at('a').withLock(async (node) => node.set('n', ((await node.get('n').val(0)) as number) + 1));
      }
    });
    await Promise.all(flows);
    expect(await its.root().val()).toEqual({ a: { n: 100 } });
    const lock = await mine.at('a').acquire();
    await expect(its.at('a.n').acquire({ acquireTimeout: 0.05 })).rejects.toThrow(LockTimeoutError);
    await lock.release();
  });

  test('a lock that reached the replica is still held after the failover', async () => {
    const [mine, its] = trees;
    const lock = await mine.at('a').acquire({ expireTimeout: 60 });
    await atPrimary.sendCommand(['WAIT', '1', '5000']);
    await failOver();

    await eventually(() => lock.node.set('kept', true));
    await expect(eventually(() => its.at('a').acquire({ acquireTimeout: 0 }))).rejects.toThrow(LockTimeoutError);
    expect(lock.signal.aborted).toBe(false);
    await lock.release();
    expect(await its.root().val()).toEqual({ a: { kept: true } });
  });

  test('the holder of a lock that was lost with its primary writes no more beside the next holder, and its signal aborts', async () => {
    const [mine, its] = trees;
    await mine.at('a').set('owner', 'nobody');
    // Both clients have connections that stay open.
    await Promise.all(trees.map((tree) => tree.at('a').val()));
    await cutReplication();
    const lock = await mine.at('a').acquire({ expireTimeout: 6 });
    await lock.node.set('owner', 'the first');
    await failOver();

    const next = await eventually(() => its.at('a').acquire());
    await next.node.set('owner', 'the next');
    expect(next.fence).toBeGreaterThan(lock.fence);

    await expect(eventually(() => lock.node.set('owner', 'the first again'))).rejects.toThrow(LockLostError);
    await expect(eventually(() => lock.node.get('count').add(1))).rejects.toThrow(LockLostError);
    if (!lock.signal.aborted) await new Promise((heard) => lock.signal.addEventListener('abort', heard));
    expect(lock.signal.reason).toBeInstanceOf(LockLostError);
    await expect(lock.release()).rejects.toThrow(LockLostError);

    expect(await next.node.val()).toEqual({ owner: 'the next' });
    await next.node.set('owner', 'still the next');
    await next.release();
  });

  test('a task that waits during the failover gets the lock, or a typed error in time', async () => {
    const [mine, its] = trees;
    await mine.at('a').acquire({ expireTimeout: 2, autoRenew: false });
    await atPrimary.sendCommand(['WAIT', '1', '5000']);
    const began = performance.now();
    const waiting = its
      .at('a')
      .acquire({ acquireTimeout: 10 })
      .then(
        async (lock) => lock.node.set('entered', true).then(() => lock.release()),
        (error: unknown) =>
          expect(error).toMatchObject({ code: expect.stringMatching(/REDIS_CONNECTION|REDIS_SERVICE|LOCK_TIMEOUT/) as string }),
      );
    await sleep(200);
    await failOver();
    await waiting;
    expect(performance.now() - began).toBeLessThan(12_000);
    await eventually(() => its.at('a').withLock(() => undefined));
  });
});
