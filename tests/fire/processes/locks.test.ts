import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryBackend } from '../../support/backends';
import type { HolderParams } from '../support/lock-tasks';
import { Ledger } from '../support/models';
import { WorkerPool, type WorkerProcess } from '../support/worker-process';
import { useDatabase } from '../../support/use-models';

describeOnEveryBackend('locks between processes', (backend) => {
  const pool = new WorkerPool();
  useDatabase(() => backend.url, [Ledger]);
  beforeEach(() => backend.flush());
  afterEach(() => pool.endAll());
  afterAll(() => pool.close());

  test.each([
    { processes: 16, tasks: 1, rounds: 50 },
    { processes: 4, tasks: 8, rounds: 25 },
  ])(
    '$processes contend for one lock, $tasks tasks each, $rounds rounds: no update lost, never two inside',
    async (size) => {
      const { processes, tasks, rounds } = size;
      await Ledger.create({ name: 'contended' });
      const workers = await pool.start(processes);

      const begin = performance.now();
      const all = await Promise.all(
        workers.map((worker, index) =>
          worker.run<{ intruders: number; fences: number[] }>('lockRounds', {
            url: backend.url,
            pk: 'contended',
            worker: index,
            tasks,
            rounds,
          }),
        ),
      );
      const seconds = (performance.now() - begin) / 1000;

      expect(all.reduce((sum, { intruders }) => sum + intruders, 0)).toBe(0);
      expect((await Ledger.get('contended')).plain).toBe(processes * tasks * rounds);
      expect(new Set(all.flatMap(({ fences }) => fences)).size).toBe(processes * tasks * rounds);
      for (const { fences } of all) expect(fences).toEqual([...fences].sort((a, b) => a - b));
      console.log(`${processes} × ${tasks} × ${rounds} rounds under one lock in ${seconds.toFixed(1)} s: 0 lost, 0 intruders`);
    },
    90_000,
  );

  const ways: HolderParams['write'][] = ['saveAtEnd', 'a verb at once', 'a pipeline', 'save()', 'aupdate()'];

  describe.each(ways)('a holder that comes back too late, with %s', (write) => {
    async function startBoth(
      ttlMs: number,
    ): Promise<{ holder: WorkerProcess; waiter: WorkerProcess; fence: number; params: HolderParams }> {
      await Ledger.create({ name: 'overtaken' });
      const [holder, waiter] = (await pool.start(2)) as [WorkerProcess, WorkerProcess];
      const params: HolderParams = { url: backend.url, pk: 'overtaken', ttlMs, write };
      holder.begin('holdLock', params);
      return { holder, waiter, params, fence: await holder.report<number>('held') };
    }

    async function expectRefused(holder: WorkerProcess): Promise<void> {
      const before = await backend.jsonText('Ledger:overtaken');
      holder.cue('go on');
      await expect(holder.result()).rejects.toMatchObject({ code: 'LOCK_LOST' });
      expect(await backend.jsonText('Ledger:overtaken')).toBe(before);
      expect(await backend.json('Ledger:overtaken')).toMatchObject({ plain: 0, total: 0, log: ['mine'] });
    }

    test('after it was paused beyond its lease', async () => {
      const { holder, waiter, params, fence } = await startBoth(400);

      holder.signal('SIGSTOP');
      const next = await waiter.run<{ waitedMs: number; fence: number }>('enterLock', params);
      holder.signal('SIGCONT');

      expect(next.fence).toBeGreaterThan(fence);
      await expectRefused(holder);
    });

    test('after the server forgot its lock, which only the commit can find out', async () => {
      const { holder, waiter, params } = await startBoth(30_000);

      holder.signal('SIGSTOP');
      await backend.send('DEL', '{Ledger:overtaken}/job:lock');
      await waiter.run('enterLock', params);
      holder.signal('SIGCONT');

      await expectRefused(holder);
    });
  });

  test('a paused holder learns of its loss when it wakes', async () => {
    await Ledger.create({ name: 'told' });
    const [holder] = (await pool.start(1)) as [WorkerProcess];
    holder.begin('holdLock', { url: backend.url, pk: 'told', ttlMs: 300, write: 'saveAtEnd' });
    await holder.report('held');

    holder.signal('SIGSTOP');
    await sleep(500);
    holder.signal('SIGCONT');

    await expect(holder.report('lost')).resolves.toBe('LOCK_LOST');
  });

  test('the next waiter enters within the lease plus a second after the holder was killed', async () => {
    const ttlMs = 1500;
    await Ledger.create({ name: 'killed' });
    const [holder, waiter] = (await pool.start(2)) as [WorkerProcess, WorkerProcess];
    const params: HolderParams = { url: backend.url, pk: 'killed', ttlMs, write: 'saveAtEnd' };
    holder.begin('holdLock', params);
    await holder.report('held');
    waiter.begin('enterLock', params);
    await waiter.report('waiting');
    // The lease is renewed meanwhile, so the one that the waiter saw first is not the last one.
    await sleep(1000);

    const killedAt = performance.now();
    await holder.end();
    await waiter.result();

    const waitedMs = performance.now() - killedAt;
    console.log(`entered ${waitedMs.toFixed(0)} ms after the kill; the lease is ${ttlMs} ms`);
    expect(waitedMs).toBeLessThan(ttlMs + 1000);
    expect(await backend.json('Ledger:killed')).toMatchObject({ plain: 0, log: ['mine'] });
  });
});
