import type { AtomicRedisModel } from 'redatom';
import type { Run } from './run';
import { isSame } from './twins';

/** Far below the full time to live, and far from the end. */
const WORN_MS = 500_000;

/** How often a document was written, and what was in it then. */
interface Written<Twin> {
  readonly commits: number;
  readonly model: Twin;
}

/** Shortens the time to live, so that a renewed one can be told apart. */
export async function wear<It extends AtomicRedisModel, Twin extends object>(run: Run<It, Twin>): Promise<Written<Twin>> {
  if (run.subject.lifetime !== undefined) await run.server.send('PEXPIRE', run.it.key, String(WORN_MS));
  return { commits: await commitsOf(run), model: run.model };
}

/** A write counts the commit and renews the time to live: both or neither. The instance knows the number of commits. */
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
