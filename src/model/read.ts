import { AsyncResource } from 'node:async_hooks';
import { describe } from '../input/describe';
import { isText } from '../codec/scalars';
import { CorruptDocumentError } from '../errors/codec';
import { KeyNotFoundError } from '../errors/document';
import { CALL_OPTIONS, refuseWrongLimits, type CallOptions } from '../input/call-options';
import type { Purpose } from '../executor/purpose';
import { refuseUnknown, type NamesOf } from '../input/options';
import { softDeadlineOf, TimeInParts } from '../async/time-left';
import { loadValue, refuseLoadInPipeline } from '../field/load-and-save';
import type { ModelState } from '../field/model-state';
import { promised } from '../async/promised';
import { readAndTouch } from '../lua/catalog.generated';
import { scanPattern } from '../path/redis-key';
import { schemaOf } from '../schema/compile';
import type { ModelClass, ModelSchema } from '../schema/model-schema';
import type { Connection, DocumentPlace } from '../scope/document-root';
import { currentFlow, resumeFlow } from '../scope/flow';
import { inTurn, isLast, readAtRest } from '../scope/in-turn';
import { startVerb } from '../scope/start-verb';
import { requireList, requireWork } from '../input/arguments';
import { bindingOf, requireOpen, type Binding } from './bindings';
import { groupsOf } from './groups';
import { hydrate, readStored } from './hydrate';
import { documentKey, documentPlaceOf } from './pk';

export const GET: Purpose = { verb: 'get' };
const FIND: Purpose = { verb: 'find' };
const LOAD: Purpose = { verb: 'load' };
const GET_MANY: Purpose = { verb: 'getMany' };
const SCAN: Purpose = { verb: 'scan' };
const FIND_KEYS: Purpose = { verb: 'afindKeys' };

/** The verb that reads a document, and what it makes of the text, or of null. */
interface Reading<R> {
  readonly purpose: Purpose;
  readonly decode: (json: string | null) => R;
}

/** Reads the text of a document; starts its time to live anew where the model says so. */
function fetchDocument<R>(
  { schema, key, connection: { executor } }: DocumentPlace,
  { purpose, decode }: Reading<R>,
  call: CallOptions | undefined,
): Promise<R> {
  const { name: model, ttlMs } = schema;
  if (schema.refreshTtl === 'onUse' && ttlMs !== undefined) {
    const reading = { script: readAndTouch, keys: [key], args: [String(ttlMs), '.'], write: false, model, purpose } as const;
    return executor.evaluate(reading, decode as (reply: unknown) => R, call);
  }
  // Documents that are read together arrive in the flow of one of the callers; constructors of users must run in the flow of their own caller.
  return executor.read({ key, model, purpose }, schema.needsConstructor ? AsyncResource.bind(decode) : decode, call);
}

export function findDocument<T extends object>(model: ModelClass<T>, keyOrPk: string, call?: CallOptions): Promise<T | null> {
  return promised(() => {
    const place = documentPlaceOf(model, keyOrPk);
    const decode = (json: string | null): T | null => (json === null ? null : (hydrate(place, json, FIND) as T));
    return fetchDocument(place, { purpose: FIND, decode }, call);
  });
}

export function getDocument<T extends object>(model: ModelClass<T>, keyOrPk: string, call?: CallOptions): Promise<T> {
  return promised(() => readAt<T>(documentPlaceOf(model, keyOrPk), GET, call));
}

/** Reads the document at a place, which must exist, for a verb. */
export function readAt<T extends object>(place: DocumentPlace, purpose: Purpose, call?: CallOptions): Promise<T> {
  const { schema, key } = place;
  const decode = (json: string | null): T => {
    if (json === null) throw new KeyNotFoundError({ model: schema.name, key, command: purpose.verb });
    return hydrate(place, json, purpose) as T;
  };
  return fetchDocument(place, { purpose, decode }, call);
}

/** Reads the stored form into an instance, root or nested. Local changes that were not saved are gone. `purpose` is the verb that reads a root. */
export function loadInto(state: ModelState, call?: CallOptions, purpose = LOAD): Promise<unknown> {
  const { root } = state;
  if (state.parent !== undefined) return loadValue(state, () => undefined, call);
  return startVerb(root, () => inTurn(root, call, (left) => root.noteRead(loadWhole(state, left, purpose))));
}

function loadWhole(state: ModelState, call: CallOptions | undefined, purpose: Purpose): Promise<unknown> {
  const { root } = state;
  refuseLoadInPipeline(root);
  const { doubt, answered } = root;
  const left = softDeadlineOf(call);
  const flow = currentFlow();
  const take = (json: string | null): Promise<unknown> | undefined => {
    // The reply lacks the changes of verbs that were sent after this read, which the local values may already have.
    if (!isLast(root, answered)) return readAtRest(root, left(), (rest) => loadWhole(state, rest, purpose));
    if (json === null) throw new KeyNotFoundError({ model: root.model, key: root.key, command: purpose.verb });
    takeOver(state, { json, doubt, purpose });
    return undefined;
  };
  // Documents that are read together arrive in the flow of one of the callers.
  return fetchDocument<unknown>(root, { purpose, decode: (json) => resumeFlow(flow, () => take(json)) }, call);
}

/** A document that was read, with the doubt about its instance (an unknown outcome) when the request was sent. */
interface ReadDocument {
  readonly json: string;
  readonly doubt: object | undefined;
  /** The verb that has read it. */
  readonly purpose: Purpose;
}

/** Takes over a stored document as the local value of an instance, unless a pipeline was opened on it meanwhile. */
export function takeOver(state: ModelState, { json, doubt, purpose }: ReadDocument): void {
  refuseLoadInPipeline(state.root);
  const stored = readStored(state.root, json, purpose);
  state.reset(stored);
  state.root.wasRead(doubt);
}

/** What `getMany` found. */
export interface FoundDocuments<T> {
  /** The documents that were found, in the order of the keys. */
  readonly found: T[];
  /** Keys without a document: they hold nothing, or another Redis type. */
  readonly missing: string[];
  /** Documents that cannot be read as the model, each with key, path and what was found. Bytes are not checked before they are read. */
  readonly corrupt: CorruptDocumentError[];
}

const KEYS_PER_READ = 250;

export async function getDocuments<T extends object>(
  model: ModelClass<T>,
  keysOrPks: readonly string[],
  call?: CallOptions,
): Promise<FoundDocuments<T>> {
  refuseWrongLimits(call);
  return readMany(model, { keysOrPks, purpose: GET_MANY }, call);
}

async function readMany<T extends object>(
  model: ModelClass<T>,
  { keysOrPks, purpose, connection: given }: { keysOrPks: readonly string[]; purpose: Purpose; connection?: Connection },
  call: CallOptions | undefined,
): Promise<FoundDocuments<T>> {
  requireList(keysOrPks, 'getMany()', "['ada']");
  const schema = schemaOf(model);
  const keys = keysOrPks.map((keyOrPk) => documentKey(schema, keyOrPk));
  const connection = given ?? bindingOf(schema);
  requireOpen(connection, schema);
  const texts = await fetchDocuments({ schema, connection }, { keys, purpose }, call);
  const result: FoundDocuments<T> = { found: [], missing: [], corrupt: [] };
  keys.forEach((key, position) => {
    const json = texts[position];
    if (typeof json !== 'string') result.missing.push(key);
    else addDocument(result, { schema, key, connection }, { json, purpose });
  });
  return result;
}

/** Adds a stored document to those found, or to those that cannot be read. */
export function addDocument<T extends object>(
  { found, corrupt }: Pick<FoundDocuments<T>, 'found' | 'corrupt'>,
  place: DocumentPlace,
  { json, purpose }: { json: string; purpose: Purpose },
): void {
  try {
    found.push(hydrate(place, json, purpose) as T);
  } catch (error) {
    if (!(error instanceof CorruptDocumentError)) throw error;
    corrupt.push(error);
  }
}

async function fetchDocuments(
  { schema, connection: { executor } }: Pick<DocumentPlace, 'schema' | 'connection'>,
  { keys, purpose }: { keys: readonly string[]; purpose: Purpose },
  call: CallOptions | undefined,
): Promise<(string | null)[]> {
  const texts = new Array<string | null>(keys.length).fill(null);
  await Promise.all(
    groupsOf([...keys.entries()], ([, key]) => key, { hasSlots: executor.hasSlots, size: KEYS_PER_READ }).map(async (group) => {
      const args = ['JSON.MGET', ...group.map(([, key]) => key), '.'];
      const request = { args, key: args[1], write: false, model: schema.name, purpose };
      const replies = await executor.execute(request, (reply) => reply as (string | null)[], call);
      group.forEach(([position], at) => (texts[position] = replies[at] ?? null));
    }),
  );
  return texts;
}

const KEYS_PER_SCAN = 500;

interface ScannedKeys {
  readonly binding: Binding;
  readonly pkPrefix: string;
  readonly purpose: Purpose;
}

/** Keys of documents of a model, page by page; a key may come twice. */
async function* scanKeys({ prefix, name }: ModelSchema, scanned: ScannedKeys, time: TimeInParts): AsyncGenerator<string[]> {
  const { pkPrefix, purpose } = scanned;
  const { executor, prefixes } = scanned.binding;
  const scan = { pattern: scanPattern(prefix, pkPrefix), count: KEYS_PER_SCAN, model: name, purpose };
  const longer = [...prefixes].filter((other) => other.startsWith(`${prefix}:`));
  for await (const page of executor.scan(scan, time)) {
    yield page.filter((key) => key.length > prefix.length + 1 && !longer.some((other) => key.startsWith(`${other}:`)));
  }
}

/** Options of `afindKeys`. */
export interface FindKeysOptions extends CallOptions {
  /** Only documents whose pks begin with this text, such as `'acme:'`; it is not a pattern. Default: all. */
  readonly pkPrefix?: string | undefined;
}

const FIND_OPTIONS = { pkPrefix: true, ...CALL_OPTIONS } satisfies NamesOf<FindKeysOptions>;

function requirePkPrefix(pkPrefix: unknown): void {
  if (isText(pkPrefix)) return;
  throw new TypeError(`pkPrefix must be the text with which pks begin (well-formed Unicode), found ${describe(pkPrefix)}`);
}

export async function findKeys(model: ModelClass, options: FindKeysOptions = {}): Promise<string[]> {
  refuseUnknown(options, FIND_OPTIONS, 'afindKeys()');
  const { pkPrefix = '', ...call } = options;
  requirePkPrefix(pkPrefix);
  const schema = schemaOf(model);
  const scanned = { binding: bindingOf(schema), pkPrefix, purpose: FIND_KEYS };
  const keys = new Set<string>();
  for await (const page of scanKeys(schema, scanned, new TimeInParts(call))) for (const key of page) keys.add(key);
  return [...keys];
}

/** Options of `scan`. */
export interface ScanOptions extends FindKeysOptions {
  /** Called, and awaited, for documents that cannot be read as the model. Default: the scan throws the error. */
  readonly onCorrupt?: OnCorrupt | undefined;
}

export type OnCorrupt = (error: CorruptDocumentError) => unknown;

const SCAN_OPTIONS = { ...FIND_OPTIONS, onCorrupt: true } satisfies NamesOf<ScanOptions>;

export async function* scanDocuments<T extends object>(model: ModelClass<T>, options: ScanOptions = {}): AsyncGenerator<T> {
  refuseUnknown(options, SCAN_OPTIONS, 'scan()');
  const { onCorrupt, pkPrefix = '', ...call } = options;
  requirePkPrefix(pkPrefix);
  requireOnCorrupt(onCorrupt);
  const schema = schemaOf(model);
  const connection = bindingOf(schema);
  const seen = new Set<string>();
  const time = new TimeInParts(call);
  for await (const page of scanKeys(schema, { binding: connection, pkPrefix, purpose: SCAN }, time)) {
    const fresh = page.filter((key) => !seen.has(key));
    for (const key of fresh) seen.add(key);
    const { found, corrupt: bad } = await time.run((left) => readMany(model, { keysOrPks: fresh, purpose: SCAN, connection }, left));
    await tellOf(bad, onCorrupt);
    yield* found;
  }
}

export function requireOnCorrupt(onCorrupt: OnCorrupt | undefined): void {
  if (onCorrupt !== undefined) requireWork(onCorrupt, 'onCorrupt', '(error) => …');
}

/** Hands over the documents that cannot be read. */
export async function tellOf(corrupt: readonly CorruptDocumentError[], onCorrupt: OnCorrupt | undefined): Promise<void> {
  for (const error of corrupt) {
    if (onCorrupt === undefined) throw error;
    await onCorrupt(error);
  }
}
