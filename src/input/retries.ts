import { describe } from './describe';

/** Checks how often work may run again. A value that cannot be compared would never stop it. */
export function checkedRetries(retries: number): number {
  if (typeof retries === 'number' && retries >= 0) return retries;
  throw new RangeError(`retries must be a number of at least 0, found ${describe(retries)}`);
}
