import type { Executor } from '../executor/executor';

/** An attempt gets this long to be answered even when the waiting time is shorter: with 0, one attempt is made. */
export const MIN_ATTEMPT_MS = 1_000;

/** The same, but no longer than other calls wait where there is no connection. */
export function minAttemptMs({ offlineTimeoutMs = MIN_ATTEMPT_MS }: Executor): number {
  return Math.min(offlineTimeoutMs, MIN_ATTEMPT_MS);
}
