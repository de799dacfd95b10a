import type { OR_NULL, PLAIN } from './plain-types';
import type { RedisFloat } from './redis-number';
import type { RedisBytes, RedisDatetime, RedisStr, RedisValue } from './redis-scalars';

/** The bound value of a field, by the type of its property. For a scalar it always exists; only its value may be null. */
export type FieldValue<T> = [T] extends [{ readonly [PLAIN]: unknown }]
  ? T
  : [NonNullable<T>] extends [never]
    ? RedisValue<T>
    : [NonNullable<T>] extends [{ readonly [OR_NULL]: infer Bound }]
      ? Bound
      : [NonNullable<T>] extends [{ readonly [PLAIN]: unknown }]
        ? T
        : ScalarValue<NullForMissing<T>>;

/** A document holds null where a property may be missing. */
type NullForMissing<T> = T extends undefined ? null : T;

type ScalarValue<T> = [T] extends [number | null]
  ? WhereAny<T, RedisFloat<T>>
  : [T] extends [string | null]
    ? WhereAny<T, RedisStr<T>>
    : [T] extends [Date | null]
      ? RedisDatetime<T>
      : [T] extends [Uint8Array | null]
        ? RedisBytes<T>
        : RedisValue<T>;

/** Unions of literals and enums get no verbs that add to the value, because the result would not be a member. */
type WhereAny<T, Bound> = Record<never, never> extends Record<NonNullable<T> & PropertyKey, unknown> ? Bound : RedisValue<T>;
