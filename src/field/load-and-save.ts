import type { Json } from '../codec/codec';
import { replaceValue, setValue } from '../command/operations/values';
import { typeIs } from '../command/checks';
import { KeyNotFoundError, StaleItemError } from '../errors/document';
import type { CallOptions } from '../input/call-options';
import { softDeadlineOf } from '../async/time-left';
import type { JsonPath } from '../path/json-path';
import { openPipelineOf } from '../scope/dispatch';
import { atRest, inTurn, isLast, readAtRest } from '../scope/in-turn';
import { requireNoPipeline } from '../scope/outside-pipeline';
import { replacesAround } from '../scope/places';
import { startVerb } from '../scope/start-verb';
import type { DocumentRoot } from '../scope/document-root';
import { changeStored, changeStoredNow } from './changes';
import type { Container } from './container';
import { identitiesOnTheWayTo, type ItemIdentity } from './item-guards';
import { corrupt } from './misfits';

/** A part of a document as a whole: a container, or a scalar in one. */
export interface PlacedValue {
  /** The container itself, or the one that holds the scalar. */
  readonly container: Container;
  /** Its present path; items of lists move. */
  readonly path: JsonPath;
  /** Throws a mismatch when a stored form does not fit here. */
  check(stored: unknown): void;
  /** The stored form of the local value, to be written. Collects changes made inside values first. */
  collect(): Json;
  /** Takes a stored form over as the local value. */
  reset(stored: Json): void;
}

/** Reads the stored form of a value, and takes it over as soon as it is there, in the order of the answers. */
export function loadValue<R>(value: PlacedValue, result: () => R, call?: CallOptions): Promise<R> {
  const { root } = value.container;
  return startVerb(root, () => inTurn(root, call, (left) => root.noteRead(loadNow(value, result, left))));
}

function loadNow<R>(value: PlacedValue, result: () => R, call: CallOptions | undefined): Promise<R> {
  const { container } = value;
  const { root } = container;
  container.requireReachable();
  refuseLoadInPipeline(root);
  const { path } = value;
  if (root.hasPending && [...root.pending].some((change) => replacesAround(change, path.text))) throw unsavedAround(root, path);
  const identities = identitiesOnTheWayTo(container);
  const left = softDeadlineOf(call);
  const { answered } = root;
  const decode = (reply: unknown): R | Promise<R> => {
    // Verbs that were answered meanwhile may have moved the value, so the reply may be about another item.
    const isMoved = root.answered !== answered && value.path.text !== path.text;
    if (isMoved || !isLast(root, answered)) return readAtRest(root, left(), (rest) => loadNow(value, result, rest));
    refuseLoadInPipeline(root);
    const stored = storedIn(reply, { root, path, identities });
    // A list, dict or model that users hold cannot become null; it no longer is the value of this place.
    if (stored === null && path.text === container.path.text) throw container.staleItem(path, 'load');
    try {
      value.check(stored);
    } catch (error) {
      throw corrupt(error, { model: root.model, key: root.key, path, command: 'load' });
    }
    root.forget(path);
    value.reset(stored);
    return result();
  };
  const args = ['JSON.GET', root.key, path.sent, ...identities.map((identity) => identity.path.sent)];
  const purpose = { verb: 'load', path };
  return root.executor.execute({ args, key: root.key, write: false, model: root.model, purpose }, decode as (reply: unknown) => R, call);
}

/** After local changes that replaced or moved a value, the stored value at its path may be another one. */
function unsavedAround({ model, key }: DocumentRoot, { text }: JsonPath): StaleItemError {
  const facts = { model, key, path: text, command: 'load' };
  const message = `local changes that are not saved have replaced or moved what is at ${text} of ${JSON.stringify(key)}; call saveChanges() first, or load() the document`;
  return new StaleItemError(facts, message);
}

/** The value at a path. Refuses one of another item, which another writer has moved to this position. */
function storedIn(
  reply: unknown,
  { root, path, identities }: { root: DocumentRoot; path: JsonPath; identities: readonly ItemIdentity[] },
): Json {
  const facts = { model: root.model, key: root.key, path: path.text, command: 'load' };
  if (reply === null) throw new KeyNotFoundError({ ...facts, path: undefined });
  const found = JSON.parse(reply as string) as Json[] | Record<string, Json[]>;
  const at = (sent: string): Json | undefined => (Array.isArray(found) ? found[0] : found[sent]?.[0]);
  const stored = at(path.sent);
  if (stored === undefined) throw new KeyNotFoundError(facts);
  if (identities.some((identity) => at(identity.path.sent) !== identity.stored)) throw new StaleItemError(facts);
  return stored;
}

/** Loading would overwrite local changes that wait for the commit. */
export function refuseLoadInPipeline(root: DocumentRoot): void {
  requireNoPipeline({ root }, 'load', 'call load() before the pipeline, or read another instance with get()');
}

/** Writes a local value in its turn. The document must exist. */
export function saveValue<R>(value: PlacedValue, result: () => R, call?: CallOptions): Promise<R> {
  const { root } = value.container;
  return startVerb(root, () => atRest(root, { verb: 'save', call }, (left) => saveValueNow(value, result, left)));
}

/** The same without waiting: the caller has its turn already. */
export function saveValueNow<R>(value: PlacedValue, result: () => R, call?: CallOptions): Promise<R> {
  const { container, path } = value;
  container.root.requireFresh();
  const stored = value.collect();
  const isItem = typeof path.segment === 'number';
  const operation = isItem
    ? replaceValue('save', path, { value: stored, check: typeIs(path, 'something') })
    : setValue('save', path, stored);
  const change = { operations: [operation], result };
  return openPipelineOf(container.root) === undefined ? changeStoredNow(container, change, call) : changeStored(container, change, call);
}
