import type { AtomicRedisModel } from 'redatom';
import type { Run } from './run';
import { isSame } from './twins';

/** Far from its beginning, and from its end. */
const WORN_MS = 500_000;

/** How often a document was written, and what was in it then. */
interface Written<Twin> {
  readonly commits: number;
  readonly model: Twin;
}

/** Lets the time to live run down, so that a new one can be told. */
export async function wear<It extends AtomicRedisModel, Twin extends object>(run: Run<It, Twin>): Promise<Written<Twin>> {
  if (run.subject.lifetime !== undefined) await run.server.send('PEXPIRE', run.it.key, String(WORN_MS));
  return { commits: await commitsOf(run), model: run.model };
}

/** Whoever writes counts the commit, and lets the time to live begin anew, both or none. The instance knows how many there were. */
export async function expectCounted<It extends AtomicRedisModel, Twin extends object>(
  run: Run<It, Twin>,
  before: Written<Twin>,
): Promise<void> {
  const { subject, it, server, model } = run;
  if (subject.lifetime === undefined) return;
  const [commits, left] = [await commitsOf(run), await server.send<number>('PTTL', it.key)];
  expect(it).toMatchObject({ [subject.lifetime.version]: commits });
  expect(commits).toBeGreaterThanOrEqual(before.commits);
  expect(left).toBeLessThanOrEqual(subject.lifetime.ttlMs);
  expect(left > WORN_MS).toBe(commits > before.commits);
  if (!isSame(model, before.model)) expect(commits).toBeGreaterThan(before.commits);
}

async function commitsOf<It extends AtomicRedisModel, Twin extends object>({ server, subject, it }: Run<It, Twin>): Promise<number> {
  if (subject.lifetime === undefined) return 0;
  return (await server.json(it.key, `$["${subject.lifetime.version}"]`)) as number;
}
