import { isDeepStrictEqual } from 'node:util';
import { isPlainObject, Mismatch, type Codec, type Json, type JsonObject } from '../codec/codec';
import { isText } from '../codec/scalars';
import { ValidationError } from '../errors/codec';
import { describe } from '../input/describe';
import { randomId } from '../path/random-id';
import { keyOf, pkOf, readsLikeLockKey, toKey } from '../path/redis-key';
import { schemaOf } from '../schema/compile';
import type { ModelClass, ModelSchema } from '../schema/model-schema';
import type { DocumentPlace } from '../scope/document-root';
import { bindingOf, strangerPrefix } from './bindings';

/** The pk that a stored document carries in its key field, or a new one. */
export function pkFrom(schema: ModelSchema, stored: JsonObject): string {
  const { key } = schema;
  if (key === undefined) return randomId();
  const pk = pkOfStored(stored[key.name] as Json);
  requireOwnKey(schema, pk);
  return pk;
}

/** The pk of a document whose key field has this stored value. */
function pkOfStored(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The stored form of the key field, given the pk; undefined where no value of the field has that pk. */
export function keyValueOf(codec: Codec, pk: string): Json | undefined {
  if (isOwnForm(codec, pk)) return pk;
  const value = parsed(pk);
  return value !== undefined && pkOfStored(value) === pk && isOwnForm(codec, value) ? value : undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function isOwnForm(codec: Codec, json: Json): boolean {
  if (codec.identity) return codec.fits(json);
  try {
    codec.check(json);
    return isDeepStrictEqual(codec.encode(codec.decode(json)), json);
  } catch (error) {
    if (error instanceof Mismatch) return false;
    throw error;
  }
}

/** Where a key or a pk may be given, a pk that looks like a key would name another document. */
export function requireOwnKey(schema: ModelSchema, pk: string): void {
  const { prefix, name } = schema;
  requirePk(schema, pk);
  if (pk.startsWith(`${prefix}:`)) throw invalidPk(schema, `a pk that does not begin with "${prefix}:", as keys of ${name} do`, pk);
  const key = keyOf(prefix, pk);
  if (readsLikeLockKey(key)) throw invalidPk(schema, 'a pk that does not end with "/fence" or "/…:lock", as keys of locks do', pk);
  requireOwnPlace(schema, key);
}

/** The place of a document that is named by its key or pk, through the connection of the model. */
export function documentPlaceOf(model: ModelClass, keyOrPk: string): DocumentPlace {
  const schema = schemaOf(model);
  const key = documentKey(schema, keyOrPk);
  return { schema, key, connection: bindingOf(schema) };
}

/** Refuses values that cannot be a pk. An empty one would be shared by all documents without an id. */
export function requirePk(schema: ModelSchema, pk: string, hint = ''): void {
  if (typeof pk !== 'string') throw new TypeError(`a key or pk must be text, found ${describe(pk)}${hint}`);
  if (!isText(pk)) throw invalidPk(schema, 'a pk of text (well-formed Unicode)', pk);
  if (pk === '') throw invalidPk(schema, 'a pk that is not empty', pk);
}

/** Reads text as a key or a pk of a model. */
export function documentKey(schema: ModelSchema, keyOrPk: string): string {
  requirePk(schema, keyOrPk, isPlainObject(keyOrPk) ? '; findBy() and findOneBy() take conditions' : '');
  const key = toKey(schema.prefix, keyOrPk);
  if (key.length === schema.prefix.length + 1) throw invalidPk(schema, 'a pk that is not empty', key);
  requireOwnPlace(schema, key);
  return key;
}

/** A key that begins with the longer prefix of another model would be listed and read as a document of that model. */
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
