import { deadlineOf } from '../async/time-left';
import { describe } from '../input/describe';
import { RedisServiceError } from '../errors/connection';
import { CALL_OPTIONS, type CallOptions } from '../input/call-options';
import { refuseUnknown, type NamesOf } from '../input/options';
import { MAX_TIMER_MS, timerMs } from '../input/timer';
import type { Purpose } from '../executor/purpose';
import type { ModelClass } from '../schema/model-schema';
import { indexedFieldsOf } from '../search/indexed-fields';
import { Problems } from '../search/problems';
import { printQuery, type Query } from '../search/print-query';
import { readOrder, type Order } from '../search/read-order';
import { readWhere } from '../search/read-where';
import { readSearchReply, whatIsMissing, type SearchReply } from '../search/reply';
import type { OrderBy, Where } from '../search/where';
import { mostResultsOf, searchAll } from './most-results';
import { addDocument, requireOnCorrupt, tellOf, type FoundDocuments, type OnCorrupt } from './read';
import { ask, searchPlaceOf, searchVerb, type SearchPlace } from './search-place';

/** Options of `findOneBy`. */
export interface FindOneByOptions<M> extends CallOptions {
  /** Which document comes first: a field with `@Index({ sortable: true })` and its direction. Default: no order. */
  readonly orderBy?: OrderBy<M> | undefined;
}

/** Options of `findBy` and `findAndCountBy`. */
export interface FindByOptions<M> extends FindOneByOptions<M> {
  /** The most documents to read. Default: all; refused where more match than a server puts into one reply, which is one million unless it was told otherwise. */
  readonly limit?: number | undefined;
  /** How many documents to leave out first. Default 0. */
  readonly offset?: number | undefined;
  /** Called, and awaited, for documents that cannot be read as the model. Default: the error is thrown. */
  readonly onCorrupt?: OnCorrupt | undefined;
}

/** What `findAndCountBy` found. */
export interface FoundBy<T> {
  readonly documents: T[];
  /** How many documents match, whatever `limit` and `offset` are. */
  readonly total: number;
}

const FIND_ONE_BY_OPTIONS = { orderBy: true, ...CALL_OPTIONS } satisfies NamesOf<FindOneByOptions<object>>;
const FIND_BY_OPTIONS = { limit: true, offset: true, onCorrupt: true, ...FIND_ONE_BY_OPTIONS } satisfies NamesOf<FindByOptions<object>>;

const FIND_BY = searchVerb('findBy');
const FIND_ONE_BY = searchVerb('findOneBy');
const FIND_AND_COUNT_BY = searchVerb('findAndCountBy');
const COUNT_BY = searchVerb('countBy');

export async function findBy<T extends object>(model: ModelClass<T>, where: Where<T>, options: FindByOptions<T> = {}): Promise<T[]> {
  refuseUnknown(options, FIND_BY_OPTIONS, 'findBy()');
  return (await find(model, { where, purpose: FIND_BY }, options)).documents;
}

export async function findAndCountBy<T extends object>(
  model: ModelClass<T>,
  where: Where<T>,
  options: FindByOptions<T> = {},
): Promise<FoundBy<T>> {
  refuseUnknown(options, FIND_BY_OPTIONS, 'findAndCountBy()');
  return find(model, { where, purpose: FIND_AND_COUNT_BY }, options);
}

export async function findOneBy<T extends object>(
  model: ModelClass<T>,
  where: Where<T>,
  options: FindOneByOptions<T> = {},
): Promise<T | null> {
  refuseUnknown(options, FIND_ONE_BY_OPTIONS, 'findOneBy()');
  const { orderBy, ...call } = options;
  const left = deadlineOf(call);
  // An index keeps expired documents until the server comes across them, so the first match may be one of these. It does not count towards the offset of the next
  // search, because it may be gone by then.
  for (let limit = 1; ; limit *= 10) {
    const { place, reply } = await search(model, { where, purpose: FIND_ONE_BY }, { orderBy, ...left(), limit });
    const [first] = await readAll<T>(place, reply.documents.slice(0, 1), { purpose: FIND_ONE_BY });
    if (first !== undefined || limit >= reply.total) return first ?? null;
  }
}

export async function countBy<T extends object>(model: ModelClass<T>, where: Where<T>, call: CallOptions = {}): Promise<number> {
  refuseUnknown(call, CALL_OPTIONS, 'countBy()');
  return (await search(model, { where, purpose: COUNT_BY }, { ...call, limit: 0 })).reply.total;
}

async function find<T extends object>(
  model: ModelClass<T>,
  { where, purpose }: { where: Where<T>; purpose: Purpose },
  { onCorrupt, ...options }: FindByOptions<T>,
): Promise<FoundBy<T>> {
  requireOnCorrupt(onCorrupt);
  const { place, reply } = await search(model, { where, purpose }, options);
  return { documents: await readAll(place, reply.documents, { purpose, onCorrupt }), total: reply.total };
}

/** Finds documents, as JSON text. */
async function search<T extends object>(
  model: ModelClass<T>,
  { where, purpose }: { where: Where<T>; purpose: Purpose },
  { orderBy, limit, offset = 0, ...call }: Omit<FindByOptions<T>, 'onCorrupt'>,
): Promise<{ place: SearchPlace; reply: SearchReply }> {
  requireCount('limit', limit ?? 0);
  requireCount('offset', offset);
  const place = searchPlaceOf(model, purpose);
  const { query, order } = readQuery(place, { where, orderBy, purpose });
  if (query === undefined) return { place, reply: { documents: [], total: 0, warning: undefined } };
  const left = deadlineOf(call);
  const ofCount = (count: number): Promise<SearchReply> => {
    const args = [...searchArgs(place, query), ...orderArgs(order), 'LIMIT', String(offset), String(count), ...settings(call)];
    return ask(place, { args, purpose, decode: readSearchReply }, left());
  };
  const { executor } = place.connection;
  const reply = await (limit === undefined ? searchAll(executor, offset, ofCount) : ofCount(limit));
  const gap = whatIsMissing(reply, { most: limit === undefined ? mostResultsOf(executor) : undefined });
  if (gap === undefined) return { place, reply };
  const { verb } = purpose;
  throw new RedisServiceError('WARNING', `${verb} did not get all documents: ${gap}`, { model: model.name, command: verb });
}

async function readAll<T extends object>(
  place: SearchPlace,
  documents: SearchReply['documents'],
  { purpose, onCorrupt }: { purpose: Purpose; onCorrupt?: OnCorrupt | undefined },
): Promise<T[]> {
  const result: Pick<FoundDocuments<T>, 'found' | 'corrupt'> = { found: [], corrupt: [] };
  for (const { key, json } of documents) addDocument(result, { ...place, key }, { json, purpose });
  await tellOf(result.corrupt, onCorrupt);
  return result.found;
}

/** The query of conditions, and the order; no query where no document can match. */
function readQuery(
  { schema }: SearchPlace,
  { where, orderBy, purpose: { verb } }: { where: unknown; orderBy: unknown; purpose: Purpose },
): { query: Query | undefined; order: Order | undefined } {
  const problems = new Problems();
  const fields = indexedFieldsOf(schema);
  const expression = readWhere(where, fields, problems);
  const order = orderBy === undefined ? undefined : readOrder(orderBy, fields, { problems, at: 'orderBy' });
  problems.refuse(schema.name, verb);
  return { query: expression.kind === 'none' ? undefined : printQuery(expression), order };
}

function searchArgs({ definition }: SearchPlace, { text, parameters }: Query): string[] {
  const named = parameters.length === 0 ? [] : ['PARAMS', String(parameters.length), ...parameters];
  return ['FT.SEARCH', definition.name, text, ...named, 'RETURN', '1', '$'];
}

function orderArgs(order: Order | undefined): string[] {
  return order === undefined ? [] : ['SORTBY', order.field.name, order.direction];
}

/**
 * When the time limit of the server ends, it answers with what it has found so far, and RESP2 does not say that this is a part. So the server gets no limit, or one
 * that ends after the call has been given up.
 */
function settings({ timeoutMs }: CallOptions): string[] {
  // A larger number would overflow on the server, and the time would be over at once.
  const serverLimitMs = timeoutMs === undefined ? 0 : Math.min(Math.ceil(timerMs(timeoutMs)) + SERVER_MARGIN_MS, MAX_TIMER_MS);
  return ['TIMEOUT', String(serverLimitMs), 'DIALECT', '2'];
}

const SERVER_MARGIN_MS = 1_000;

function requireCount(name: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 0) return;
  throw new RangeError(`${name} must be a whole number of at least 0, found ${describe(count)}`);
}
