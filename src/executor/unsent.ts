import type { AbortSource } from './clients/client-shapes';

/**
 * Takes a command back that was not written yet. The client listens to it until it writes the command. An AbortController does the same, and with its
 * listeners was a sixth of what a process spends on a contended lock.
 */
export class Unsent implements AbortSource {
  aborted = false;
  private takeBack: (() => void) | undefined;

  addEventListener(_event: 'abort', listener: () => void): void {
    this.takeBack = listener;
  }

  removeEventListener(): void {
    this.takeBack = undefined;
  }

  abort(): void {
    this.aborted = true;
    this.takeBack?.();
  }
}
