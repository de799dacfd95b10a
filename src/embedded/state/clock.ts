/** The time of a server: the machine's, moved forward by a test as it likes. */
export class Clock {
  private offsetMs = 0;
  private frozenMs: number | undefined;
  private readonly listeners = new Set<() => void>();

  /** Milliseconds since 1970. */
  now(): number {
    return this.frozenMs ?? Date.now() + this.offsetMs;
  }

  /** Microseconds since 1970; within one script it stands still. */
  nowMicroseconds(): number {
    const fraction = this.frozenMs === undefined ? Math.floor((performance.now() % 1) * 1000) : 0;
    return this.now() * 1000 + fraction;
  }

  /**
   * Moves the time forward, so that times to live and leases run out without waiting.
   *
   * @param ms - How far, in milliseconds; must not be negative.
   */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`the clock moves forward only, got ${ms} ms`);
    this.offsetMs += ms;
    for (const listener of this.listeners) listener();
  }

  /** Runs `action` while time stands still: a script and a transaction see one moment. */
  frozen<T>(action: () => T): T {
    if (this.frozenMs !== undefined) return action();
    this.frozenMs = this.now();
    try {
      return action();
    } finally {
      this.frozenMs = undefined;
    }
  }

  onAdvance(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
