import { RedisServiceError } from '../../errors/connection';
import type { Executor } from '../executor';
import { GET_JSON } from '../outcomes/reply-errors';

/** Who is busy, or silent, is not waited for. */
const LIMITS = { timeoutMs: 1_000 };

/**
 * Refuses a server whose JSON commands are those of another module. Some of them look alike and do something else, without an error: a new member with a slash
 * in its name lands in another place, and the time to live ends with a write of the whole document. RedisJSON is told by a command that others have not.
 *
 * A server without any JSON commands can run batches, and says of each document what it lacks.
 */
export async function requireRedisJson(executor: Executor): Promise<void> {
  // There is no server now that could be asked.
  if (executor.offlineTimeoutMs !== undefined) return;
  if (!(await isUnknown(executor, 'JSON.MERGE')) || (await isUnknown(executor, 'JSON.GET'))) return;
  const message = `the JSON commands of the server are not those of RedisJSON 2.6 or later (there is no JSON.MERGE), and would damage documents; ${GET_JSON}`;
  throw new RedisServiceError('ERR', message, { command: 'connect' });
}

/** Whether a server does not know a command. Without arguments none does anything, and who may not use it is told that. */
async function isUnknown(executor: Executor, command: string): Promise<boolean> {
  let refusal = '';
  const explain = (answer: string): undefined => void (refusal = answer);
  const request = { args: [command], key: undefined, write: false, purpose: { verb: 'connect', explain } };
  // Whoever calls next is told when the connection is gone.
  await executor.execute(request, () => undefined, LIMITS).catch(() => undefined);
  return /unknown command/i.test(refusal);
}
