import { setTimeout as pause } from 'node:timers/promises';
import { backoffMs } from '../async/backoff';
import type { Executor } from '../executor/executor';
import type { ScriptCall } from '../executor/request';
import type { CallOptions } from '../input/call-options';
import { isUnanswered, passesByItself } from './refusal';

const PAUSES = { firstMs: 50, maxMs: 500 };

/** Longest time for one attempt to be answered, in milliseconds. */
const ATTEMPT_MS = 1_000;

/** For how long there is something to free, from now, and how long the first call may take. */
interface FreeingLimits extends CallOptions {
  readonly ttlMs: number;
}

/** Frees what nobody holds any more, or knows that he does. Resolves with the first call, whatever became of it. */
export async function freeSoon(executor: Executor, call: ScriptCall, { ttlMs, timeoutMs }: FreeingLimits): Promise<void> {
  try {
    await executor.evaluate(call, () => undefined, { timeoutMs });
  } catch {
    void freeLater(executor, call, ttlMs);
  }
}

/**
 * Frees a lock that a server could not be told to free, or refused to, as soon as it can be reached and does: a script may hold it up, or it may be a
 * replica for a moment. Nobody waits for that, and no process lives on because of it: without it the lock ends by itself, as it does where the server
 * would refuse for ever.
 *
 * @param ttlMs - When that is, from now.
 */
export async function freeLater(executor: Executor, call: ScriptCall, ttlMs: number): Promise<void> {
  const endsAt = performance.now() + ttlMs;
  for (let attempt = 0; performance.now() < endsAt; attempt += 1) {
    await pause(backoffMs(attempt, PAUSES), undefined, { ref: false });
    // A call that waits for the connection would hold up whoever closes it.
    if (executor.isReadyFor(call.keys[0] as string) && !(await isToRepeat(executor, call))) return;
  }
}

function isToRepeat(executor: Executor, call: ScriptCall): Promise<boolean> {
  return executor.evaluate(call, () => false, { timeoutMs: ATTEMPT_MS }).catch(mayBeFreedLater);
}

/** Whether it helps to ask once more after this failure. */
export function mayBeFreedLater(error: unknown): boolean {
  return isUnanswered(error) || passesByItself(error);
}
