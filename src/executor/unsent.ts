import type { AbortSource } from './client-shapes';

/**
 * Takes a command back that was not written yet. The client listens to it until it writes the command. An AbortController does the same, and costs as much as
 * the rest of the call.
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
