import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'redatom';
import { Journal, type FailoverWork } from '../fire/support/failover-tasks';
import { WorkerPool } from '../fire/support/worker-process';
import { serverOf } from './support/server-of';
import { untilPromoted, useCluster } from './support/use-cluster';

const WRITERS = 8;
const JOURNALS = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('a primary that is killed under load', () => {
  const at = useCluster({ nodeTimeoutMs: 1500 });
  const pool = new WorkerPool();
  afterAll(() => pool.close());

  async function entriesOf(name: string): Promise<string[]> {
    const [stored] = (await at.client.json.get(Journal.keyOf(name), { path: '$.entries' })) as [string[]];
    return stored;
  }

  test('8 processes lose no write that had reached a replica, apply none twice, see typed errors only, and go on by themselves', async () => {
    const database = await connect(at.client, { models: [Journal] });
    for (const name of JOURNALS) await Journal.create({ name });
    expect(new Set(JOURNALS.map((name) => serverOf(Journal.keyOf(name)))).size).toBe(3);
    const workers = await pool.start(WRITERS);
    workers.forEach((worker, index) => worker.begin('writeThroughFailover', { urls: at.cluster.urls, worker: index, journals: JOURNALS }));
    await Promise.all(workers.map((worker) => worker.report('writing')));
    await sleep(1000);

    await at.cluster.servers[0]?.kill('SIGKILL');
    const killed = performance.now();
    await untilPromoted(at.cluster, 3);
    const promotedMs = performance.now() - killed;
    await sleep(1500);
    workers.forEach((worker) => worker.cue('gone'));
    await sleep(1500);
    workers.forEach((worker) => worker.cue('stop'));
    const all = await Promise.all(workers.map((worker) => worker.result<FailoverWork>()));
    const stored = (await Promise.all(JOURNALS.map(entriesOf))).flat();
    await database.close();

    const present = new Set(stored);
    const sum = (part: (work: FailoverWork) => string[]): string[] => all.flatMap(part);
    const missing = (ids: string[]): string[] => ids.filter((id) => !present.has(id));
    const errors: Record<string, number> = {};
    for (const { errors: own } of all) for (const [code, count] of Object.entries(own)) errors[code] = (errors[code] ?? 0) + count;
    console.log(
      `replica promoted after ${Math.round(promotedMs)} ms; ${sum((work) => work.acknowledged).length} writes acknowledged, ` +
        `${sum((work) => work.replicated).length} of them on a replica: ${missing(sum((work) => work.replicated)).length} lost; ` +
        `${missing(sum((work) => work.acknowledged)).length} acknowledged ones lost that had reached none; ` +
        `${stored.length - present.size} applied twice; errors ${JSON.stringify(errors)}, untyped ${sum((work) => work.untyped).length}`,
    );

    expect(sum((work) => work.untyped)).toEqual([]);
    expect(missing(sum((work) => work.replicated))).toEqual([]);
    expect(stored.length).toBe(present.size);
    expect(sum((work) => work.refused).filter((id) => present.has(id))).toEqual([]);
    expect(sum((work) => work.replicated).length).toBeGreaterThan(100);
    for (const { afterwards } of all) for (const name of JOURNALS) expect(afterwards[name]).toBeGreaterThan(0);
  });
});
