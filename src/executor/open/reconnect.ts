import { backoffMs } from '../../async/backoff';

const PAUSES = { firstMs: 50, maxMs: 2_000 };
const JITTER_MS = 200;

/** How long to wait before a lost connection is made anew. As node-redis does by itself, but also after a silence: for that it would close the client for good. */
export function pauseBeforeReconnecting(retries: number): number {
  return backoffMs(retries, PAUSES) + Math.floor(Math.random() * JITTER_MS);
}
