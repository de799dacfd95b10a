import { describe } from './describe';

/** The longest time for which Node can set a timer; a longer one would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** A time limit that Node can set a timer for. */
export function timerMs(timeoutMs: number): number {
  if (!(typeof timeoutMs === 'number' && timeoutMs > 0))
    throw new RangeError(`timeoutMs must be a positive number of milliseconds, found ${describe(timeoutMs)}`);
  return Math.min(timeoutMs, MAX_TIMER_MS);
}
