/* eslint-disable @typescript-eslint/no-unsafe-declaration-merging, @typescript-eslint/no-empty-object-type -- the methods of the plain value are put on the prototypes here */
import { Mismatch } from '../codec/codec';
import { LAST_MS } from '../codec/instant';
import { addToNumber } from '../command/operations/numbers';
import { appendText, moveInstant } from '../command/operations/texts';
import type { CallOptions } from '../executor/executor';
import { FIELD_KIND } from '../schema/type-reference';
import { actOnScalar, BoundScalar, changeScalar, encodeOperand, PLACE, presentValue } from './bound-scalar';
import { delegateMethods } from './delegate';

/**
 * A text in a document. It has the methods of String.
 *
 * @example
 * ```ts
 * await post.title.aappend('!'); // JSON.STRAPPEND Post:1 $.title "\"!\""
 * ```
 */
export class RedisStr extends BoundScalar<string> {
  static readonly [FIELD_KIND] = 'text';

  /** Appends locally; queues `JSON.STRAPPEND` in a pipeline. */
  append(text: string): void {
    const { suffix, result } = appended(this, text);
    changeScalar(this, (path) => appendText(path, suffix), result);
  }

  /** Appends in Redis, then here. Resolves to the new local text. Sends `JSON.STRAPPEND`. */
  async aappend(text: string, options?: CallOptions): Promise<string> {
    const { suffix, result: local } = appended(this, text);
    const { state, field } = this[PLACE];
    const operation = appendText(state.pathOfField(field), suffix);
    return actOnScalar(this, { operation, local, toStored: () => this.value + suffix, result: () => this.value }, options);
  }

  /** Number of UTF-16 code units, as of String. */
  get length(): number {
    return this.value.length;
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.value[Symbol.iterator]();
  }
}
export interface RedisStr extends Omit<ReadonlyStringMethods, keyof BoundScalar<string> | 'length'> {}
type ReadonlyStringMethods = Pick<string, Extract<keyof string, string>>;
delegateMethods(RedisStr.prototype, String.prototype);

/** Bytes in a document, as a Buffer. It has the reading methods of Buffer. */
export class RedisBytes extends BoundScalar<Uint8Array> {
  static readonly [FIELD_KIND] = 'bytes';

  /** Number of bytes. */
  get length(): number {
    return this.value.length;
  }

  [Symbol.iterator](): IterableIterator<number> {
    return this.value[Symbol.iterator]();
  }
}
type BufferReader = Extract<keyof Buffer, `read${string}` | 'equals' | 'compare' | 'indexOf' | 'includes' | 'at' | 'subarray'>;
export interface RedisBytes extends Pick<Buffer, BufferReader> {
  /** The bytes as text. Default encoding: UTF-8. */
  toString(encoding?: BufferEncoding, start?: number, end?: number): string;
}
delegateMethods(RedisBytes.prototype, Buffer.prototype as object, (name) => /^(read|equals|compare|indexOf|includes|toString)/.test(name));
delegateMethods(RedisBytes.prototype, Object.getPrototypeOf(Uint8Array.prototype) as object, (name) => /^(at|subarray)$/.test(name));

/** A date in a document. It has the reading methods of Date. */
export class RedisDatetime extends BoundScalar<Date> {
  static readonly [FIELD_KIND] = 'instant';

  /**
   * Moves the date locally; queues the move in a pipeline, so that a change by others is kept.
   *
   * @example
   * ```ts
   * await post.pipeline((p) => p.writtenAt.addMs(1_500));
   * post.writtenAt.value; // => new Date('2026-03-05T09:30:01.500Z')
   * ```
   */
  addMs(ms: number): void {
    const { state, field } = this[PLACE];
    const from = presentValue(this, { verb: 'addMs', expected: 'a date' });
    if (!Number.isFinite(ms)) throw state.invalid(Mismatch.of('a finite number of milliseconds', ms), field.name);
    const moved = state.encode(field.codec, new Date(from.getTime() + ms), field.name);
    if (typeof moved !== 'number') return changeScalar(this, (path) => moveInstant(path, ms), moved);
    const local = state.storedOf(field) as number;
    const limit = state.encode(field.codec, new Date(LAST_MS), field.name) as number;
    changeScalar(this, (path) => addToNumber({ path, whole: false, local, limit }, { verb: 'addMs', by: moved - local }), moved);
  }

  /** Milliseconds since 1970, so that comparison and subtraction work. */
  override valueOf(): number {
    return this.value.getTime();
  }

  /** Like a Date, so that matchers such as Jest's `toEqual` compare two of them by their value. */
  get [Symbol.toStringTag](): string {
    return 'Date';
  }

  [Symbol.toPrimitive](hint: 'default' | 'string' | 'number'): string | number {
    return hint === 'number' ? this.value.getTime() : this.value.toISOString();
  }
}
export interface RedisDatetime extends Pick<
  Date,
  Extract<keyof Date, `get${string}` | `to${string}Date${string}` | `to${string}Time${string}` | 'toISOString'>
> {}
delegateMethods(RedisDatetime.prototype, Date.prototype, (name) => /^(get|to)/.test(name) && name !== 'toJSON');

/** A value of another type: a boolean, a bigint, one of an enum, JSON, or an instance of a plain class. */
export class RedisValue<T> extends BoundScalar<T> {}

/** What is appended, and the text with it. */
function appended(scalar: RedisStr, text: string): { suffix: string; result: string } {
  const suffix = encodeOperand(scalar, text, 'text to append') as string;
  return { suffix, result: presentValue(scalar, { verb: 'append', expected: 'text' }) + suffix };
}
