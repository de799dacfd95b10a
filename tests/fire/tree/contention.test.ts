import { setTimeout as sleep } from 'node:timers/promises';
import { openExecutor } from '../../../src/executor/open/open';
import { acquireSubtreeLock } from '../../../src/lock/subtree-lock';
import { lockSettings } from '../../../src/lock/lock-options';
import { pathOf } from '../../../src/path/tree-path';
import { describeOnEveryBackend } from '../../support/backends';
import type { CrowdCount, CrowdParams } from '../support/tree-tasks';
import { MUTANTS, type Mutant } from '../support/tree-mutants';
import { Witness } from '../support/tree-witness';
import { WorkerPool, type WorkerProcess } from '../support/worker-process';

const PREFIX = 'tree:{crowd}';
const SESSIONS = 6;

describeOnEveryBackend('locks of a tree between processes', (backend) => {
  const pool = new WorkerPool();
  let witness: Witness;

  beforeAll(async () => {
    witness = new Witness(await backend.raw());
  });
  beforeEach(() => backend.flush());
  afterEach(() => pool.endAll());
  afterAll(() => pool.close());

  const paramsFor = (durationMs: number, more: Partial<CrowdParams> = {}): CrowdParams => ({
    ...{ url: backend.url, prefix: PREFIX, sessions: SESSIONS, durationMs, leaseMs: 2_000 },
    ...more,
  });

  async function crowdOf(workers: WorkerProcess[], params: CrowdParams): Promise<CrowdCount> {
    const counts = await Promise.all(workers.map((worker) => worker.run<CrowdCount>('crowd', params)));
    const sum = (name: keyof CrowdCount): number => counts.reduce((total, count) => total + count[name], 0);
    return { granted: sum('granted'), nested: sum('nested'), deadlocks: sum('deadlocks'), timeouts: sum('timeouts') };
  }

  const rowsLeft = async (): Promise<number> => {
    const lengths = [
      ...[['HLEN', 'grants'] as const, ['ZCARD', 'exclusive'] as const, ['ZCARD', 'shared'] as const],
      ...[['ZCARD', 'deadlines'] as const, ['ZCARD', 'queue'] as const, ['HLEN', 'waiters'] as const],
    ].map(([command, name]) => backend.send<number>(command, `${PREFIX}:${name}`));
    return (await Promise.all(lengths)).reduce((total, length) => total + length, 0);
  };

  test('36 sessions in 6 processes never meet where they must not, and leave nothing', async () => {
    const count = await crowdOf(await pool.start(6), paramsFor(4_000));

    console.log(`${backend.name}: ${JSON.stringify(count)}`);
    expect(await witness.violations()).toEqual([]);
    expect(count.granted).toBeGreaterThan(100);
    expect(count.nested).toBeGreaterThan(10);
    expect(await rowsLeft()).toBe(0);
  });

  test('processes that are killed block no others, and leave nothing', async () => {
    const params = paramsFor(4_000, { leaseMs: 600 });
    const [patient, ...victims] = (await pool.start(7)) as [WorkerProcess, ...WorkerProcess[]];
    const counting = crowdOf([patient], params);
    for (const victim of victims) {
      victim.begin('crowd', params);
      await victim.report('busy');
      await sleep(250 + Math.random() * 250);
      await victim.end();
    }
    const count = await counting;

    console.log(`${backend.name}, 6 processes killed: ${JSON.stringify(count)}`);
    expect(await witness.violations()).toEqual([]);
    expect(count.granted).toBeGreaterThan(5);
    await sleep(1_100);
    const executor = await openExecutor(backend.url);
    const asked = { mode: 'X', scope: 'last', held: [], purpose: { verb: 'acquire' } } as const;
    const wanted = { space: { executor, prefix: PREFIX }, place: pathOf('z'), ...asked };
    const lease = await acquireSubtreeLock(wanted, lockSettings({ waitMs: 0 }));
    await lease.release();
    await executor.close();
    expect(await rowsLeft()).toBe(0);
  });

  test.each(Object.keys(MUTANTS) as Mutant[])(
    'the witness sees a lock that is broken: %s',
    async (mutant) => {
      const workers = await pool.start(3);
      let violations: string[] = [];
      let granted = 0;
      for (let round = 0; round < 6 && violations.length === 0; round++) {
        granted += (await crowdOf(workers, paramsFor(1_000, { mutant }))).granted;
        violations = await witness.violations();
      }

      console.log(`${backend.name}, ${mutant}: ${violations.length} violations in ${granted} grants`);
      expect(violations.length).toBeGreaterThan(0);
    },
    60_000,
  );
});
