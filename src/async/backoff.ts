/** How pauses between attempts grow. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** How long to wait before trying again: twice as long after each attempt, which are counted from 0. */
export function backoffMs(attempt: number, { firstMs, longestMs }: Backoff): number {
  return Math.min(firstMs * 2 ** attempt, longestMs);
}
