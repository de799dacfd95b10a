import type { Json } from '../codec/codec';
import { addToNumber, multiplyNumber, type NumberBounds, type NumberMove, type NumberTarget } from '../command/operations/numbers';
import { CALL_OPTIONS, type CallOptions } from '../input/call-options';
import { FIELD_KIND } from '../schema/type-reference';
import { openPipelineOf } from '../scope/dispatch';
import { startVerb } from '../scope/start-verb';
import { actOnScalar, BoundScalar, changeScalar, encodeOperand, presentValue } from './bound-scalar';
import { PLACE } from './container';
import { refuseUnknown, type NamesOf } from '../input/options';
import type { OR_NULL } from './plain-types';

const ADJUST_OPTIONS = { min: true, max: true, ...CALL_OPTIONS } satisfies NamesOf<NumberBounds & CallOptions>;

/** A number in a document, with the verbs that change it in Redis. */
abstract class RedisNumber<T extends number | null = number> extends BoundScalar<T> {
  /** Adds locally; queues `JSON.NUMINCRBY` in a pipeline, so changes by others are kept. */
  add(n: number): void {
    const by = operand(this, n);
    changeScalar(this, () => addToNumber(targetOf(this), { verb: 'add', by }), checked(this, presentNumber(this, 'add') + by));
  }

  /** Subtracts locally; queues `JSON.NUMINCRBY` in a pipeline. */
  subtract(n: number): void {
    const by = -operand(this, n);
    changeScalar(this, () => addToNumber(targetOf(this), { verb: 'subtract', by }), checked(this, presentNumber(this, 'subtract') + by));
  }

  /** Multiplies locally; queues `JSON.NUMMULTBY` in a pipeline. */
  multiply(n: number): void {
    const by = factor(this, n);
    changeScalar(this, () => multiplyNumber(targetOf(this), { verb: 'multiply', by }), checked(this, presentNumber(this, 'multiply') * by));
  }

  /**
   * Adds in Redis, then takes the result over; resolves to the new value in Redis.
   *
   * Sends `JSON.NUMINCRBY`. If the result goes beyond 2^53 − 1, because others had brought the number near it, a second request takes the step back. When the
   * locally known value is near it already, one script call looks first.
   *
   * @param n - What to add. Default 1.
   * @throws {@link CommitRefusedError} `above-max` or `below-min`: the result would not be exact; nothing was written.
   * @throws {@link CorruptDocumentError} a whole number went too far, or was there already; the step was taken back.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied, or went too far and may not have been taken back; `load()` shows.
   *
   * @example
   * ```ts
   * await user.score.increase(); // => 1
   * await user.score.increase(5); // => 6
   * ```
   */
  increase(n = 1, options?: CallOptions): Promise<number> {
    return startVerb(this[PLACE].state.root, () => move(this, { verb: 'increase', by: operand(this, n) }, options));
  }

  /**
   * Subtracts in Redis, then takes the result over; resolves to the new value in Redis. Sends what {@link RedisInt.increase} sends, and fails like it: a step
   * that went too far is taken back.
   *
   * @param n - What to subtract. Default 1.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.score.decrease(5); // => -5
   * ```
   */
  decrease(n = 1, options?: CallOptions): Promise<number> {
    return startVerb(this[PLACE].state.root, () => move(this, { verb: 'decrease', by: -operand(this, n) }, options));
  }

  /**
   * Adds in Redis unless the result would leave the bounds; resolves to the new value in Redis. Sends a script with `JSON.NUMINCRBY` when there are bounds.
   *
   * @throws {@link CommitRefusedError} the result would be below `min` or above `max`; nothing was written.
   * @throws {@link ValidationError} a bound is not a number, or `min` is above `max`; nothing was sent.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.score.adjust(3, { max: 5 }); // => 3
   * await user.score.adjust(3, { max: 5 }); // => throws CommitRefusedError
   * user.score.value; // => 3
   * ```
   */
  adjust(n: number, options?: NumberBounds & CallOptions): Promise<number> {
    return startVerb(this[PLACE].state.root, () => {
      if (options !== undefined) refuseUnknown(options, ADJUST_OPTIONS, 'adjust()');
      const { min, max, signal, timeoutMs } = options ?? {};
      return move(this, { verb: 'adjust', by: operand(this, n), ...checkedBounds(this, { min, max }) }, { signal, timeoutMs });
    });
  }

  /** Like the method of Number. */
  toFixed(fractionDigits?: number): string {
    return presentNumber(this, 'toFixed').toFixed(fractionDigits);
  }

  /** Like the method of Number. */
  toPrecision(precision?: number): string {
    return presentNumber(this, 'toPrecision').toPrecision(precision);
  }

  /** Like the method of Number. */
  toExponential(fractionDigits?: number): string {
    return presentNumber(this, 'toExponential').toExponential(fractionDigits);
  }

  /** Like the method of Number. */
  override toLocaleString(locales?: Intl.LocalesArgument, options?: Intl.NumberFormatOptions): string {
    return presentNumber(this, 'toLocaleString').toLocaleString(locales, options);
  }

  /** Like the method of Number. */
  override toString(radix?: number): string {
    return this.value?.toString(radix) ?? String(this.value);
  }

  /** The number, so that comparison and arithmetic work. */
  override valueOf(): T {
    return this.value;
  }

  /** Like a Number object, so that matchers such as Jest's `toEqual` compare two of them by their value. */
  get [Symbol.toStringTag](): string {
    return 'Number';
  }
}

/**
 * A whole number in a document: a counter. Default 0.
 *
 * @example
 * ```ts
 * await user.score.increase(5); // JSON.NUMINCRBY User:ada $.score 5
 * user.score.value; // => 5
 * ```
 */
export class RedisInt<T extends number | null = number> extends RedisNumber<T> {
  static readonly [FIELD_KIND] = 'integer';
  declare readonly [OR_NULL]: RedisInt<T | null>;
}

/** A finite number in a document. */
export class RedisFloat<T extends number | null = number> extends RedisNumber<T> {
  static readonly [FIELD_KIND] = 'float';
  declare readonly [OR_NULL]: RedisFloat<T | null>;
}

type AnyNumber = RedisNumber<number | null>;

function targetOf(scalar: AnyNumber): NumberTarget {
  const { state, field } = scalar[PLACE];
  return { path: state.pathOfField(field), whole: field.codec.kind === 'integer', local: scalar.value as number };
}

function move(scalar: AnyNumber, by: NumberMove, options?: CallOptions): Promise<number> {
  const target = targetOf(scalar);
  const operation = addToNumber(target, by);
  // The server's answer says what the number is then; without one it has to be known here.
  const queued = openPipelineOf(scalar[PLACE].state.root) && checked(scalar, presentNumber(scalar, by.verb) + by.by);
  const toStored = (reply: unknown): Json => queued ?? (reply as number);
  return actOnScalar(scalar, { operation, local: target.local + by.by, toStored, result: () => scalar.value as number }, options);
}

function presentNumber(scalar: AnyNumber, verb: string): number {
  return presentValue(scalar, { verb, expected: 'a number' });
}

/** Only what fits the field can be added to it. */
function operand(scalar: AnyNumber, n: number): number {
  return encodeOperand(scalar, n, 'a number to add') as number;
}

function checkedBounds(scalar: AnyNumber, bounds: NumberBounds): NumberBounds {
  const { min, max } = bounds;
  for (const bound of [min, max]) {
    if (bound !== undefined && (typeof bound !== 'number' || Number.isNaN(bound))) throw unfit(scalar, 'numbers as bounds', bound);
  }
  if (min !== undefined && max !== undefined && min > max) throw unfit(scalar, `a max that is not below the min of ${min}`, max);
  return bounds;
}

function factor(scalar: AnyNumber, n: number): number {
  if (Number.isFinite(n)) return n;
  throw unfit(scalar, 'a finite number to multiply by', n);
}

function unfit(scalar: AnyNumber, expected: string, found: unknown): unknown {
  const { state, field } = scalar[PLACE];
  return state.misfit(field.name, expected, found);
}

function checked(scalar: AnyNumber, result: number): Json {
  const { state, field } = scalar[PLACE];
  return state.encode(field.codec, result, field.name);
}
