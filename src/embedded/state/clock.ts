/** The time of a server: that of the machine, which tests can move forward. */
export class Clock {
  private offsetMs = 0;
  private frozenMicroseconds: number | undefined;
  private readonly finest = { ms: 0, firstSeenMs: 0 };

  /** Milliseconds since 1970. */
  now(): number {
    if (this.frozenMicroseconds !== undefined) return Math.floor(this.frozenMicroseconds / 1000);
    return Math.floor(Date.now() + this.offsetMs);
  }

  /** Microseconds since 1970. Never goes back unless the machine's time does, and stands still in a script or a transaction. */
  nowMicroseconds(): number {
    if (this.frozenMicroseconds !== undefined) return this.frozenMicroseconds;
    const ms = this.now();
    const elapsedMs = performance.now();
    // The two clocks of Node begin a millisecond at different moments, so the fraction counts from the first call in this millisecond.
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

  /** Runs `action` while time stands still, so that a script or a transaction sees a single moment. */
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
