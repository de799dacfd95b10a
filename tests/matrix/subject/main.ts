import { connect } from 'redatom';
import { localChecks } from './local-behaviour';
import { models } from './models';
import { storedChecks } from './stored-behaviour';
import { runChecks, type Verdict } from './verdict';

/** Runs all checks on the server of `REDIS_URL`. */
export async function judge(): Promise<Verdict> {
  const local = await runChecks(localChecks);
  const db = await connect(process.env['REDIS_URL'] ?? '', { models });
  try {
    const stored = await runChecks(storedChecks);
    return { passed: [...local.passed, ...stored.passed], failed: [...local.failed, ...stored.failed] };
  } finally {
    await db.close();
  }
}
