import { setTimeout as sleep } from 'node:timers/promises';
import { LockLostError, Pool, RedisTree, root, type TreeLock } from 'redatom/tree';
import { openClient } from '../../support/clients';
import { describeOnOwnServers } from '../support/own-servers';
import { CONNECTION_TIMEOUT_MS, outcomeOf, SLACK_MS } from '../support/verbs';

/** Measures the longest time for which this process is kept from running. */
function watchStalls(): () => number {
  let [last, worst] = [performance.now(), 0];
  const timer = setInterval(() => {
    worst = Math.max(worst, performance.now() - last);
    last = performance.now();
  }, 5);
  return () => {
    clearInterval(timer);
    return Math.max(worst, performance.now() - last);
  };
}

async function aborted({ signal }: { signal: AbortSignal }): Promise<unknown> {
  if (!signal.aborted) await new Promise((heard) => signal.addEventListener('abort', heard));
  return signal.reason;
}

describeOnOwnServers('the tree on a server that falls silent', (server) => {
  let tree: RedisTree;
  let other: RedisTree;

  beforeEach(async () => {
    await server().send('FLUSHALL');
    tree = new RedisTree({ client: { url: server().url, timeoutMs: CONNECTION_TIMEOUT_MS }, namespace: 'silence' });
    other = new RedisTree({ client: { url: server().url, timeoutMs: CONNECTION_TIMEOUT_MS }, namespace: 'silence' });
    await Promise.all([tree, other].map((one) => one.at('a').withLock((node) => node.set('n', 0))));
  });
  afterEach(async () => {
    await resume();
    await Promise.all([tree.close(), other.close()]);
  });

  const pause = (): Promise<void> => server().server.kill('SIGSTOP');
  const resume = (): Promise<void> => server().server.kill('SIGCONT');
  const rowsLeft = async (): Promise<unknown[]> =>
    Promise.all([server().send('HLEN', 'tree:{silence}:grants'), server().send('ZCARD', 'tree:{silence}:queue')]);

  test('the signal of a lock that is held aborts when its lease is over, and what was sent meanwhile is refused', async () => {
    const lock = await tree.at('a').acquire({ expireTimeout: 3 });
    // The server counts the lease from when it granted the lock; the client from when it asked, which is earlier.
    const begin = performance.now();
    const worstStallMs = watchStalls();
    await pause();
    const late = outcomeOf(lock.node.set('n', 'late'));

    expect(await aborted(lock)).toBeInstanceOf(LockLostError);
    // A third of the lease later would be too late: another holder may be inside by then.
    expect(performance.now() - begin).toBeLessThan(3000 + 100 + 2 * worstStallMs());
    expect((await late).code).toBe('OUTCOME_UNKNOWN');
    expect((await outcomeOf(lock.node.set('n', 'later'))).code).toBe('LOCK_LOST');
    expect((await outcomeOf(lock.release())).code).toBe('LOCK_LOST');

    await sleep(Math.max(0, begin + 3000 - performance.now()) + 5);
    await resume();
    expect(await other.at('a.n').val()).toBe(0);
    expect((await outcomeOf(other.at('a').withLock(() => undefined, { acquireTimeout: 2 }))).code).toBe('done');
    expect(await rowsLeft()).toEqual([0, 0]);
  });

  test('verbs end with the deadline of the connection', async () => {
    const lock = await tree.at('a').acquire();
    await pause();

    const writes = [lock.node.set('n', 1), lock.node.get('n').add(1), tree.at('b').assign(1), tree.at('b').clear(), tree.at('a').expire(1)];
    for (const { code, ms } of await Promise.all(writes.map(outcomeOf))) {
      expect(code).toBe('OUTCOME_UNKNOWN');
      expect(ms).toBeLessThan(2 * CONNECTION_TIMEOUT_MS + SLACK_MS);
    }
    const reads = [tree.root().val(), tree.at('a').keys(), tree.at('a').timeToLive(), tree.at('a').isLocked()];
    for (const { code, ms } of await Promise.all(reads.map(outcomeOf))) {
      expect(['OUTCOME_UNKNOWN', 'REDIS_CONNECTION']).toContain(code);
      expect(ms).toBeLessThan(3 * CONNECTION_TIMEOUT_MS + SLACK_MS);
    }
  });

  test.each([0, 0.5])(
    'a lock is not waited for beyond %d s and the time of one attempt',
    async (acquireTimeout) => {
      await pause();
      const { code, ms } = await outcomeOf(tree.at('a').acquire({ acquireTimeout }));
      expect(code).toBe('REDIS_CONNECTION');
      expect(ms).toBeLessThan(Math.max(acquireTimeout * 1000, 1000) + SLACK_MS);

      await resume();
      await sleep(100);
      expect(await rowsLeft()).toEqual([0, 0]);
    },
    20_000,
  );

  test('a waiter in the queue gives up in time, and holds nothing afterwards', async () => {
    const lock = await other.at('a').acquire({ expireTimeout: 10 });
    const waiting = outcomeOf(tree.at('a.n').acquire({ acquireTimeout: 1.5 }));
    await sleep(100);
    await pause();

    const { code, ms } = await waiting;
    // Whichever is over first: its own time, or that of the connection.
    expect(['LOCK_TIMEOUT', 'REDIS_CONNECTION']).toContain(code);
    expect(ms).toBeLessThan(1500 + SLACK_MS);

    await resume();
    expect((await outcomeOf(lock.release())).code).toBe('done');
    await sleep(100);
    expect(await rowsLeft()).toEqual([0, 0]);
  });

  test('a waiter in the queue gets the lock when the server answers again', async () => {
    const lock = await other.at('a').acquire({ expireTimeout: 10 });
    const waiting = tree.at('a.n').acquire({ acquireTimeout: 15 });
    await sleep(100);
    await pause();
    await sleep(500);
    await resume();

    expect((await outcomeOf(lock.release())).code).toBe('done');
    const next: TreeLock = await waiting;
    expect(next.fence).toBeGreaterThan(lock.fence);
    expect((await outcomeOf(next.node.assign(1))).code).toBe('done');
    await next.release();
  });

  test('work that is done does not wait for the release longer than its connection waits', async () => {
    const { code, ms } = await outcomeOf(tree.at('a').withLock(pause));
    expect(code).toBe('done');
    expect(ms).toBeLessThan(2 * CONNECTION_TIMEOUT_MS + SLACK_MS);
  });

  test('what the work throws is reported, not that its lock could not be released', async () => {
    const failing = tree.at('a').withLock(async () => {
      await pause();
      throw new Error('of the work');
    });
    await expect(failing).rejects.toThrow('of the work');
  });

  test('work that is done does not wait for the release longer than the lease, on a connection without a deadline', async () => {
    const client = await openClient(server().url);
    const patient = new RedisTree({ client, namespace: 'silence' });
    try {
      const { code, ms } = await outcomeOf(patient.at('a').withLock(pause, { expireTimeout: 1 }));
      expect(['done', 'LOCK_LOST']).toContain(code);
      expect(ms).toBeLessThan(1000 + SLACK_MS);
    } finally {
      await resume();
      await patient.close();
      client.destroy();
    }
  });
});

describeOnOwnServers('the pool on a server that stops', (server) => {
  const CONNECTIONS = 3;

  beforeEach(async () => {
    await server().send('FLUSHALL');
    await Pool.instance().reload({ port: server().server.port, timeoutSeconds: CONNECTION_TIMEOUT_MS / 1000, maxConnections: CONNECTIONS });
    await Promise.all(Array.from({ length: CONNECTIONS }, () => root().set('n', 0)));
  });
  afterEach(async () => {
    await server().server.kill('SIGCONT');
    await Pool.instance().reload();
  });

  test('ends all calls in time while it is silent, and serves again afterwards', async () => {
    await server().server.kill('SIGSTOP');
    const calls = [root().val(), root().set('n', 1), root().get('n').add(1), root().val(), root().keys()];
    for (const { code, ms } of await Promise.all(calls.map(outcomeOf))) {
      expect(['OUTCOME_UNKNOWN', 'REDIS_CONNECTION']).toContain(code);
      expect(ms).toBeLessThan(2 * CONNECTION_TIMEOUT_MS + SLACK_MS);
    }
    await server().server.kill('SIGCONT');
    await sleep(500);
    for (let call = 0; call < 2 * CONNECTIONS; call++) expect((await outcomeOf(root().val())).code).toBe('done');
  });

  test('serves again after it was restarted, over all connections', async () => {
    await server().server.restart();
    await sleep(1000);
    for (let call = 0; call < 2 * CONNECTIONS; call++) expect((await outcomeOf(root().set('n', call))).code).toBe('done');
  });
});
