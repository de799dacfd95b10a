import { inspect } from 'node:util';
import { PLAIN_VALUE, STORED, type DocumentField, type Json } from '../codec/codec';
import type { Operation } from '../command/operation';
import { PathMismatchError } from '../errors/document';
import type { CallOptions } from '../input/call-options';
import { dotted, type JsonPath } from '../path/json-path';
import { changeHere, changeStored } from './changes';
import { loadValue, saveValue, type PlacedValue } from './load-and-save';
import { INSPECT } from '../input/inspect';
import { PLACE } from './container';
import type { ModelState } from './model-state';
import type { INPUT, OR_NULL, PLAIN } from './plain-types';

interface ScalarPlace {
  readonly state: ModelState;
  readonly field: DocumentField;
}

function pathOf(scalar: BoundScalar<unknown>): JsonPath {
  const { state, field } = scalar[PLACE];
  return state.pathOfField(field);
}

function placed(scalar: BoundScalar<unknown>): PlacedValue {
  const { state, field } = scalar[PLACE];
  return {
    container: state,
    get path() {
      return pathOf(scalar);
    },
    check: (stored) => field.codec.check(stored),
    collect: () => {
      state.collectUnseen(field);
      return state.encode(field.codec, scalar.value, field.name);
    },
    reset: (stored) => state.put(field, stored),
  };
}

/** The present value, for a verb that computes a new one from it. Refuses the null of a nullable field. */
export function presentValue<T>(scalar: BoundScalar<T>, { verb, expected }: { verb: string; expected: string }): NonNullable<T> {
  const { value } = scalar;
  if (value !== null) return value as NonNullable<T>;
  const { key, jsonPath } = scalar;
  throw new PathMismatchError(expected, 'null', { model: scalar[PLACE].state.root.model, key, path: jsonPath, command: verb });
}

/** The stored form of an operand: a value that fits the field, but never null. */
export function encodeOperand(scalar: BoundScalar<unknown>, operand: unknown, expected: string): Json {
  const { state, field } = scalar[PLACE];
  const stored = state.encode(field.codec, operand, field.name);
  if (stored !== null) return stored;
  throw state.misfit(field.name, expected, operand);
}

/** Changes the local value and queues the change. Changes made inside the value (such as `date.setHours()`) are queued first. */
export function changeScalar(scalar: BoundScalar<unknown>, operation: (path: JsonPath) => Operation, stored: Json): void {
  const { state, field } = scalar[PLACE];
  state.requireKept(field, stored);
  state.collectUnseen(field);
  changeHere(state, [state.withDefault(field, operation(pathOf(scalar)))], () => {
    state.put(field, stored);
  });
}

/** A change of a scalar as a verb describes it. */
interface ScalarChange<R> {
  readonly operation: Operation;
  /** The stored value afterwards, as far as it is known here. */
  readonly local: Json;
  /** The stored value afterwards; gets the server's answer, or undefined when the change is only queued. */
  readonly toStored: (reply: unknown) => Json;
  readonly result: () => R;
}

/** Changes the value in Redis, then here to what the server answered. */
export function actOnScalar<R>(
  scalar: BoundScalar<unknown>,
  { operation, local, toStored, result }: ScalarChange<R>,
  options?: CallOptions,
): Promise<R> {
  const { state, field } = scalar[PLACE];
  state.requireKept(field, local);
  const apply = (reply: unknown): void => {
    state.put(field, toStored(reply));
  };
  return changeStored(state, { operations: [state.withDefault(field, operation)], apply, result }, options);
}

/** A single value of a document, bound to its place. */
export class BoundScalar<T> {
  declare readonly [PLAIN]: T;
  declare readonly [INPUT]: T;
  declare readonly [OR_NULL]: BoundScalar<T | null>;
  readonly #state: ModelState;
  readonly #field: DocumentField;

  /** @internal */
  constructor(state: ModelState, field: DocumentField) {
    this.#state = state;
    this.#field = field;
  }

  /** @internal */
  get [PLACE](): ScalarPlace {
    return { state: this.#state, field: this.#field };
  }

  /** The value. Assigning replaces it here, and in the queue of an open pipeline. */
  get value(): T {
    const { state, field } = this[PLACE];
    return state.value(field) as T;
  }

  set value(value: T) {
    const { state, field } = this[PLACE];
    state.assign(field, value);
  }

  /** Redis key of the document. */
  get key(): string {
    return this[PLACE].state.root.key;
  }

  /** Path in the document, for people: `address.city`. */
  get fieldPath(): string {
    return dotted(pathOf(this).segments());
  }

  /** Path in the document, for RedisJSON: `$["address"]["city"]`. */
  get jsonPath(): string {
    return pathOf(this).text;
  }

  /**
   * Writes the local value to Redis. Sends `JSON.SET`.
   *
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   */
  save(options?: CallOptions): Promise<this> {
    return saveValue(placed(this), () => this, options);
  }

  /**
   * Reads the value from Redis. Sends `JSON.GET`.
   *
   * @throws {@link KeyNotFoundError} the document, or the value in it, does not exist.
   */
  load(options?: CallOptions): Promise<this> {
    return loadValue(placed(this), () => this, options);
  }

  /** Returns the plain value, detached from the document. */
  clone(): T {
    const { state, field } = this[PLACE];
    return state.plain(field) as T;
  }

  /** The plain value. */
  valueOf(): unknown {
    return this.value;
  }

  /** Returns the plain value as text. */
  toString(): string {
    return String(this.value);
  }

  /** Returns the stored form, for `JSON.stringify`. */
  toJSON(): unknown {
    return this[STORED]();
  }

  /** @internal */
  [PLAIN_VALUE](): unknown {
    return this.value;
  }

  /** @internal */
  [STORED](): Json {
    const { state, field } = this[PLACE];
    return state.storedOf(field);
  }

  /** @internal */
  [INSPECT](_depth: number, options: object): string {
    return `${this.constructor.name}(${inspect(this.value, options)})`;
  }
}
