import { setTimeout as sleep } from 'node:timers/promises';
import { RedisTree } from 'redatom/tree';
import { describeOnEveryBackend } from '../../support/backends';
import type { TreeParams } from '../support/tree-tasks';
import { WorkerPool, type WorkerError, type WorkerProcess } from '../support/worker-process';

describeOnEveryBackend('locks of a tree, and processes that stop', (backend) => {
  const pool = new WorkerPool();
  let tree: RedisTree;

  beforeAll(async () => {
    tree = new RedisTree({ client: await backend.raw(), namespace: 'fire' });
  });
  beforeEach(() => backend.flush());
  afterEach(() => pool.endAll());
  afterAll(async () => {
    await pool.close();
    await tree.close();
  });

  const params = (path: string, more: Partial<TreeParams> = {}): TreeParams => ({ url: backend.url, path, ...more });

  /** Waits until the queue has that length, however long the processes take to ask for the lock. */
  const queueOf = async (length: number): Promise<void> => {
    while ((await backend.send('ZCARD', 'tree:{fire}:queue')) !== length) await sleep(5);
  };

  test('two processes increment under a lock, and lose nothing', async () => {
    const workers = await pool.start(2);
    await tree.at('a.b.c').set('d', 0);
    await Promise.all(workers.map((worker) => worker.run('incrementUnderLock', params('a.b.c', { rounds: 200 }))));
    expect(await tree.at('a.b.c.d').val()).toBe(400);
  });

  test('four processes add without a lock, and lose nothing', async () => {
    const workers = await pool.start(4);
    await Promise.all(workers.map((worker) => worker.run('addWithoutLock', params('count', { rounds: 1000 }))));
    expect(await tree.at('count').val()).toBe(4000);
  });

  test('the next waiter enters within the lease after the holder was killed', async () => {
    const [holder, waiter] = (await pool.start(2)) as [WorkerProcess, WorkerProcess];
    holder.begin('holdSubtree', params('a', { expireTimeout: 1 }));
    await holder.report('held');
    waiter.begin('enterSubtree', params('a.b'));
    await waiter.report('waiting');
    await queueOf(1);
    await sleep(500);

    const killedAt = performance.now();
    await holder.end();
    await waiter.result();

    const afterMs = performance.now() - killedAt;
    console.log(`${backend.name}: entered ${afterMs.toFixed(0)} ms after the kill of a holder whose lease is 1000 ms`);
    expect(afterMs).toBeLessThan(1_500);
  });

  test('a waiter that was killed is in the way no longer than its place in the queue lasts', async () => {
    const [holder, dead, waiter] = (await pool.start(3)) as [WorkerProcess, WorkerProcess, WorkerProcess];
    holder.begin('holdSubtree', params('a.x'));
    await holder.report('held');
    dead.begin('enterSubtree', params('a'));
    await dead.report('waiting');
    await queueOf(1);
    waiter.begin('enterSubtree', params('a.y'));
    await waiter.report('waiting');
    await queueOf(2);

    const killedAt = performance.now();
    await dead.end();
    await waiter.result();

    const afterMs = performance.now() - killedAt;
    console.log(`${backend.name}: entered ${afterMs.toFixed(0)} ms after the kill of an earlier waiter`);
    expect(afterMs).toBeLessThan(1_700);
    holder.cue('go on');
    await holder.result();
  });

  test('a holder that was paused beyond its lease writes nothing, and learns why', async () => {
    const [holder, waiter] = (await pool.start(2)) as [WorkerProcess, WorkerProcess];
    holder.begin('holdSubtree', params('a', { expireTimeout: 0.5 }));
    const fence = await holder.report<number>('held');

    holder.signal('SIGSTOP');
    const next = await waiter.run<{ fence: number }>('enterSubtree', params('a'));
    holder.signal('SIGCONT');

    expect(next.fence).toBeGreaterThan(fence);
    expect(await holder.report('lost')).toBe('LOCK_LOST');
    holder.cue('go on');
    await expect(holder.result()).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(await tree.root().val()).toBeUndefined();
  });

  test('a holder whose grant the server forgot while it was paused writes nothing: the script finds out', async () => {
    const [holder, waiter] = (await pool.start(2)) as [WorkerProcess, WorkerProcess];
    holder.begin('holdSubtree', params('a'));
    await holder.report('held');

    holder.signal('SIGSTOP');
    await backend.flush();
    await waiter.run('enterSubtree', params('a'));
    holder.signal('SIGCONT');
    holder.cue('go on');

    await expect(holder.result()).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(await tree.root().val()).toBeUndefined();
  });

  test('crossed locks of two processes end at once for exactly one', async () => {
    const workers = (await pool.start(2)) as [WorkerProcess, WorkerProcess];
    workers[0].begin('crossLocks', params('a', { other: 'b' }));
    workers[1].begin('crossLocks', params('b', { other: 'a.x' }));
    for (const worker of workers) await worker.report('held');
    for (const worker of workers) worker.cue('go on');

    const results = await Promise.allSettled(workers.map((worker) => worker.result<number>()));

    const failed = results.filter((result) => result.status === 'rejected');
    expect(failed).toHaveLength(1);
    expect((failed[0]?.reason as WorkerError).code).toBe('DEADLOCK');
    const tookMs = await Promise.all(workers.map((worker) => worker.report<number>('ended')));
    expect(Math.max(...tookMs)).toBeLessThan(1_000);
  });
});
