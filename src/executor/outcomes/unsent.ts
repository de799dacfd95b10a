import type { AbortSource } from '../node-redis/client-shapes';

/**
 * Takes a command back that was not written yet. The client listens to it until it writes the command. An AbortController does the same, and with its
 * listeners was a sixth of what a process spends on a contended lock.
 */
export class Unsent implements AbortSource {
  aborted = false;
  /** A connection has it, or had it and has not refused it: it may have run, or may run. */
  isHandedOver = false;
  /** The latest answer for which it is to be sent again. */
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
 * The same for many commands that are taken back together. They do not listen to a signal themselves, because that looks through all listeners that it has
 * for each that is added.
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
