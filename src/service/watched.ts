import { RedisServiceError } from '../errors/connection';
import type { NodeClient } from '../executor/clients/client-shapes';
import { redirectionOf, MOST_ROUNDS } from '../executor/batch/redirection';
import { crossSlot } from '../executor/batch/route';
import { toRedatomError } from '../executor/reply-errors';
import type { ServerSource } from '../executor/clients/servers';
import { slotOf } from '../path/slot';

/** One attempt at a transaction; without results when a watched key had changed. */
export interface Attempt {
  readonly value: unknown;
  readonly results: unknown[] | null;
}

/** Runs work on a connection of its own that watches keys. */
export async function runWatched(
  servers: ServerSource,
  keys: readonly string[],
  work: (client: NodeClient) => Promise<Attempt>,
): Promise<Attempt> {
  if (servers.hasSlots && new Set(keys.map(slotOf)).size > 1) throw crossSlot(keys, 'WATCH');
  const [key] = keys as readonly [string];
  const slot = servers.hasSlots ? slotOf(key) : undefined;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    let isMoved = false;
    const attempt = await servers.isolate(slot, async (client) => {
      isMoved = await isElsewhere(client, keys);
      return isMoved ? undefined : work(client);
    });
    if (attempt !== undefined) return attempt;
    await servers.borrow((borrowed) => borrowed.refresh(key));
  }
  throw new RedisServiceError('MOVED', `the slot of ${JSON.stringify(key)} moved ${MOST_ROUNDS} times while it was to be watched`, { key });
}

async function isElsewhere(client: NodeClient, keys: readonly string[]): Promise<boolean> {
  try {
    await client.sendCommand(['WATCH', ...keys]);
    return false;
  } catch (error) {
    if (redirectionOf(error) !== undefined) return true;
    throw toRedatomError(error, { args: ['WATCH', ...keys], key: keys[0], write: false });
  }
}
