/** The time of a server: the machine's, moved forward by a test as it likes. */
export class Clock {
  private offsetMs = 0;
  private frozenMicroseconds: number | undefined;
  private readonly finest = { ms: 0, firstSeenMs: 0 };

  /** Milliseconds since 1970. */
  now(): number {
    if (this.frozenMicroseconds !== undefined) return Math.floor(this.frozenMicroseconds / 1000);
    return Math.floor(Date.now() + this.offsetMs);
  }

  /** Microseconds since 1970: never less than before while the machine's time goes forward; within one script it stands still. */
  nowMicroseconds(): number {
    if (this.frozenMicroseconds !== undefined) return this.frozenMicroseconds;
    const ms = this.now();
    const elapsedMs = performance.now();
    // The two clocks of Node turn their milliseconds at different moments, so the fraction counts from the first look at this one.
    if (ms !== this.finest.ms) Object.assign(this.finest, { ms, firstSeenMs: elapsedMs });
    return ms * 1000 + Math.min(999, Math.floor((elapsedMs - this.finest.firstSeenMs) * 1000));
  }

  /**
   * Moves the time forward, so that times to live and leases run out without waiting.
   *
   * @param ms - How far, in milliseconds; finite, and not negative.
   */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0)
      throw new RangeError(`the clock moves forward only, by a number of milliseconds, got the ${typeof ms} ${String(ms)}`);
    this.offsetMs += ms;
  }

  /** Runs `action` while time stands still: a script and a transaction see one moment. */
  frozen<T>(action: () => T): T {
    if (this.frozenMicroseconds !== undefined) return action();
    this.frozenMicroseconds = this.nowMicroseconds();
    try {
      return action();
    } finally {
      this.frozenMicroseconds = undefined;
    }
  }
}
