/* eslint-disable @typescript-eslint/no-unsafe-declaration-merging, @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars -- the methods of the plain value are put on the prototypes here, and merged interfaces must repeat type parameters */
import { MAX_DATE_MS } from '../codec/instant';
import { addToNumber } from '../command/operations/numbers';
import { appendText, moveInstant } from '../command/operations/texts';
import type { CallOptions } from '../input/call-options';
import { FIELD_KIND } from '../schema/type-reference';
import { startVerb } from '../scope/start-verb';
import { actOnScalar, BoundScalar, changeScalar, encodeOperand, presentValue } from './bound-scalar';
import { PLACE } from './container';
import { delegateMethods, type Delegated } from './delegate';
import type { OR_NULL } from './plain-types';

/**
 * A text in a document. It has the methods of String.
 *
 * @example
 * ```ts
 * await post.title.aappend('!'); // JSON.STRAPPEND Post:1 $.title "\"!\""
 * ```
 */
export class RedisStr<T extends string | null = string> extends BoundScalar<T> {
  static readonly [FIELD_KIND] = 'text';
  declare readonly [OR_NULL]: RedisStr<T | null>;

  /** Appends locally; queues `JSON.STRAPPEND` in a pipeline. */
  append(text: string): void {
    const { suffix, result } = appended(this, { verb: 'append', text });
    changeScalar(this, (path) => appendText('append', path, suffix), result);
  }

  /**
   * Appends in Redis, then here; resolves to the new local text. Sends `JSON.STRAPPEND`.
   *
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   */
  aappend(text: string, options?: CallOptions): Promise<string> {
    const { state, field } = this[PLACE];
    return startVerb(state.root, () => {
      const { suffix, result: local } = appended(this, { verb: 'aappend', text });
      const operation = appendText('aappend', state.pathOfField(field), suffix);
      const toStored = (): string => (this.value === null ? local : `${this.value}${suffix}`);
      return actOnScalar(this, { operation, local, toStored, result: () => this.value as string }, options);
    });
  }

  /** Number of UTF-16 code units, as in String. */
  get length(): number {
    return presentValue(this, { verb: 'length', expected: 'text' }).length;
  }

  [Symbol.iterator](): IterableIterator<string> {
    return presentValue(this, { verb: 'for … of', expected: 'text' })[Symbol.iterator]();
  }
}
const STRING_METHODS = ['*'] as const;
export interface RedisStr<T extends string | null = string> extends Delegated<string, (typeof STRING_METHODS)[number]> {}
delegateMethods(RedisStr.prototype, String.prototype, STRING_METHODS);

/** Bytes in a document, as a Buffer. It has the reading methods of Buffer. */
export class RedisBytes<T extends Uint8Array | null = Uint8Array> extends BoundScalar<T> {
  static readonly [FIELD_KIND] = 'bytes';
  declare readonly [OR_NULL]: RedisBytes<T | null>;

  /** Number of bytes. */
  get length(): number {
    return presentValue(this, { verb: 'length', expected: 'bytes' }).length;
  }

  /** Number of bytes. */
  get byteLength(): number {
    return this.length;
  }

  /** Returns the bytes as text. Default encoding: UTF-8. */
  override toString(encoding?: BufferEncoding, start?: number, end?: number): string {
    return (this.value as Buffer | null)?.toString(encoding, start, end) ?? String(this.value);
  }

  [Symbol.iterator](): IterableIterator<number> {
    return presentValue(this, { verb: 'for … of', expected: 'bytes' })[Symbol.iterator]();
  }
}
const BUFFER_READERS = [
  'read*',
  'equals',
  'compare',
  'copy',
  'slice',
  'subarray',
  'to*',
  'with',
  'join',
  'keys',
  'values',
  'entries',
  'at',
  'includes',
  'indexOf',
  'lastIndexOf',
  'find*',
  'some',
  'every',
  'forEach',
  'map',
  'filter',
  'reduce*',
] as const;
export interface RedisBytes<T extends Uint8Array | null = Uint8Array> extends Delegated<Buffer, (typeof BUFFER_READERS)[number]> {}
delegateMethods(RedisBytes.prototype, Buffer.prototype as object, BUFFER_READERS);

/** A date in a document. It has the reading methods of Date. */
export class RedisDatetime<T extends Date | null = Date> extends BoundScalar<T> {
  static readonly [FIELD_KIND] = 'instant';
  declare readonly [OR_NULL]: RedisDatetime<T | null>;

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
    if (!Number.isFinite(ms)) throw state.misfit(field.name, 'a finite number of milliseconds', ms);
    const moved = state.encode(field.codec, new Date(from.getTime() + ms), field.name);
    if (typeof moved !== 'number') return changeScalar(this, (path) => moveInstant(path, ms), moved);
    const local = state.storedOf(field) as number;
    const limit = state.encode(field.codec, new Date(MAX_DATE_MS), field.name) as number;
    changeScalar(this, (path) => addToNumber({ path, whole: false, local, limit }, { verb: 'addMs', by: moved - local }), moved);
  }

  /** Milliseconds since 1970, so that comparison and subtraction work. */
  override valueOf(): number | Exclude<T, Date> {
    return (this.value?.getTime() ?? null) as number | Exclude<T, Date>;
  }

  /** Like a Date, so that matchers such as Jest's `toEqual` compare two of them by their value. */
  get [Symbol.toStringTag](): string {
    return 'Date';
  }

  [Symbol.toPrimitive](hint: 'default' | 'string' | 'number'): string | number {
    return hint === 'number' ? Number(this.value) : (this.value?.toISOString() ?? String(this.value));
  }
}
const DATE_READERS = ['get*', 'to*'] as const;
export interface RedisDatetime<T extends Date | null = Date> extends Delegated<Date, (typeof DATE_READERS)[number]> {}
delegateMethods(RedisDatetime.prototype, Date.prototype, DATE_READERS);

/** A value of another type: a boolean, a bigint, an enum member, JSON, or an instance of a plain class. */
export class RedisValue<T> extends BoundScalar<T> {
  declare readonly [OR_NULL]: RedisValue<T | null>;

  /** Yields the value alone, so that matchers such as Jest's `toEqual` compare two of them by their value. */
  *[Symbol.iterator](): IterableIterator<T> {
    yield this.value;
  }
}

/** What is appended, and the text with it. */
function appended(scalar: RedisStr<string | null>, { verb, text }: { verb: string; text: string }): { suffix: string; result: string } {
  const suffix = encodeOperand(scalar, text, 'text to append') as string;
  return { suffix, result: presentValue(scalar, { verb, expected: 'text' }) + suffix };
}
