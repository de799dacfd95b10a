/** How the pauses between attempts grow. */
interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** The pause before another attempt; it doubles with each attempt. Attempts are counted from 0. */
export function backoffMs(attempt: number, { firstMs, maxMs }: Backoff): number {
  return Math.min(firstMs * 2 ** attempt, maxMs);
}
