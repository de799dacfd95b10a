import { backoffMs } from '../../async/backoff';

const PAUSES = { firstMs: 50, maxMs: 2_000 };
const JITTER_MS = 200;

/**
 * How long to wait before reconnecting. The same pauses as node-redis' own, but also after a silence, for which node-redis would close the client for
 * good.
 */
export function pauseBeforeReconnecting(retries: number): number {
  return backoffMs(retries, PAUSES) + Math.floor(Math.random() * JITTER_MS);
}
