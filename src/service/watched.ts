import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchError } from '../errors/batch';
import { MAX_ROUNDS, pauseMs, redirectionOf, type Redirection } from '../executor/batch/redirection';
import type { NodeClient } from '../executor/node-redis/client-shapes';
import { requireOneSlot } from '../executor/commands/one-slot';
import type { Watching } from '../executor/batch/transaction-run';
import type { CallOptions } from '../input/call-options';
import { sendWithin, type Sender } from '../executor/outcomes/deadline';
import type { Request } from '../executor/request';
import { isPassing, toRedatomError } from '../executor/outcomes/reply-errors';
import { runWithin } from '../async/run-within';
import type { ServerSource } from '../executor/clients/servers';
import { slotOf } from '../path/slot';

/** One attempt at a transaction. `results` is null when a watched key had changed, or when the server refused it for the moment. */
export interface Attempt {
  readonly value: unknown;
  readonly results: unknown[] | null;
  readonly refusal?: BatchError;
}

/** Keys that must not change while work runs. */
interface Watch {
  readonly keys: readonly string[];
  /** Returns what is left of the limits of the call. */
  readonly left: () => CallOptions;
}

/** Runs work on a dedicated connection that watches keys. If the server refuses for the moment, WATCH is sent again before the work begins. */
export async function runWatched(
  servers: ServerSource,
  { keys, left }: Watch,
  work: (watching: Watching) => Promise<Attempt>,
): Promise<Attempt> {
  if (servers.hasSlots) requireOneSlot(keys, 'WATCH');
  const [key] = keys as readonly [string];
  const request: Request = { args: ['WATCH', ...keys], key, write: false };
  const slot = servers.hasSlots ? slotOf(key) : undefined;
  let redirection: Redirection | undefined;
  for (let round = 0; ; round += 1) {
    const isAsking = redirection?.kind === 'ASK';
    let refusal: unknown;
    const watched = async (client: NodeClient): Promise<Attempt | undefined> => {
      refusal = await refusalOf(request, { client, isAsking }, left());
      return refusal === undefined ? work({ keys, client, isAsking }) : undefined;
    };
    const attempt = await servers.isolate({ slot, address: redirection?.address }, watched, left());
    if (attempt !== undefined) return attempt;
    redirection = servers.hasSlots ? redirectionOf(refusal) : undefined;
    if ((redirection === undefined && !isPassing(refusal)) || round === MAX_ROUNDS) throw toRedatomError(refusal, request);
    const isToLearn = redirection?.kind !== 'ASK';
    await runWithin(left(), async () => {
      await sleep(pauseMs(round));
      if (isToLearn) await servers.borrow((borrowed) => borrowed.refresh(key));
    });
  }
}

/** Why the keys cannot be watched on this server; undefined if they are. */
function refusalOf(request: Request, { client, isAsking }: Omit<Watching, 'keys'>, limits: CallOptions): Promise<unknown> {
  const send: Sender['send'] = (options) => {
    if (isAsking) client.sendCommand(['ASKING']).catch(() => undefined);
    return client.sendCommand(request.args, options);
  };
  const answers = { decode: () => undefined, refuse: (error: unknown) => error };
  return sendWithin<unknown>({ send }, request, { limits, ...answers });
}
