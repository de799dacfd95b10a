import { insertDocument } from '../command/operations/values';
import { MAX_PROBLEMS, ValidationError, type ValueProblem } from '../errors/codec';
import { KeyExistsError } from '../errors/document';
import { refuseWrongLimits, type CallOptions } from '../input/call-options';
import { requireList } from '../input/arguments';
import { deadlineOf } from '../async/time-left';
import type { Purpose } from '../executor/purpose';
import { instanceFor } from '../field/model-instance';
import type { ModelState } from '../field/model-state';
import { getOrCreate, insertMany } from '../lua/catalog.generated';
import { schemaOf } from '../schema/compile';
import type { ModelClass, ModelSchema } from '../schema/model-schema';
import { commit } from '../scope/commit/commit';
import { isLockedHere, locksOn } from '../scope/dispatch';
import type { Connection } from '../scope/document-root';
import { bindingOf } from './bindings';
import { requireValid, whenValid } from './class-validator';
import { allEnded, groupsOf } from './groups';
import { buildState, hydrate } from './hydrate';
import { createState } from './write';

const INSERT_MANY: Purpose = { verb: 'insertMany' };
const GET_OR_CREATE: Purpose = { verb: 'getOrCreate' };

/** The text of a new document that is written without a commit. Its version is 1, as after a first commit. */
function firstText(state: ModelState): string {
  state.setVersion(1);
  return JSON.stringify(state.toStored());
}

const DOCUMENTS_PER_INSERT = 1000;

export async function insertDocuments<T extends object>(model: ModelClass<T>, inits: readonly object[], call?: CallOptions): Promise<T[]> {
  requireList(inits, 'insertMany()', "[{ username: 'ada' }]");
  refuseWrongLimits(call);
  const left = deadlineOf(call);
  const schema = schemaOf(model);
  const connection = bindingOf(schema);
  const { executor } = connection;
  const states = buildStates(model, inits, connection);
  await requireValid(states);
  const keys = states.map(({ root }) => root.key);
  const seen = new Set<string>();
  const repeated = keys.find((key) => seen.size === seen.add(key).size);
  if (repeated !== undefined) throw givenTwice(schema, repeated);
  const insert = async (group: readonly ModelState[]): Promise<void> => {
    if (group.some(({ root }) => isLockedHere(root))) return insertUnderLocks(group, left());
    const args = [ttlText(schema), ...group.map(firstText)];
    const insertion = { script: insertMany, keys: group.map(({ root }) => root.key), args, model: schema.name, purpose: INSERT_MANY };
    const answer = await executor.evaluate(insertion, (reply) => reply, left());
    if (typeof answer === 'string')
      throw new KeyExistsError({ model: schema.name, key: answer, command: 'insertMany', index: keys.indexOf(answer) });
  };
  const groups = groupsOf(states, ({ root }) => root.key, { hasSlots: executor.hasSlots, size: DOCUMENTS_PER_INSERT });
  // All at once: each slot is a step of its own anyway, and there may be as many slots as documents, each of which takes a round trip.
  if (executor.hasSlots) await allEnded(groups.map(insert));
  else for (const group of groups) await insert(group);
  return states.map((state) => instanceFor(state) as T);
}

/** Lists what is wrong with all of the documents, each with its position. */
function buildStates(model: ModelClass, inits: readonly object[], connection: Connection): ModelState[] {
  const problems: ValueProblem[] = [];
  const states: ModelState[] = [];
  for (const [position, init] of inits.entries()) {
    if (problems.length >= MAX_PROBLEMS) break;
    try {
      states.push(buildState(model, init, connection));
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      for (const problem of error.problems) problems.push({ ...problem, field: at(position, problem.field) });
    }
  }
  if (problems.length > 0) throw new ValidationError(problems, { model: schemaOf(model).name, command: 'insertMany' });
  return states;
}

function at(position: number, field: string): string {
  return field === '' || field.startsWith('[') ? `[${position}]${field}` : `[${position}].${field}`;
}

/** One commit, which checks the locks. */
function insertUnderLocks(states: readonly ModelState[], call: CallOptions | undefined): Promise<void> {
  for (const state of states) state.setVersion(0);
  const queue = states.map((state) => ({ root: state.root, operation: insertDocument('insertMany', state.toStored()) }));
  const locks = [...new Set(states.flatMap(({ root }) => locksOn(root)))];
  return commit({ queue, locks, checkVersion: false, verb: 'insertMany', call }, () => undefined);
}

function givenTwice(schema: ModelSchema, key: string): KeyExistsError {
  const message = `two of the given documents have the same key, ${JSON.stringify(key)}; leave one out, or give it another key`;
  return new KeyExistsError({ model: schema.name, key, command: 'insertMany' }, message);
}

/** What {@link AtomicRedisModel.getOrCreate} found or made. */
export interface GetOrCreateResult<T> {
  /** The document that is stored now. */
  readonly document: T;
  /** Whether this call stored it. */
  readonly created: boolean;
}

export async function getOrCreateDocument<T extends object>(
  model: ModelClass<T>,
  init: object,
  call?: CallOptions,
): Promise<GetOrCreateResult<T>> {
  const schema = schemaOf(model);
  const connection = bindingOf(schema);
  const state = buildState(model, init, connection);
  const { key } = state.root;
  const json = await whenValid({ state, call }, (left) => {
    if (isLockedHere(state.root)) return createUnderLock(state, left);
    const args = [ttlText(schema), firstText(state)];
    const creation = { script: getOrCreate, keys: [key], args, model: schema.name, purpose: GET_OR_CREATE };
    return connection.executor.evaluate(creation, (reply) => reply as string | null, left);
  });
  if (json === null) return { document: instanceFor(state) as T, created: true };
  return { document: hydrate({ schema, key, connection }, json, GET_OR_CREATE) as T, created: false };
}

/** Null when the document was made; otherwise the text of the existing one. */
async function createUnderLock(state: ModelState, call: CallOptions | undefined): Promise<string | null> {
  const { key, executor, model } = state.root;
  const left = deadlineOf(call);
  for (;;) {
    try {
      await createState(state, 'getOrCreate', left());
      return null;
    } catch (error) {
      if (!(error instanceof KeyExistsError)) throw error;
    }
    const found = await executor.read({ key, model, purpose: GET_OR_CREATE }, (json) => json, left());
    if (found !== null) return found;
  }
}

function ttlText({ ttlMs }: ModelSchema): string {
  return ttlMs === undefined ? '' : String(ttlMs);
}
