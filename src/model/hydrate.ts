import { describe } from '../input/describe';
import { hasMembers, Mismatch, STORED, isStored, type Json, type JsonObject } from '../codec/codec';
import { checkDocument, encodeDocument, requireDocumentDepth, unreadDocument, type DocumentField } from '../codec/document';
import { membersFromJson } from '../codec/from-json';
import { isText } from '../codec/scalars';
import { ValidationError } from '../errors/codec';
import { CONTAINER, type FieldServices } from '../field/container';
import { corrupt } from '../field/misfits';
import { bind, bindScalar } from '../field/field-factory';
import { instanceFor, ModelBase } from '../field/model-instance';
import { ModelState } from '../field/model-state';
import { dotted, JsonPath } from '../path/json-path';
import { randomId } from '../path/random-id';
import { keyOf, pkOf, readsLikeLockKey, toKey } from '../path/redis-key';
import { schemaOf } from '../schema/compile';
import type { ModelClass, ModelSchema } from '../schema/model-schema';
import { constructBare } from '../schema/probe';
import { DocumentRoot, UnreadRoot, type Connection, type DocumentPlace } from '../scope/document-root';
import { bindingOf, strangerPrefix } from './bindings';
import { hasRules, runRules, runRulesNow } from './class-validator';

const SERVICES: FieldServices = {
  connectionOf: bindingOf,
  bind,
  bindScalar,
  hasRules: (local) => hasRules((local as ModelState).schema.model),
  runRules: (local) => runRules(local as ModelState),
  runRulesNow: (local) => runRulesNow(local as ModelState),
};

/** A document with the state of its instance. */
export function newState(place: DocumentPlace, stored: JsonObject): ModelState {
  return stateOf(new DocumentRoot(place, SERVICES), stored);
}

/**
 * A document that was not read, with a state that its verbs can work on.
 *
 * @param only - Name of the field that they work on. Default: all.
 */
export function unreadState(place: DocumentPlace, only?: string): ModelState {
  const { schema, key } = place;
  const stored = unreadDocument(schema, only);
  if (schema.key !== undefined) stored[schema.key.name] = keyValueOf(schema.key, pkOf(schema.prefix, key));
  return stateOf(new UnreadRoot(place, SERVICES), stored);
}

function stateOf(root: DocumentRoot<FieldServices>, stored: JsonObject): ModelState {
  const state = new ModelState(root.schema, stored, { root, parent: undefined, segment: undefined });
  root.local = state;
  return state;
}

/** Checks a stored document and makes an instance of it. Values are decoded when they are first read. */
export function hydrate(place: DocumentPlace, json: string): ModelBase {
  const state = newState(place, readStored(place, json));
  state.root.wasFound = true;
  return instanceFor(state);
}

/**
 * Reads the text of a stored document.
 *
 * @throws {@link CorruptDocumentError} it does not fit the model.
 */
export function readStored({ schema, key }: DocumentPlace, json: string): JsonObject {
  const stored = JSON.parse(json) as Json;
  try {
    checkDocument(schema, stored);
    return stored;
  } catch (error) {
    throw corrupt(error, { model: schema.name, key, path: JsonPath.root });
  }
}

/**
 * Makes the state of a new, local document from plain values.
 *
 * @throws {@link ValidationError} lists all values that are missing, unknown or wrong.
 */
export function buildState(model: ModelClass, init: unknown, connection?: Connection): ModelState {
  const schema = schemaOf(model);
  const stored = encodeInit(schema, init ?? {});
  return newState({ schema, key: keyOf(schema.prefix, pkFrom(schema, stored)), connection }, stored);
}

/** The pk that a stored document carries in its key field, or a new one. */
export function pkFrom(schema: ModelSchema, stored: JsonObject): string {
  const { key } = schema;
  if (key === undefined) return randomId();
  const pk = pkOfStored(stored[key.name] as Json);
  requireOwnKey(schema, pk);
  return pk;
}

/** The pk of a document whose key field has this stored value. */
export function pkOfStored(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The stored value of a key field that has this pk; null where no value has. */
function keyValueOf({ codec }: DocumentField, pk: string): Json {
  if (codec.fits(pk)) return pk;
  try {
    const value = JSON.parse(pk) as Json;
    return pkOfStored(value) === pk ? value : null;
  } catch {
    return null;
  }
}

/** A pk that reads like a key would name another document wherever a key or a pk is given. */
export function requireOwnKey(schema: ModelSchema, pk: string): void {
  const { prefix, name } = schema;
  requirePk(schema, pk);
  if (pk.startsWith(`${prefix}:`)) throw invalidPk(schema, `a pk that does not begin with "${prefix}:", as keys of ${name} do`, pk);
  const key = `${prefix}:${pk}`;
  if (readsLikeLockKey(key)) throw invalidPk(schema, 'a pk that does not end with "/fence" or "/…:lock", as keys of locks do', pk);
  requireOwnPlace(schema, key);
}

/** The place of a document that is named by its key or pk, through the connection of the model. */
export function documentPlaceOf(model: ModelClass, keyOrPk: string): Required<DocumentPlace> {
  const schema = schemaOf(model);
  const key = documentKey(schema, keyOrPk);
  return { schema, key, connection: bindingOf(schema) };
}

/** Refuses what no document has as its pk: an empty one would be that of all who lack an id. */
export function requirePk(schema: ModelSchema, pk: string): void {
  if (typeof pk !== 'string') throw new TypeError(`a key or pk is text, found ${describe(pk)}`);
  if (!isText(pk)) throw invalidPk(schema, 'a pk of text (well-formed Unicode)', pk);
  if (pk === '') throw invalidPk(schema, 'a pk that is not empty', pk);
}

/** Reads text as a key or a pk of a model. */
export function documentKey(schema: ModelSchema, keyOrPk: string): string {
  requirePk(schema, keyOrPk);
  const key = toKey(schema.prefix, keyOrPk);
  if (key.length === schema.prefix.length + 1) throw invalidPk(schema, 'a pk that is not empty', key);
  requireOwnPlace(schema, key);
  return key;
}

/** Under a longer prefix of another model, a document would be listed and read as one of that. */
function requireOwnPlace(schema: ModelSchema, key: string): void {
  const other = strangerPrefix(schema, key);
  if (other === undefined) return;
  const beginning = `${pkOf(schema.prefix, other)}:`;
  throw invalidPk(
    schema,
    `a pk that does not begin with "${beginning}", because keys that begin with "${other}:" are those of another model`,
    pkOf(schema.prefix, key),
  );
}

function invalidPk({ key, name }: ModelSchema, expected: string, pk: string): ValidationError {
  return new ValidationError([{ field: key?.name ?? 'pk', expected, found: JSON.stringify(pk) }], { model: name });
}

/**
 * Runtime values of JSON in the stored form, for a new document or as a patch.
 *
 * @throws {@link ValidationError} lists all values that are unknown or wrong.
 */
export function initFromJson(model: ModelClass, json: unknown): JsonObject {
  const schema = schemaOf(model);
  try {
    return membersFromJson(schema, json);
  } catch (error) {
    throw invalidInit(error, schema);
  }
}

function encodeInit(schema: ModelSchema, init: unknown): JsonObject {
  try {
    const stored = encodeDocument(schema, withInitialisers(schema, init));
    requireDocumentDepth(schema, stored);
    return stored;
  } catch (error) {
    throw invalidInit(error, schema);
  }
}

function invalidInit(error: unknown, schema: ModelSchema): unknown {
  if (!(error instanceof Mismatch)) return error;
  const problems = error.misfits.map(({ segments, expected, found }) => ({ field: dotted(segments), expected, found }));
  return new ValidationError(problems, { model: schema.name });
}

/** Class field initialisers run once for all fields of a new document that were not given. */
function withInitialisers(schema: ModelSchema, init: unknown): unknown {
  // Its stored form may be another one than that of the fields of the same names here.
  if (init instanceof ModelBase) return init[CONTAINER].toPlain();
  if (isStored(init)) return init[STORED]();
  if (!schema.hasInitialisers || !hasMembers(init)) return init;
  const initial = constructBare(schema.model);
  const given: Record<string, unknown> = {};
  for (const { name } of schema.fields) if (initial[name] !== undefined) given[name] = initial[name];
  for (const [name, value] of Object.entries(init)) if (value !== undefined) given[name] = value;
  return given;
}
