import type { AbortSource } from '../node-redis/client-shapes';

/**
 * Takes back a command that was not written yet; the client listens to this until it writes the command. An AbortController would do the same, but
 * its listeners took a sixth of the time that a process spends on a contended lock.
 */
export class Unsent implements AbortSource {
  aborted = false;
  /** A connection has taken the command and has not refused it: it may have run, or may run. */
  isHandedOver = false;
  /** The latest answer because of which the command is to be sent again. */
  refusal: Error | undefined = undefined;
  private takeBack: (() => void) | undefined;

  addEventListener(_event: 'abort', listener: () => void): void {
    this.isHandedOver = true;
    this.takeBack = listener;
  }

  removeEventListener(): void {
    this.takeBack = undefined;
  }

  refused(answer: Error): void {
    this.isHandedOver = false;
    this.refusal = answer;
  }

  abort(): void {
    this.aborted = true;
    this.takeBack?.();
  }
}

/**
 * The same for many commands that are taken back together. They do not listen to an AbortSignal directly, because it searches all its listeners for
 * each one that is added.
 */
export class UnsentTogether implements AbortSource {
  aborted = false;
  private readonly takeBacks = new Set<() => void>();

  addEventListener(_event: 'abort', listener: () => void): void {
    this.takeBacks.add(listener);
  }

  removeEventListener(_event: 'abort', listener: () => void): void {
    this.takeBacks.delete(listener);
  }

  abort(): void {
    this.aborted = true;
    for (const takeBack of this.takeBacks) takeBack();
  }
}
