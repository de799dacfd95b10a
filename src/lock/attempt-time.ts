import type { Executor } from '../executor/executor';

/** An attempt gets this long to be answered even when the waiting time is shorter: with 0, one attempt is made. */
export const MIN_ATTEMPT_MS = 1_000;

/** What is asked for again at the last moment is written all the same: a client writes at the end of a turn of the event loop, which a timer can come before. */
const LATER_ATTEMPT_MS = 20;

/** How long the attempts to get one lock may take to be answered. */
export class AttemptTime {
  private shortestMs: number;

  /** @param deadline - When to give up, in milliseconds on the monotonic clock. */
  constructor(
    { offlineTimeoutMs = MIN_ATTEMPT_MS }: Executor,
    private readonly deadline: number,
  ) {
    // No longer than other calls wait where there is no connection.
    this.shortestMs = Math.min(offlineTimeoutMs, MIN_ATTEMPT_MS);
  }

  /** That of the next attempt, which begins now. */
  nextMs(): number {
    const { shortestMs } = this;
    this.shortestMs = LATER_ATTEMPT_MS;
    return Math.max(this.deadline - performance.now(), shortestMs);
  }
}
