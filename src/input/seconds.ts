const MS_PER_SECOND = 1000;

/** A longer time to live would end beyond all JavaScript dates, and could not be computed exactly. */
export const MAX_SECONDS = 8.64e12;

/** A time to live in whole milliseconds, at least one; undefined for anything but a positive number of seconds that ends at a valid date. */
export function ttlMsOf(seconds: unknown): number | undefined {
  const isTime = typeof seconds === 'number' && seconds > 0 && seconds <= MAX_SECONDS;
  return isTime ? Math.max(1, Math.round(seconds * MS_PER_SECOND)) : undefined;
}
