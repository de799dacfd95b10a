import { describe, hasMembers, isStored, Mismatch, type Json, type JsonObject } from '../codec/codec';
import { checkDocument, type DocumentField } from '../codec/document';
import { LONGEST_SECONDS } from '../codec/instant';
import { deleteDocument, expireDocument, insertDocument, putDocument, setValue } from '../command/operations/values';
import { ValidationError } from '../errors/codec';
import { PipelineNeedsReplyError } from '../errors/commit';
import { KeyExistsError, KeyNotFoundError } from '../errors/document';
import type { CallOptions } from '../executor/executor';
import { deadlineOf, refuseWrongLimits } from '../executor/limits';
import type { Purpose } from '../executor/purpose';
import { saveValue } from '../field/bound-value';
import { instanceFor } from '../field/model-instance';
import type { ModelState } from '../field/model-state';
import { getOrCreate, insertMany } from '../lua/catalog.generated';
import { schemaOf } from '../schema/compile';
import type { ModelClass, ModelSchema } from '../schema/model-schema';
import { openPipelineOf, pipelineAround, record, send, takePending } from '../scope/dispatch';
import { currentFlow } from '../scope/flow';
import { requireFresh } from '../scope/freshness';
import { atRest, inTurn } from '../scope/in-turn';
import { requireList } from '../executor/given';
import { executorOf } from './bindings';
import { requireValid, whenValid } from './class-validator';
import { buildState, documentKey, hydrate, newState } from './hydrate';
import type { ModelConstructor } from './model-class';
import { groupsOf } from './read';

const INSERT_MANY: Purpose = { verb: 'insertMany' };
const GET_OR_CREATE: Purpose = { verb: 'getOrCreate' };
const DELETE_MANY: Purpose = { verb: 'deleteMany' };
const EXISTS: Purpose = { verb: 'exists' };
const TTL: Purpose = { verb: 'ttl' };

/** Writes the whole document, or the part of it that a nested model is. */
export function saveState<R>(state: ModelState, result: () => R, call?: CallOptions): Promise<R> {
  return atRest(state.root, { verb: 'save', call }, (left) => saveNow(state, result, left));
}

function saveNow<R>(state: ModelState, result: () => R, call?: CallOptions): Promise<R> {
  const { root, schema } = state;
  requireFresh(root);
  state.settleInside('collect');
  if (state.parent !== undefined) {
    const check = (stored: unknown): void => checkDocument(schema, stored);
    return saveValue({ container: state, path: () => state.path, check }, { stored: state.toStored(), result }, call);
  }
  const scope = openPipelineOf(root);
  if (scope !== undefined) refuseWrongLimits(call);
  const operations = [putDocument('save', state.toStored())];
  const taken = takePending(root, scope);
  if (scope !== undefined) {
    record(root, operations, scope);
    return Promise.resolve(result());
  }
  const accept = (): R => {
    state.noteWritten();
    return result();
  };
  const onFailure = (): void => {
    root.putBack(taken);
  };
  return send(root, { operations, accept, onFailure, checkVersion: true }, call);
}

export function createState(state: ModelState, verb: string, call?: CallOptions): Promise<void> {
  const accept = (): void => {
    state.root.takePending();
  };
  return inTurn(state.root, call, (left) => send(state.root, { operations: [insertDocument(verb, state.toStored())], accept }, left));
}

export function deleteState(state: ModelState, call?: CallOptions): Promise<boolean> {
  const { root } = state;
  if (openPipelineOf(root) !== undefined) {
    refuseWrongLimits(call);
    record(root, [deleteDocument]);
    return Promise.resolve(true);
  }
  return inTurn(root, call, (left) => send(root, { operations: [deleteDocument], accept: (reply) => reply as boolean }, left));
}

/** A value of a patch, as it will be stored. */
interface FieldValue {
  readonly field: DocumentField;
  readonly stored: Json;
}

/** Checks a patch as a whole before any of it is applied. */
function encodePatch(state: ModelState, patch: object): FieldValue[] {
  if (!hasMembers(patch) || isStored(patch)) throw state.inHere(Mismatch.of('a plain object of fields', patch));
  const values: FieldValue[] = [];
  for (const name of Object.keys(patch)) {
    const value = (patch as Record<string, unknown>)[name];
    if (value === undefined) continue;
    const field = state.schema.byName.get(name);
    if (field === undefined) {
      const problem = { field: name, expected: `to be a field of ${state.schema.name}`, found: typeof value };
      throw new ValidationError([problem], { model: state.root.model, key: state.root.key });
    }
    const stored = state.encodeFor(field, value);
    if (!state.isCounted(field)) values.push({ field, stored });
  }
  return values;
}

export function updateState(state: ModelState, patch: object): void {
  const values = encodePatch(state, patch);
  if (values.length > 0) state.change(assignments(state, 'update', values), () => putAll(state, values));
}

export function updateStored<R>(state: ModelState, { patch, result }: { patch: object; result: () => R }, call?: CallOptions): Promise<R> {
  const values = encodePatch(state, patch);
  if (values.length === 0) return Promise.resolve(result());
  const apply = (): void => putAll(state, values);
  return state.act({ operations: assignments(state, 'aupdate', values), apply, result }, call);
}

function assignments(state: ModelState, verb: string, values: readonly FieldValue[]): ReturnType<typeof setValue>[] {
  return values.map(({ field, stored }) => setValue(verb, state.pathOfField(field), stored));
}

function putAll(state: ModelState, values: readonly FieldValue[]): void {
  for (const { field, stored } of values) state.put(field, stored);
}

/** A document that is written without a commit starts at version 1, as its first commit would leave it. */
export function withFirstVersion(schema: ModelSchema, stored: JsonObject, version: number): JsonObject {
  if (schema.version !== undefined) stored[schema.version.name] = version;
  return stored;
}

const DOCUMENTS_PER_INSERT = 1000;

export async function insertDocuments<T>(model: ModelConstructor<T>, inits: readonly object[], call?: CallOptions): Promise<T[]> {
  requireList(inits, 'insertMany()', "[{ username: 'ada' }]");
  const left = deadlineOf(call);
  const schema = schemaOf(model);
  const states = inits.map((init) => buildState(model, init));
  await requireValid(states);
  const keys = states.map(({ root }) => root.key);
  const repeated = new Set(keys).size === keys.length ? undefined : keys.find((key, position) => keys.indexOf(key) !== position);
  if (repeated !== undefined) throw givenTwice(schema, repeated);
  const executor = executorOf(schema);
  const insert = async (positions: readonly number[]): Promise<void> => {
    const group = positions.map((position) => keys[position] as string);
    const documents = positions.map((position) => JSON.stringify(withFirstVersion(schema, (states[position] as ModelState).toStored(), 1)));
    const answer = await executor.evaluate(
      { script: insertMany, keys: group, args: [ttlText(schema), ...documents], model: schema.name, purpose: INSERT_MANY },
      (reply) => reply,
      left(),
    );
    if (typeof answer === 'string') throw new KeyExistsError({ model: schema.name, key: answer, command: 'insertMany' });
  };
  const groups = groupsOf(keys, { hasSlots: executor.hasSlots, size: DOCUMENTS_PER_INSERT });
  // Slots are steps of their own anyway, and there may be as many as documents: one after the other each would take a round trip.
  if (executor.hasSlots) await allEnded(groups.map(insert));
  else for (const positions of groups) await insert(positions);
  return states.map((state) => instanceFor(state) as T);
}

function givenTwice(schema: ModelSchema, key: string): KeyExistsError {
  const message = `two of the given documents have the same key, ${JSON.stringify(key)}; leave one out, or give it another key`;
  return new KeyExistsError({ model: schema.name, key, command: 'insertMany' }, message);
}

/** Like Promise.all, but who hears of a failure finds none of the others still at work. */
async function allEnded<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** What {@link AtomicRedisModel.getOrCreate} found or made. */
export interface GetOrCreateResult<T> {
  /** The document that is stored now. */
  readonly document: T;
  /** Whether it was made now. */
  readonly created: boolean;
}

export async function getOrCreateDocument<T>(model: ModelConstructor<T>, init: object, call?: CallOptions): Promise<GetOrCreateResult<T>> {
  const schema = schemaOf(model);
  const state = buildState(model, init);
  const { key } = state.root;
  const json = await whenValid({ state }, () => {
    const args = [ttlText(schema), JSON.stringify(withFirstVersion(schema, state.toStored(), 1))];
    const creation = { script: getOrCreate, keys: [key], args, model: schema.name, purpose: GET_OR_CREATE };
    return executorOf(schema).evaluate(creation, (reply) => reply as string | null, call);
  });
  if (json === null) return { document: instanceFor(state) as T, created: true };
  return { document: hydrate(schema, key, json) as T, created: false };
}

function ttlText({ ttlMs }: ModelSchema): string {
  return ttlMs === undefined ? '' : String(ttlMs);
}

/** Removes the document of a key, under the locks that this flow holds on it; resolves to whether there was one. */
export async function deleteStored(model: ModelClass, keyOrPk: string, call?: CallOptions): Promise<boolean> {
  const schema = schemaOf(model);
  const key = documentKey(schema, keyOrPk);
  refuseInsidePipeline(schema, key, 'deleteByKey');
  return deleteState(newState(schema, key, {}), call);
}

/** The document would be gone at once, also when the pipeline is taken back. */
function refuseInsidePipeline(schema: ModelSchema, key: string, verb: string): void {
  if (currentFlow()?.pipeline?.collects(key, executorOf(schema)) !== true) return;
  throw new PipelineNeedsReplyError(verb, 'use delete() of the instance', { model: schema.name, key });
}

const KEYS_PER_DELETE = 1000;

/** Removes documents; resolves to how many there were. */
export async function deleteDocuments(model: ModelClass, keysOrPks: readonly string[], call?: CallOptions): Promise<number> {
  requireList(keysOrPks, 'deleteMany()', "['ada']");
  const schema = schemaOf(model);
  const executor = executorOf(schema);
  const keys = keysOrPks.map((keyOrPk) => documentKey(schema, keyOrPk));
  for (const key of keys) refuseInsidePipeline(schema, key, 'deleteMany');
  const counts = await allEnded(
    groupsOf(keys, { hasSlots: executor.hasSlots, size: KEYS_PER_DELETE }).map((positions) => {
      const group = positions.map((position) => keys[position] as string);
      return executor.execute(
        { args: ['UNLINK', ...group], key: group[0], write: true, model: schema.name, purpose: DELETE_MANY },
        Number,
        call,
      );
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

export async function existsDocument(schema: ModelSchema, key: string, call?: CallOptions): Promise<boolean> {
  return executorOf(schema).execute(
    { args: ['EXISTS', key], key, write: false, model: schema.name, purpose: EXISTS },
    (reply) => reply === 1,
    call,
  );
}

/** Sets the time to live of a document. */
export function expireState(state: ModelState, seconds: number, call?: CallOptions): Promise<void> {
  const { root } = state;
  if (!(typeof seconds === 'number' && seconds > 0 && seconds <= LONGEST_SECONDS)) {
    const found = typeof seconds === 'number' ? String(seconds) : describe(seconds);
    throw new RangeError(`expire() takes a positive number of seconds, at most ${LONGEST_SECONDS}, found ${found}`);
  }
  const operations = [expireDocument(Math.ceil(seconds * 1000))];
  // No local value depends on it, so another flow may do it while a pipeline is open.
  const scope = pipelineAround(root);
  if (scope === undefined) return inTurn(root, call, (left) => send(root, { operations, accept: () => undefined }, left));
  refuseWrongLimits(call);
  record(root, operations, scope);
  return Promise.resolve();
}

/** Seconds left to a document, or null when it lives for ever. */
export async function ttlOfDocument(state: ModelState, call?: CallOptions): Promise<number | null> {
  const { root } = state;
  const request = { args: ['PTTL', root.key], key: root.key, write: false, model: root.model, purpose: TTL };
  const ms = await inTurn(root, call, (left) => root.executor.execute(request, Number, left));
  if (ms === -2) throw new KeyNotFoundError({ model: root.model, key: root.key, command: 'ttl' });
  return ms === -1 ? null : ms / 1000;
}
