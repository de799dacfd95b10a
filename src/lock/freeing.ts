import { setTimeout as pause } from 'node:timers/promises';
import { backoffMs } from '../async/backoff';
import type { Executor, ScriptCall } from '../executor/executor';
import type { CallOptions } from '../input/call-options';

const PAUSES = { firstMs: 50, longestMs: 500 };

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
 * replica for a moment. Nobody waits for that, and no process lives on because of it: without it the lock ends by itself.
 *
 * @param ttlMs - When that is, from now.
 */
export async function freeLater(executor: Executor, call: ScriptCall, ttlMs: number): Promise<void> {
  const endsAt = performance.now() + ttlMs;
  for (let attempt = 0; performance.now() < endsAt; attempt += 1) {
    await pause(backoffMs(attempt, PAUSES), undefined, { ref: false });
    // A call that waits for the connection would hold up whoever closes it.
    if (executor.isReadyFor(call.keys[0] as string) && (await isDone(executor, call))) return;
  }
}

function isDone(executor: Executor, call: ScriptCall): Promise<boolean> {
  return executor.evaluate(call, () => true, { timeoutMs: ATTEMPT_MS }).catch(() => false);
}
