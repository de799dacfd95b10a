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

/** How an index keeps values: `TAG` as whole texts, `NUMERIC` as numbers, which have an order. */
export type IndexType = 'TAG' | 'NUMERIC';

/** What a codec's values look like at run time; decides which bound value a field gets. */
export type CodecKind = BoundKind | 'value' | 'list' | 'dict' | 'model';

/** Whether values of a codec hold other values, each with a place of its own. */
export function isContainer({ kind }: Codec): boolean {
  return kind === 'list' || kind === 'dict' || kind === 'model';
}

/** What values hold at bottom, however many lists and dicts are around it. */
export function leafOf(codec: Codec): Codec {
  return codec.element === undefined ? codec : leafOf(codec.element);
}

/**
 * How an index keeps the values of a field; undefined where none can. A document with several booleans in one field is left out of an index as a whole.
 *
 * @param isMany - A document can have several.
 */
export function indexTypeOf({ indexType, choices }: Codec, { isMany }: { isMany: boolean }): IndexType | undefined {
  return isMany && choices?.some((choice) => typeof choice === 'boolean') === true ? undefined : indexType;
}

/**
 * Two-way conversion between a runtime value and its stored form. Stateless; built only by composition.
 *
 * `encode` and `check` throw {@link Mismatch}; what `check` accepts, `decode` converts, but for text of bytes that is no base64: to look for that takes as long as
 * to decode it, so `decode` finds it.
 */
export interface Codec {
  readonly kind: CodecKind;
  /** For people: `list(string)`. */
  readonly name: string;
  readonly nullable: boolean;
  /** The runtime form is the stored form, so nothing has to be converted on reading. */
  readonly identity: boolean;
  /** What a stored value has to be, where nothing else has to be checked. */
  readonly storedAs: StoredAs | undefined;
  /** How an index keeps such values; undefined where none can. */
  readonly indexType: IndexType | undefined;
  /** All values that there are, where they are few. */
  readonly choices: readonly Json[] | undefined;
  /** Values can be changed from inside without redatom seeing it, so they are compared when changes are collected. */
  readonly changesUnseen: boolean;
  /** Values can nest to any depth. */
  readonly nestsFreely: boolean;
  /** Class of a nested model. */
  readonly model: object | undefined;
  /** The fields of a nested model, which are known later than the codec: models may name one another. */
  readonly shape: (() => DocumentShape) | undefined;
  /** Element codec of a list or dict. */
  readonly element: Codec | undefined;
  encode(value: unknown): Json;
  /** Whether a stored value fits as it is; `check` tells what is wrong with one that does not. */
  readonly fits: (json: unknown) => boolean;
  check(json: unknown): void;
  /** Detached plain runtime value. */
  decode(json: Json): unknown;
}

/** A compiled field of a model: everything that a call needs, decided once per class. */
export interface DocumentField {
  readonly name: string;
  /** At which position an instance keeps what it makes of the stored value; -1 where that is the value itself. */
  readonly madeAt: number;
  /** At which one it keeps the bound value. */
  readonly boundAt: number;
  /** Path from the root of a document of this class. */
  readonly path: JsonPath;
  readonly codec: Codec;
  /**
   * What its property gives: the stored value itself, its decoded form, a bound value with verbs, or a container of other values.
   */
  readonly form: 'stored' | 'decoded' | 'bound' | 'container';
  readonly isKey: boolean;
  readonly isVersion: boolean;
  /** Undefined where no index has the field. */
  readonly index: { readonly sortable: boolean } | undefined;
  /** The stored default, made anew for each document; undefined when the field is required. */
  readonly makeDefault: (() => Json) | undefined;
}

/** The fields of a model class, as far as its stored form is concerned. */
export interface DocumentShape {
  readonly name: string;
  readonly fields: readonly DocumentField[];
  readonly byName: ReadonlyMap<string, DocumentField>;
  /** The fields of whose values an instance makes a container or a decoded form when they are first read, in the order in which it keeps these. */
  readonly made: readonly DocumentField[];
  /** How many things an instance keeps when all of its properties were read. */
  readonly keptCount: number;
  /** Names and quick checks of the fields, side by side, so that going along with given values reads little else. */
  readonly names: readonly string[];
  readonly quickChecks: readonly QuickCheck[];
  /** Whether a stored object has all fields, and each of them fits; {@link checkDocument} tells what is wrong, or fills what is absent. */
  readonly fits: (json: unknown) => boolean;
}

/** What a codec is; what is left out is false or absent. */
type CodecDefinition = Pick<Codec, 'kind' | 'name' | 'encode' | 'check' | 'decode'> & Partial<Codec>;

/** Makes a codec. All have the same members in the same order: code that reads objects of many forms is several times slower. */
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

/** Values that do not fit; collects where on the way out of nested codecs. Never reaches the user. */
export class Mismatch extends Error {
  constructor(readonly misfits: Misfit[]) {
    const [first] = misfits as [Misfit];
    super(`${first.segments.join('.')} expects ${first.expected}, found ${first.found}`);
  }

  static of(expected: string, found: unknown): Mismatch {
    return new Mismatch([{ segments: [], expected, found: describe(found) }]);
  }

  /** The same misfits, seen from one step further out. */
  below(segment: PathSegment): this {
    for (const misfit of this.misfits) misfit.segments.unshift(segment);
    return this;
  }
}

/** Re-throws a mismatch from one step further out. */
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

/** Bound texts, numbers and the like answer their plain value under this name, so that they can be given in its place. */
export const PLAIN_VALUE: unique symbol = Symbol.for('redatom/plain-value');

/** The plain value where a bound text, number or the like was given, else what was given. */
export function plainOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && PLAIN_VALUE in value ? (value[PLAIN_VALUE] as () => unknown)() : value;
}

/** Bound values answer their stored form under this name, so that they can be assigned like plain ones. */
export const STORED: unique symbol = Symbol.for('redatom/stored');

export interface Stored {
  [STORED](): Json;
}

export function isStored(value: unknown): value is Stored {
  return typeof value === 'object' && value !== null && STORED in value;
}

/** Whether what an object holds are its members. Those of dates, maps, promises and the like say nothing of what they are. */
export function hasMembers(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Object]';
}

/** Of this realm or another one. Of dates, sets and instances of classes a copy of the members would hold little of what they are. */
export function isPlainObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A copy of the stored form of a bound value that is given for another place, whose check it has to pass. */
export function takeStored(value: Stored, check: (json: unknown) => void): Json {
  const json = JSON.parse(JSON.stringify(value[STORED]())) as Json;
  check(json);
  return json;
}

/** Puts a member on an object even when its name is `__proto__`. */
export function setMember(target: JsonObject, name: string, value: Json): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  else target[name] = value;
}
