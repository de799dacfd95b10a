import { hasMembers, isStored, Mismatch, type DocumentField } from '../codec/codec';
import { describe } from '../input/describe';
import { noField } from '../codec/document';
import { MAX_SECONDS, ttlMsOf } from '../input/seconds';
import type { Operation } from '../command/operation';
import { deleteDocument, expireDocument, insertDocument, putDocument, setValue } from '../command/operations/values';
import { KeyNotFoundError, NestedModelError } from '../errors/document';
import { CALL_OPTIONS, type CallOptions, refuseWrongLimits } from '../input/call-options';
import { refuseUnknown, type NamesOf } from '../input/options';
import type { Purpose } from '../executor/purpose';
import { changeHere, changeStored } from '../field/changes';
import { saveValueNow } from '../field/load-and-save';
import { refuseTogether } from '../field/misfits';
import type { ModelState } from '../field/model-state';
import { writeChecked } from '../scope/checked-write';
import { openPipelineOf, pipelineAround, record, send, takePending } from '../scope/dispatch';
import type { DocumentPlace } from '../scope/document-root';
import { flushPending } from '../scope/flush';
import { atRest, inTurn } from '../scope/in-turn';
import { startVerb } from '../scope/start-verb';
import { runRules, runRulesNow, whenValid } from './class-validator';
import type { NewValue } from './rule-carrier';

const EXISTS: Purpose = { verb: 'exists' };
const TTL: Purpose = { verb: 'ttl' };

/** Options of `save`. */
export interface SaveOptions extends CallOptions {
  /** Throws {@link KeyExistsError} when a document exists under the key. Default: it is overwritten. */
  readonly mustBeNew?: boolean | undefined;
}

const SAVE_OPTIONS = { mustBeNew: 'boolean', ...CALL_OPTIONS } satisfies NamesOf<SaveOptions>;

/** Writes the whole document, or the part of it that a nested model is. */
export function saveState<R>(state: ModelState, result: () => R, options?: SaveOptions): Promise<R> {
  return startVerb(state.root, () => {
    if (options === undefined) return saveWhole(state, { result, put: putDocument });
    refuseUnknown(options, SAVE_OPTIONS, 'save()');
    const { mustBeNew = false, ...call } = options;
    if (mustBeNew) requireDocument(state, 'save');
    return saveWhole(state, { result, put: mustBeNew ? insertDocument : putDocument }, call);
  });
}

/** Writes what was changed locally. */
export function saveChangesOf<R>(state: ModelState, result: () => R, call?: CallOptions): Promise<R> {
  return startVerb(state.root, () => {
    requireDocument(state, 'saveChanges');
    return flushPending(state.root, { call }).then(result);
  });
}

/** How a whole model is written, and what the caller gets. */
interface WholeSave<R> {
  readonly put: typeof putDocument;
  readonly result: () => R;
}

function saveWhole<R>(state: ModelState, save: WholeSave<R>, call?: CallOptions): Promise<R> {
  const { root } = state;
  const write = (left: CallOptions | undefined): Promise<R> => saveNow(state, save, left);
  return writeChecked(root, { local: state, inTurn: (limits, start) => atRest(root, { verb: 'save', call: limits }, start), write }, call);
}

function saveNow<R>(state: ModelState, { put, result }: WholeSave<R>, call?: CallOptions): Promise<R> {
  const { root } = state;
  if (state.parent !== undefined) return saveValueNow(state, result, call);
  root.requireFresh();
  const operations = [put('save', state.collect())];
  const scope = openPipelineOf(root);
  if (scope !== undefined) refuseWrongLimits(call);
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

/** Checks the local values, and if all can be stored, runs the rules of the class. */
export async function validateState(state: ModelState): Promise<void> {
  state.settleUnseen('check');
  await runRules(state);
}

export function createState(state: ModelState, verb: string, call?: CallOptions): Promise<void> {
  // The commit that stores the document increments the version.
  state.setVersion(0);
  const accept = (): void => undefined;
  return inTurn(state.root, call, (left) => send(state.root, { operations: [insertDocument(verb, state.toStored())], accept }, left));
}

/** Refuses a verb of whole documents on a nested model. */
export function requireDocument({ parent, root, path, schema }: ModelState, verb: string): void {
  if (parent !== undefined) throw new NestedModelError(verb, { model: schema.name, key: root.key, path: path.text });
}

export function deleteState(state: ModelState, call?: CallOptions): Promise<boolean> {
  const { root } = state;
  return startVerb(root, () => {
    requireDocument(state, 'delete');
    if (openPipelineOf(root) !== undefined) {
      refuseWrongLimits(call);
      record(root, [deleteDocument]);
      return Promise.resolve(true);
    }
    return inTurn(root, call, (left) => send(root, { operations: [deleteDocument], accept: (reply) => reply as boolean }, left));
  });
}

/** Checks a patch as a whole before any of it is applied. */
function encodePatch(state: ModelState, patch: object): NewValue[] {
  if (!hasMembers(patch) || isStored(patch)) throw state.inHere(Mismatch.of('a plain object of fields', patch));
  const values: NewValue[] = [];
  refuseTogether(Object.entries(patch), ([name, value]) => {
    if (value === undefined) return;
    const field = fieldOf(state, name, value);
    const stored = state.encodeFor(field, value);
    if (!state.isCounted(field)) values.push({ field, stored });
  });
  return values;
}

function fieldOf(state: ModelState, name: string, value: unknown): DocumentField {
  const field = state.schema.byName.get(name);
  if (field === undefined) throw state.invalid(noField(state.schema, value), name);
  return field;
}

export function updateState(state: ModelState, patch: object): void {
  const values = encodePatch(state, patch);
  runRulesNow(state, values);
  if (values.length > 0) changeHere(state, assignments(state, 'update', values), () => putAll(state, values));
}

export function updateStored<R>(state: ModelState, { patch, result }: { patch: object; result: () => R }, call?: CallOptions): Promise<R> {
  return startVerb(state.root, () => {
    const values = encodePatch(state, patch);
    const apply = (): void => putAll(state, values);
    const change = (left: CallOptions | undefined): Promise<R> =>
      changeStored(state, { operations: assignments(state, 'aupdate', values), apply, result }, left);
    return whenValid({ state, values, call }, change);
  });
}

function assignments(state: ModelState, verb: string, values: readonly NewValue[]): Operation[] {
  return values.map(({ field, stored }) => setValue(verb, state.pathOfField(field), stored));
}

function putAll(state: ModelState, values: readonly NewValue[]): void {
  for (const { field, stored } of values) state.put(field, stored);
}

export function existsDocument({ schema, key, connection }: DocumentPlace, call?: CallOptions): Promise<boolean> {
  const request = { args: ['EXISTS', key], key, write: false, model: schema.name, purpose: EXISTS };
  return connection.executor.execute(request, (reply) => reply === 1, call);
}

/** Sets the time to live of a document. */
export function expireState(state: ModelState, seconds: number, call?: CallOptions): Promise<void> {
  const { root } = state;
  return startVerb(root, () => {
    requireDocument(state, 'expire');
    const operations = [expireDocument(lifetimeOf(seconds))];
    // No local value depends on it, so other flows may call it while a pipeline is open.
    const scope = pipelineAround(root);
    if (scope === undefined) return inTurn(root, call, (left) => send(root, { operations, accept: () => undefined }, left));
    refuseWrongLimits(call);
    record(root, operations, scope);
    return Promise.resolve();
  });
}

function lifetimeOf(seconds: number): number {
  const ms = ttlMsOf(seconds);
  if (ms !== undefined) return ms;
  const found = typeof seconds === 'number' ? String(seconds) : describe(seconds);
  throw new RangeError(`expire() takes a positive number of seconds, at most ${MAX_SECONDS}, found ${found}`);
}

/** Seconds that a document has left, or null when it never expires. */
export async function ttlOfDocument(state: ModelState, call?: CallOptions): Promise<number | null> {
  const { root } = state;
  const request = { args: ['PTTL', root.key], key: root.key, write: false, model: root.model, purpose: TTL };
  const ms = await inTurn(root, call, (left) => root.executor.execute(request, Number, left));
  if (ms === -2) throw new KeyNotFoundError({ model: root.model, key: root.key, command: 'ttl' });
  return ms === -1 ? null : ms / 1000;
}
