import { describe } from './describe';

/** How often work may run again. What cannot be counted to would never stop it. */
export function checkedRetries(retries: number): number {
  if (typeof retries === 'number' && retries >= 0) return retries;
  throw new RangeError(`retries must be a number of at least 0, found ${describe(retries)}`);
}
