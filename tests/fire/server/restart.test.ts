import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt, Outcome, RestartWork, VerbName } from '../support/restart-tasks';
import { describeOnOwnServers } from '../support/own-servers';
import { WorkerPool } from '../support/worker-process';

const WORKERS = 4;
const LANES = 8;
const TIMEOUT_MS = 300;
const INBOX = Array.from({ length: 2000 }, (_, index) => `item ${index}`);
/** How much later than its deadline a verb may end while processes start and compete for the machine; a verb that hangs never ends. */
const SLACK_MS = 5_000;

interface Stored {
  readonly total: number;
  readonly commits: number;
  readonly log: readonly string[];
  readonly inbox: readonly string[];
  readonly marks: Readonly<Record<string, number>>;
}

describeOnOwnServers(
  'a server that is killed and started again',
  (server) => {
    const pool = new WorkerPool();
    afterEach(() => pool.endAll());
    afterAll(() => pool.close());

    async function killAndRestart(awayMs: number): Promise<void> {
      await server().server.kill('SIGKILL');
      await sleep(awayMs);
      await server().server.restart();
    }

    test('every verb of every process is done, not done or unknown, truthfully', async () => {
      const empty = { name: 'one', total: 0, commits: 0, plain: 0, trace: '', log: [], inbox: INBOX, marks: {} };
      await server().send('JSON.SET', 'Ledger:one', '$', JSON.stringify(empty));
      const workers = await pool.start(WORKERS);
      const params = { url: server().url, pk: 'one', lanes: LANES, timeoutMs: TIMEOUT_MS };
      workers.forEach((worker, index) => worker.begin('writeThroughRestarts', { ...params, worker: index }));
      await Promise.all(workers.map((worker) => worker.report('writing')));

      await sleep(200);
      await killAndRestart(50);
      await sleep(300);
      await killAndRestart(3 * TIMEOUT_MS);
      workers.forEach((worker) => worker.cue('back'));
      await Promise.all(workers.map((worker) => worker.report('recovered')));
      workers.forEach((worker) => worker.cue('stop'));
      const work = await Promise.all(workers.map((worker) => worker.result<RestartWork>()));
      const stored = (await server().json<Stored>('Ledger:one')) as Stored;

      const attempts = work.flatMap((one) => one.attempts);
      expect(work.flatMap(({ others }) => others)).toEqual([]);
      expect(Math.max(...attempts.map(({ ms }) => ms))).toBeLessThan(TIMEOUT_MS + SLACK_MS);
      expectTruth(attempts, stored);
      const count = (outcome: Outcome): number => attempts.filter((each) => each.outcome === outcome).length;
      expect(count('unknown')).toBeGreaterThan(0);
      expect(count('not done')).toBeGreaterThan(0);
      console.log(`two kills: ${count('done')} done, ${count('not done')} not done, ${count('unknown')} unknown, 0 untrue`);
    });
  },
  { args: ['--appendonly', 'yes', '--appendfsync', 'always'] },
);

function expectTruth(attempts: readonly Attempt[], { total, commits, log, inbox, marks }: Stored): void {
  const of = (outcome: Outcome, ...verbs: VerbName[]): Attempt[] =>
    attempts.filter((each) => each.outcome === outcome && verbs.includes(each.verb));
  const ids = (outcome: Outcome, ...verbs: VerbName[]): string[] => of(outcome, ...verbs).map(({ id }) => id);

  expectBetween(total, ids('done', 'increase').length, ids('unknown', 'increase').length);

  const present = new Set(log);
  expect(log).toHaveLength(present.size);
  expect(ids('done', 'append', 'commit').filter((id) => !present.has(id))).toEqual([]);
  expect(ids('not done', 'append', 'commit').filter((id) => present.has(id))).toEqual([]);

  // A commit is there with all its parts, or with none.
  const committed = [...ids('done', 'commit'), ...ids('unknown', 'commit')].filter((id) => present.has(id));
  expect(Object.keys(marks).sort()).toEqual(committed.sort());
  expect(commits).toBe(committed.length);

  const taken = of('done', 'pop').flatMap((each) => each.taken ?? []);
  expect(new Set(taken).size).toBe(taken.length);
  expect(taken.filter((item) => inbox.includes(item))).toEqual([]);
  expectBetween(INBOX.length - inbox.length, taken.length, ids('unknown', 'pop').length);
}

function expectBetween(found: number, acknowledged: number, unknown: number): void {
  expect(found).toBeGreaterThanOrEqual(acknowledged);
  expect(found).toBeLessThanOrEqual(acknowledged + unknown);
}
