import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchError } from '../errors/batch';
import { MOST_ROUNDS, pauseMs, redirectionOf, type Redirection } from '../executor/batch/redirection';
import { crossSlot } from '../executor/batch/route';
import type { Watching } from '../executor/batch/transaction-run';
import { isPassing, toRedatomError } from '../executor/reply-errors';
import type { ServerSource } from '../executor/clients/servers';
import { slotOf } from '../path/slot';

/** One attempt at a transaction; without results when a watched key had changed, or when the server refused it for the moment. */
export interface Attempt {
  readonly value: unknown;
  readonly results: unknown[] | null;
  readonly refusal?: BatchError;
}

/** Runs work on a connection of its own that watches keys. What a server could not do at the moment is asked again before the work begins. */
export async function runWatched(
  servers: ServerSource,
  keys: readonly string[],
  work: (watching: Watching) => Promise<Attempt>,
): Promise<Attempt> {
  if (servers.hasSlots && new Set(keys.map(slotOf)).size > 1) throw crossSlot(keys, 'WATCH');
  const [key] = keys as readonly [string];
  const slot = servers.hasSlots ? slotOf(key) : undefined;
  let redirection: Redirection | undefined;
  for (let round = 0; ; round += 1) {
    const isAsking = redirection?.kind === 'ASK';
    let refusal: unknown;
    const attempt = await servers.isolate({ slot, address: redirection?.address }, async (client) => {
      refusal = await refusalOf({ client, isAsking }, keys);
      return refusal === undefined ? work({ client, isAsking }) : undefined;
    });
    if (attempt !== undefined) return attempt;
    redirection = servers.hasSlots ? redirectionOf(refusal) : undefined;
    if ((redirection === undefined && !isPassing(refusal)) || round === MOST_ROUNDS) {
      throw toRedatomError(refusal, { args: ['WATCH', ...keys], key, write: false });
    }
    await sleep(pauseMs(round));
    if (redirection?.kind !== 'ASK') await servers.borrow((borrowed) => borrowed.refresh(key));
  }
}

/** Why keys cannot be watched there; undefined when they are. */
async function refusalOf({ client, isAsking }: Watching, keys: readonly string[]): Promise<unknown> {
  const asked = isAsking ? client.sendCommand(['ASKING']) : undefined;
  const [refused] = await Promise.allSettled([client.sendCommand(['WATCH', ...keys]), asked]);
  return refused.status === 'rejected' ? refused.reason : undefined;
}
