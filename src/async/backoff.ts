/** How pauses between attempts grow. */
interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** How long to wait before trying again: twice as long after each attempt, which are counted from 0. */
export function backoffMs(attempt: number, { firstMs, maxMs }: Backoff): number {
  return Math.min(firstMs * 2 ** attempt, maxMs);
}
