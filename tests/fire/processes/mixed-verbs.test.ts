import { describeOnEveryBackend } from '../../support/backends';
import type { MixedParams, MixedWork } from '../support/contention-tasks';
import { Ledger, VersionedLedger } from '../support/models';
import { WorkerPool, type WorkerProcess } from '../support/worker-process';
import { useDatabase } from '../../support/use-models';

const WORKERS = 8;
const ROUNDS = 500;

describeOnEveryBackend('8 processes on one document', (backend) => {
  const pool = new WorkerPool();
  let workers: WorkerProcess[];
  useDatabase(() => backend.url, [Ledger, VersionedLedger]);

  beforeAll(async () => {
    workers = await pool.start(WORKERS);
  });
  afterAll(() => pool.close());

  async function runInAll<T>(task: string, params: Omit<MixedParams, 'worker' | 'url'>): Promise<T[]> {
    return Promise.all(workers.map((worker, index) => worker.run<T>(task, { ...params, url: backend.url, worker: index })));
  }

  test('500 mixed verbs each: the final state is the sum of all', async () => {
    await Ledger.create({ name: 'mixed' });

    const begin = performance.now();
    const work = await runInAll<MixedWork>('mixedVerbs', { pk: 'mixed', rounds: ROUNDS });
    const seconds = (performance.now() - begin) / 1000;

    const ledger = await Ledger.get('mixed');
    const sum = (of: (one: MixedWork) => number): number => work.reduce((total, one) => total + of(one), 0);
    expect(ledger.total.value).toBe(sum(({ added }) => added));
    expect(ledger.commits.value).toBe(sum(({ commits }) => commits));
    expect(ledger.trace.length).toBe(sum(({ traced }) => traced));
    const marks = work.map((one) => one.marks);
    expect(ledger.marks.clone()).toEqual(Object.assign({ hits: sum(({ hits }) => hits) }, ...marks));
    work.forEach(({ logged }, worker) => {
      expect(ledger.log.filter((id) => id.startsWith(`${worker}-`))).toEqual(logged);
    });
    expect(ledger.log).toHaveLength(sum(({ logged }) => logged.length));
    const taken = work.flatMap((one) => one.taken);
    expect([...taken, ...ledger.inbox].sort()).toEqual(work.flatMap(({ posted }) => posted).sort());
    console.log(`${WORKERS} × ${ROUNDS} verbs in ${seconds.toFixed(1)} s: 0 lost, ${taken.length} items popped once`);
  });

  test('a naive read-modify-write in the same harness loses some', async () => {
    await Ledger.create({ name: 'naive' });

    const counts = await runInAll<number>('naiveReadModifyWrite', { pk: 'naive', rounds: 50 });

    const { plain } = await Ledger.get('naive');
    const expected = counts.reduce((total, count) => total + count, 0);
    console.log(`naive: ${expected - plain} of ${expected} updates lost`);
    expect(plain).toBeLessThan(expected);
  });

  test('transact in the same harness loses none', async () => {
    await VersionedLedger.create({ name: 'versioned' });

    const counts = await runInAll<number>('transactRounds', { pk: 'versioned', rounds: 30 });

    const { plain, version } = await VersionedLedger.get('versioned');
    const expected = counts.reduce((total, count) => total + count, 0);
    expect(plain).toBe(expected);
    expect(version).toBe(expected + 1);
  });
});
