import { hasMembers, isPlainObject, Mismatch, STORED, isStored, type DocumentField, type Json, type JsonObject } from '../codec/codec';
import { checkDocument, encodeDocument, requireDocumentDepth, unreadDocument } from '../codec/document';
import { membersFromJson } from '../codec/from-json';
import { ValidationError } from '../errors/codec';
import { CONTAINER, type FieldServices } from '../field/container';
import { corrupt, problemsOf } from '../field/misfits';
import { bind, bindScalar } from '../field/field-factory';
import { instanceFor, ModelBase } from '../field/model-instance';
import { ModelState } from '../field/model-state';
import type { Purpose } from '../executor/purpose';
import { JsonPath } from '../path/json-path';
import { keyOf, pkOf } from '../path/redis-key';
import { schemaOf } from '../schema/compile';
import type { ModelClass, ModelSchema } from '../schema/model-schema';
import { constructBare } from '../schema/probe';
import { DocumentRoot, UnreadRoot, type Connection, type DocumentPlace, type LocalPlace } from '../scope/document-root';
import { bindingOf } from './bindings';
import { hasRules, runRules, runRulesNow } from './class-validator';
import { keyValueOf, pkFrom } from './pk';

const SERVICES: FieldServices = {
  connectionOf: bindingOf,
  bind,
  bindScalar,
  hasRules: (local) => hasRules((local as ModelState).schema.model),
  runRules: (local) => runRules(local as ModelState),
  runRulesNow: (local) => runRulesNow(local as ModelState),
};

/** A document with the state of its instance. */
export function newState(place: LocalPlace, stored: JsonObject): ModelState {
  return stateOf(new DocumentRoot(place, SERVICES), stored);
}

/**
 * A document that was not read, with a state that its verbs can work on.
 *
 * @param only - Name of the field that they work on. Default: all.
 */
export function unreadState(place: DocumentPlace, only?: string): ModelState {
  const stored = unreadDocument(place.schema, only);
  const { key } = place.schema;
  if (key !== undefined) stored[key.name] = keyValueAt(place, key) ?? null;
  return stateOf(new UnreadRoot(place, SERVICES), stored);
}

function stateOf(root: DocumentRoot<FieldServices>, stored: JsonObject): ModelState {
  const state = new ModelState(root.schema, stored, { root, parent: undefined, segment: undefined });
  root.local = state;
  return state;
}

/** Checks a stored document and makes an instance of it. Values are decoded when they are first read. `purpose` is the verb that has read it. */
export function hydrate(place: DocumentPlace, json: string, purpose: Purpose): ModelBase {
  const state = newState(place, readStored(place, json, purpose));
  state.root.wasFound = true;
  return instanceFor(state);
}

/**
 * Reads the text of a stored document.
 *
 * @throws {@link CorruptDocumentError} it does not fit the model.
 */
export function readStored(place: LocalPlace, json: string, { verb }: Purpose): JsonObject {
  const { schema, key } = place;
  const stored = JSON.parse(json) as Json;
  try {
    if (schema.key !== undefined && lacks(stored, schema.key.name)) fillKey(stored, place, schema.key);
    checkDocument(schema, stored);
    return stored;
  } catch (error) {
    throw corrupt(error, { model: schema.name, key, path: JsonPath.root, command: verb });
  }
}

function lacks(stored: Json, name: string): stored is JsonObject {
  return (stored as JsonObject | null)?.[name] === undefined && isPlainObject(stored);
}

/** Documents of other programs need not contain their key. */
function fillKey(stored: JsonObject, place: LocalPlace, field: DocumentField): void {
  const value = keyValueAt(place, field);
  if (value !== undefined) stored[field.name] = value;
}

/** The stored form of the key field that belongs to the key of this place; undefined where no value has that pk. */
function keyValueAt({ schema, key }: LocalPlace, { codec }: DocumentField): Json | undefined {
  return keyValueOf(codec, pkOf(schema.prefix, key));
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
  return error instanceof Mismatch ? new ValidationError(problemsOf(error, JsonPath.root), { model: schema.name }) : error;
}

/** Class field initialisers run once for all fields of a new document that were not given. */
function withInitialisers(schema: ModelSchema, init: unknown): unknown {
  // Fields of the same name may be stored in another form in the other class.
  if (init instanceof ModelBase) return init[CONTAINER].toPlain();
  if (isStored(init)) return init[STORED]();
  if (!schema.hasInitialisers || !hasMembers(init)) return init;
  const initial = constructBare(schema.model);
  const given: Record<string, unknown> = {};
  for (const { name } of schema.fields) if (initial[name] !== undefined) given[name] = initial[name];
  for (const [name, value] of Object.entries(init)) if (value !== undefined) given[name] = value;
  return given;
}
