/** Lets in one task per key at a time, in the order in which they came, without timers or messages. */
export class FirstInFirstOut {
  private readonly queues = new Map<string, (() => void)[]>();

  /** Resolves when the key is free; undefined, not a promise, when it is free now. */
  enter(key: string): Promise<void> | undefined {
    const queue = this.queues.get(key);
    if (queue === undefined) {
      this.queues.set(key, []);
      return undefined;
    }
    return new Promise((resolve) => queue.push(resolve));
  }

  leave(key: string): void {
    const next = this.queues.get(key)?.shift();
    if (next === undefined) this.queues.delete(key);
    else next();
  }
}
