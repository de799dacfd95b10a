import { setTimeout as pause } from 'node:timers/promises';
import { backoffMs } from '../async/backoff';
import type { Executor } from '../executor/executor';
import type { ScriptCall } from '../executor/request';
import type { CallOptions } from '../input/call-options';
import { isUnanswered, passesByItself } from './refusal';

const PAUSES = { firstMs: 50, maxMs: 500 };

/** Time limit of one attempt, in milliseconds. */
const ATTEMPT_MS = 1_000;

/** How long the lock exists from now on, and the time limit of the first call. */
interface FreeingLimits extends CallOptions {
  readonly ttlMs: number;
}

/** Frees a lock that no task holds any more, or knows that it holds. Resolves after the first call, whatever its outcome. */
export async function freeSoon(executor: Executor, call: ScriptCall, { ttlMs, timeoutMs }: FreeingLimits): Promise<void> {
  try {
    await executor.evaluate(call, () => undefined, { timeoutMs });
  } catch {
    void freeLater(executor, call, ttlMs);
  }
}

/**
 * Frees a lock, as soon as the server can be reached and agrees, after a first call failed: the server may have been held up by a script, or have
 * been a replica for a moment. No call waits for this, and it does not keep the process alive: if it never succeeds, as on a server that always
 * refuses, the lock expires by itself.
 *
 * @param ttlMs - The time until the lock expires, from now.
 */
export async function freeLater(executor: Executor, call: ScriptCall, ttlMs: number): Promise<void> {
  const endsAt = performance.now() + ttlMs;
  for (let attempt = 0; performance.now() < endsAt; attempt += 1) {
    await pause(backoffMs(attempt, PAUSES), undefined, { ref: false });
    // A call that waits for the connection would hold up close().
    if (executor.isReadyFor(call.keys[0] as string) && !(await isToRepeat(executor, call))) return;
  }
}

function isToRepeat(executor: Executor, call: ScriptCall): Promise<boolean> {
  return executor.evaluate(call, () => false, { timeoutMs: ATTEMPT_MS }).catch(mayBeFreedLater);
}

/** Whether asking again may help after this failure. */
export function mayBeFreedLater(error: unknown): boolean {
  return isUnanswered(error) || passesByItself(error);
}
