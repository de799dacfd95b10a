import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../async/backoff';
import { deadlineOf } from '../async/time-left';
import { RedisConnectionError, RedisServiceError } from '../errors/connection';
import { IndexNotFoundError } from '../errors/search';
import { refuseWrongLimits, type CallOptions } from '../input/call-options';
import type { ModelClass } from '../schema/model-schema';
import { schemaOf } from '../schema/compile';
import { isIndexOf } from '../search/index-definition';
import { indexedFieldsOf } from '../search/indexed-fields';
import { readInfoReply, type IndexState } from '../search/reply';
import { whyGivenUp } from '../executor/outcomes/given-up';
import type { Purpose } from '../executor/purpose';
import { ask, searchPlaceOf, searchVerb, type SearchPlace } from './search-place';

const CREATE_INDEX = searchVerb('createIndex');
const SYNC_INDEX = searchVerb('syncIndex');
const DROP_INDEX = searchVerb('dropIndex');

const PAUSES = { firstMs: 2, maxMs: 100 };

/** Whether a class, or a model nested in it, marks a field. */
export function marksFields(model: ModelClass): boolean {
  return indexedFieldsOf(schemaOf(model)).members.size > 0;
}

export async function createIndex(model: ModelClass, call?: CallOptions): Promise<IndexState> {
  return made(searchPlaceOf(model, CREATE_INDEX), CREATE_INDEX, call);
}

export async function syncIndex(model: ModelClass, call?: CallOptions): Promise<IndexState> {
  const place = searchPlaceOf(model, SYNC_INDEX);
  const left = deadlineOf(call);
  const state = await made(place, SYNC_INDEX, left());
  const names = await ask(place, { args: ['FT._LIST'], purpose: SYNC_INDEX, decode: (reply) => [...(reply as Iterable<string>)] }, left());
  const others = names.filter((name) => name !== state.name && isIndexOf(place.schema, name));
  for (const name of others) await dropped(place, { name, purpose: SYNC_INDEX }, left());
  return state;
}

export async function dropIndex(model: ModelClass, call?: CallOptions): Promise<boolean> {
  const place = searchPlaceOf(model, DROP_INDEX);
  return dropped(place, { name: place.definition.name, purpose: DROP_INDEX }, call);
}

/** Makes the index unless it is there, and waits until it has all documents. */
async function made(place: SearchPlace, purpose: Purpose, call: CallOptions | undefined): Promise<IndexState> {
  refuseWrongLimits(call);
  const left = deadlineOf(call);
  for (;;) {
    await makeUnlessThere(place, purpose, left());
    try {
      return await completed(place, purpose, left);
    } catch (error) {
      // The index was dropped meanwhile.
      if (!(error instanceof IndexNotFoundError)) throw error;
    }
  }
}

async function makeUnlessThere(place: SearchPlace, purpose: Purpose, call: CallOptions | undefined): Promise<void> {
  const { name, args } = place.definition;
  try {
    await ask(place, { args: ['FT.CREATE', name, ...args], purpose, decode: () => undefined, write: true }, call);
  } catch (error) {
    if (!isThere(error)) throw error;
  }
}

async function completed(place: SearchPlace, purpose: Purpose, left: () => CallOptions | undefined): Promise<IndexState> {
  const { name } = place.definition;
  for (let attempt = 0; ; attempt += 1) {
    const { isComplete, ...state } = await ask(place, { args: ['FT.INFO', name], purpose, decode: readInfoReply }, left());
    if (isComplete) return state;
    await sleep(backoffMs(attempt, PAUSES));
    refuseIncomplete(place, purpose, left());
  }
}

/** Ends a call whose time is over, or whose signal aborted, while the server still puts documents into the index. The server goes on with that. */
function refuseIncomplete({ schema, definition }: SearchPlace, { verb }: Purpose, limits: CallOptions | undefined): void {
  if (limits?.signal?.aborted !== true) return;
  const cause: unknown = limits.signal.reason;
  const why = whyGivenUp(cause, 'not complete');
  const message = `the index ${definition.name} does not have all documents yet, and ${verb} has stopped waiting: ${why}; call it again to wait on`;
  throw new RedisConnectionError(message, { model: schema.name, command: verb, cause });
}

function isThere(error: unknown): boolean {
  return error instanceof RedisServiceError && /already exists/i.test(error.message);
}

/** Drops an index, and leaves its documents; resolves to whether it was there. */
async function dropped(place: SearchPlace, { name, purpose }: { name: string; purpose: Purpose }, call?: CallOptions): Promise<boolean> {
  try {
    return await ask(place, { args: ['FT.DROPINDEX', name], purpose, decode: () => true, write: true }, call);
  } catch (error) {
    if (error instanceof IndexNotFoundError) return false;
    throw error;
  }
}
