import type { Executor } from '../executor/executor';

/** The least time that an attempt gets to be answered, even if the waiting time is shorter: with 0, one attempt is made. */
export const MIN_ATTEMPT_MS = 1_000;

/** The least time of a repeated attempt. Without it, a timer could end the attempt before the client writes it, at the end of a turn of the event loop. */
const LATER_ATTEMPT_MS = 20;

/** Time limits for the attempts to get one lock. */
export class AttemptTime {
  private shortestMs: number;

  /** @param deadline - When to give up, in milliseconds on the monotonic clock. */
  constructor(
    { offlineTimeoutMs = MIN_ATTEMPT_MS }: Executor,
    private readonly deadline: number,
  ) {
    // No longer than other calls wait when there is no connection.
    this.shortestMs = Math.min(offlineTimeoutMs, MIN_ATTEMPT_MS);
  }

  /** The time limit of the next attempt, which starts now. */
  nextMs(): number {
    const { shortestMs } = this;
    this.shortestMs = LATER_ATTEMPT_MS;
    return Math.max(this.deadline - performance.now(), shortestMs);
  }
}
