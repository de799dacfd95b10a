import { RedisServiceError } from '../../errors/connection';
import type { Executor } from '../executor';
import { GET_JSON } from '../outcomes/reply-errors';

/** A server that is busy or silent does not hold up connect(). */
const LIMITS = { timeoutMs: 1_000 };

/**
 * Refuses a server whose JSON commands are those of another module. Some of these look alike but act differently, without an error: a new member with
 * a slash in its name lands in another place, and writing a whole document removes its time to live. RedisJSON is recognized by a command that the
 * others lack.
 *
 * A server without any JSON commands is accepted: it can run batches, and its errors for documents say what is missing.
 */
export async function withRedisJson(executor: Executor): Promise<Executor> {
  if (!(await hasOtherJson(executor))) return executor;
  await executor.close();
  const message = `the JSON commands of the server are not those of RedisJSON 2.6 or later (there is no JSON.MERGE), and would damage documents; ${GET_JSON}`;
  throw new RedisServiceError('ERR', message, { command: 'connect' });
}

async function hasOtherJson(executor: Executor): Promise<boolean> {
  // There is no server now that could be asked.
  if (executor.offlineTimeoutMs !== undefined) return false;
  return (await isUnknown(executor, 'JSON.MERGE')) && !(await isUnknown(executor, 'JSON.GET'));
}

/** Whether a server does not know a command. It is sent without arguments, so that it does nothing; a user without the right to it gets another error. */
async function isUnknown(executor: Executor, command: string): Promise<boolean> {
  let refusal = '';
  const explain = (answer: string): undefined => void (refusal = answer);
  const request = { args: [command], key: undefined, write: false, purpose: { verb: 'connect', explain } };
  // If the connection is gone, the next call reports it.
  await executor.execute(request, () => undefined, LIMITS).catch(() => undefined);
  return /unknown command/i.test(refusal);
}
