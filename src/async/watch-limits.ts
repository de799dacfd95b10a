import type { CallOptions } from '../input/call-options';
import { MAX_TIMER_MS } from '../input/timer';
import { onAbort } from './on-abort';

/** The reason for giving up when the time was over. */
export class Overdue extends Error {
  /** In whole milliseconds, because the rest of a limit is a fraction. */
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    const wholeMs = Math.ceil(timeoutMs);
    super(`no reply within ${wholeMs} ms`);
    this.timeoutMs = wholeMs;
  }
}

/** Calls `giveUp` once, when the time is over or the signal aborts, unless the returned function is called before. */
export function watchLimits({ signal, timeoutMs }: CallOptions, giveUp: (reason: unknown) => void): () => void {
  const end = (reason: unknown): void => {
    stop();
    giveUp(reason);
  };
  const overdue = (): void => end(new Overdue(timeoutMs as number));
  const timer = timeoutMs === undefined ? undefined : setTimeout(overdue, Math.min(timeoutMs, MAX_TIMER_MS));
  const stopListening = signal === undefined ? undefined : onAbort(signal, () => end(signal.reason));
  const stop = (): void => {
    clearTimeout(timer);
    stopListening?.();
  };
  return stop;
}
