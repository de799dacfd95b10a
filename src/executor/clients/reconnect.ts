const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
const JITTER_MS = 200;

/** How long to wait before a lost connection is made anew. As node-redis does by itself, but also after a silence: for that it would close the client for good. */
export function pauseBeforeReconnecting(retries: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** retries, LONGEST_PAUSE_MS) + Math.floor(Math.random() * JITTER_MS);
}
