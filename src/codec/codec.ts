import { describe } from '../input/describe';
import type { JsonPath, PathSegment } from '../path/json-path';
import type { QuickCheck, StoredAs } from './quick-check';

/** A stored JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
/** A stored JSON object. */
export interface JsonObject {
  [name: string]: Json;
}

/** The plain values of the scalars that have verbs of their own, by kind. */
export interface BoundValues {
  readonly text: string;
  readonly integer: number;
  readonly float: number;
  readonly bytes: Uint8Array;
  readonly instant: Date;
}

export type BoundKind = keyof BoundValues;

/** How an index stores values: `TAG` as whole texts, `NUMERIC` as numbers, which have an order. */
export type IndexType = 'TAG' | 'NUMERIC';

/** The runtime form of a codec's values; decides which bound value a field gets. */
export type CodecKind = BoundKind | 'value' | 'list' | 'dict' | 'model';

/** Whether values of a codec contain other values, each with a place of its own. */
export function isContainer({ kind }: Codec): boolean {
  return kind === 'list' || kind === 'dict' || kind === 'model';
}

/** The codec of the innermost values, below all lists and dicts. */
export function leafOf(codec: Codec): Codec {
  return codec.element === undefined ? codec : leafOf(codec.element);
}

/**
 * How an index stores the values of a field; undefined where no index can. An index omits a document entirely if one of its fields has several
 * booleans.
 *
 * @param isMany - Whether a document can have several values.
 */
export function indexTypeOf({ indexType, choices }: Codec, { isMany }: { isMany: boolean }): IndexType | undefined {
  return isMany && choices?.some((choice) => typeof choice === 'boolean') === true ? undefined : indexType;
}

/**
 * Two-way conversion between a runtime value and its stored form. Stateless; built only by composition.
 *
 * `encode` and `check` throw {@link Mismatch}. `decode` converts everything that `check` accepts, except text of bytes that is not base64: `decode`
 * reports that, because checking would take as long as decoding.
 */
export interface Codec {
  readonly kind: CodecKind;
  /** The name in error messages: `list(string)`. */
  readonly name: string;
  readonly nullable: boolean;
  /** Whether the runtime form is the stored form, so that reading converts nothing. */
  readonly identity: boolean;
  /** The type of a stored value, if nothing else has to be checked. */
  readonly storedAs: StoredAs | undefined;
  /** How an index stores such values; undefined where no index can. */
  readonly indexType: IndexType | undefined;
  /** All possible values, if they are few. */
  readonly choices: readonly Json[] | undefined;
  /** Whether values can be modified in place without redatom noticing, so that they are compared when changes are collected. */
  readonly changesUnseen: boolean;
  /** Whether values can nest to any depth. */
  readonly nestsFreely: boolean;
  /** The class of a nested model. */
  readonly model: object | undefined;
  /** The fields of a nested model. A function, because models may refer to one another, so the fields are known later than the codec. */
  readonly shape: (() => DocumentShape) | undefined;
  /** The element codec of a list or dict. */
  readonly element: Codec | undefined;
  encode(value: unknown): Json;
  /** Whether a stored value fits as it is; if not, `check` says why. */
  readonly fits: (json: unknown) => boolean;
  check(json: unknown): void;
  /** Returns a detached plain runtime value. */
  decode(json: Json): unknown;
}

/** A compiled field of a model: everything that a call needs, decided once per class. */
export interface DocumentField {
  readonly name: string;
  /** The position at which an instance keeps the converted stored value; -1 if the stored value needs no conversion. */
  readonly madeAt: number;
  /** The position at which it keeps the bound value. */
  readonly boundAt: number;
  /** Path from the root of a document of this class. */
  readonly path: JsonPath;
  readonly codec: Codec;
  /** What reading its property returns: the stored value itself, its decoded form, a bound value with verbs, or a container of other values. */
  readonly form: 'stored' | 'decoded' | 'bound' | 'container';
  readonly isKey: boolean;
  readonly isVersion: boolean;
  /** Undefined if the field is not indexed. */
  readonly index: { readonly sortable: boolean } | undefined;
  /** Makes the stored default, anew for each document; undefined when the field is required. */
  readonly makeDefault: (() => Json) | undefined;
}

/** The fields of a model class, as far as its stored form is concerned. */
export interface DocumentShape {
  readonly name: string;
  readonly fields: readonly DocumentField[];
  readonly byName: ReadonlyMap<string, DocumentField>;
  /** The fields whose values an instance converts to a container or a decoded form on first read, in the order in which it keeps these. */
  readonly made: readonly DocumentField[];
  /** The number of values that an instance keeps once all of its properties were read. */
  readonly keptCount: number;
  /** Names and quick checks of the fields as parallel arrays, so that iterating over given values reads little else. */
  readonly names: readonly string[];
  readonly quickChecks: readonly QuickCheck[];
  /** Whether a stored object has all fields, and each of them fits; {@link checkDocument} says what is wrong, or fills in absent fields. */
  readonly fits: (json: unknown) => boolean;
}

/** The definition of a codec; omitted members are false or absent. */
type CodecDefinition = Pick<Codec, 'kind' | 'name' | 'encode' | 'check' | 'decode'> & Partial<Codec>;

/** Makes a codec. All codecs have the same members in the same order, because code that reads objects of many shapes is several times slower. */
export function defineCodec({
  kind,
  name,
  nullable = false,
  identity = false,
  storedAs,
  indexType,
  choices,
  changesUnseen = false,
  nestsFreely = false,
  model,
  shape,
  element,
  encode,
  check,
  fits = (json) => passes(check, json),
  decode,
}: CodecDefinition): Codec {
  return {
    kind,
    name,
    nullable,
    identity,
    storedAs,
    indexType,
    choices,
    changesUnseen,
    nestsFreely,
    model,
    shape,
    element,
    encode,
    fits,
    check,
    decode,
  };
}

function passes(check: Codec['check'], json: unknown): boolean {
  try {
    check(json);
    return true;
  } catch {
    return false;
  }
}

export interface Misfit {
  readonly segments: PathSegment[];
  readonly expected: string;
  readonly found: string;
}

/** Values that do not fit. Their paths are completed on the way out of nested codecs. Never reaches the user. */
export class Mismatch extends Error {
  constructor(readonly misfits: Misfit[]) {
    const [first] = misfits as [Misfit];
    super(`${first.segments.join('.')} expects ${first.expected}, found ${first.found}`);
  }

  static of(expected: string, found: unknown): Mismatch {
    return new Mismatch([{ segments: [], expected, found: describe(found) }]);
  }

  /** The same misfits, with their paths extended by one outer step. */
  below(segment: PathSegment): this {
    for (const misfit of this.misfits) misfit.segments.unshift(segment);
    return this;
  }
}

/** Rethrows an error; the paths of a mismatch are extended by one outer step. */
export function rethrowBelow(error: unknown, segment: PathSegment): never {
  throw error instanceof Mismatch ? error.below(segment) : error;
}

/** Decodes a part of a value. */
export function decodeBelow(codec: Codec, segment: PathSegment, json: Json): unknown {
  try {
    return codec.decode(json);
  } catch (error) {
    return rethrowBelow(error, segment);
  }
}

/** The method by which bound texts, numbers and the like return their plain value, so that they can be passed in its place. */
export const PLAIN_VALUE: unique symbol = Symbol.for('redatom/plain-value');

/** The plain value of a bound text, number or the like; any other value as it is. */
export function plainOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && PLAIN_VALUE in value ? (value[PLAIN_VALUE] as () => unknown)() : value;
}

/** The method by which bound values return their stored form, so that they can be assigned like plain ones. */
export const STORED: unique symbol = Symbol.for('redatom/stored');

export interface Stored {
  [STORED](): Json;
}

export function isStored(value: unknown): value is Stored {
  return typeof value === 'object' && value !== null && STORED in value;
}

/** Whether the contents of an object are its members. The members of dates, maps, promises and the like do not represent their contents. */
export function hasMembers(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Object]';
}

/**
 * Whether a value is a plain object, of this realm or another one. For dates, sets and instances of classes, a copy of the members would lose most of
 * the value.
 */
export function isPlainObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A copy of the stored form of a bound value that is assigned to another place, whose check it has to pass. */
export function takeStored(value: Stored, check: (json: unknown) => void): Json {
  const json = JSON.parse(JSON.stringify(value[STORED]())) as Json;
  check(json);
  return json;
}

/** Sets a member of an object, even one named `__proto__`. */
export function setMember(target: JsonObject, name: string, value: Json): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  else target[name] = value;
}
