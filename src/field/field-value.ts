import type { RedisFloat } from './redis-number';
import type { RedisBytes, RedisDatetime, RedisStr, RedisValue } from './redis-scalars';
import type { PLAIN } from './plain-types';

/** The bound value of a field, by the type that its property has. */
export type FieldValue<T> = [T] extends [{ readonly [PLAIN]: unknown }]
  ? T
  : [NonNullable<T>] extends [{ readonly [PLAIN]: unknown }]
    ? T
    : [T] extends [number]
      ? RedisFloat
      : [T] extends [string]
        ? RedisStr
        : [T] extends [Date]
          ? RedisDatetime
          : [T] extends [Uint8Array]
            ? RedisBytes
            : RedisValue<T>;
