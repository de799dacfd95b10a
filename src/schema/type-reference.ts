import { anyJson } from '../codec/any-json';
import type { PlainClass } from '../codec/class-instance';
import type { Codec, CodecKind } from '../codec/codec';
import { dict as dictCodec, list as listCodec, nullable as nullableCodec } from '../codec/collections';
import { choice } from '../codec/scalars';

/** Field classes (`RedisInt`, `RedisList`, …) name the kind of their values under this static member. */
export const FIELD_KIND: unique symbol = Symbol.for('redatom/field-kind') as never;
/** Model classes carry this static member. */
export const MODEL: unique symbol = Symbol.for('redatom/model') as never;

/** A type built by `list`, `dict`, `nullable`, `enumOf`, `literal` or `json`. */
export interface TypeExpression {
  readonly toCodec: (resolve: (reference: TypeReference) => Codec) => Codec;
}

export interface FieldClass {
  readonly name: string;
  readonly [FIELD_KIND]: CodecKind;
}

/** Everything that can stand in `@Field(…)`; functions without a prototype are called when the class is compiled. */
export type TypeReference =
  | StringConstructor
  | NumberConstructor
  | BooleanConstructor
  | DateConstructor
  | BigIntConstructor
  | Uint8ArrayConstructor
  | FieldClass
  | TypeExpression
  | PlainClass
  | (() => TypeReference);

/**
 * A list whose items all have one type. Default value: the empty list.
 *
 * @example
 * ```ts
 * @Field(list(String)) tags!: RedisList<string>;
 * ```
 */
export function list(item: TypeReference): TypeExpression {
  return { toCodec: (resolve) => listCodec(resolve(item)) };
}

/**
 * A dict from text to values of one type. Default value: the empty dict.
 *
 * @example
 * ```ts
 * @Field(dict(Number)) prices!: RedisDict<number>;
 * ```
 */
export function dict(value: TypeReference): TypeExpression {
  return { toCodec: (resolve) => dictCodec(resolve(value)) };
}

/** A type or null; for items: `list(nullable(String))`. For a whole field use `{ nullable: true }`. */
export function nullable(type: TypeReference): TypeExpression {
  return { toCodec: (resolve) => nullableCodec(resolve(type)) };
}

/** A value of a TypeScript enum, or of an object used as one. Stored as the value. */
export function enumOf(values: Readonly<Record<string, string | number>>): TypeExpression {
  // A numeric enum also maps its numbers back to names; those entries are no values.
  const allowed = Object.entries(values)
    .filter(([name]) => !/^-?\d+(\.\d+)?$/.test(name))
    .map(([, value]) => value);
  return { toCodec: () => choice('enum', allowed) };
}

/** One of the given texts, numbers or booleans. */
export function literal(...values: readonly (string | number | boolean)[]): TypeExpression {
  return { toCodec: () => choice('literal', values) };
}

/** Any JSON value. Read values are copies; assign to change them. The type argument is for the declaration of the property. */
export function json(): TypeExpression {
  return { toCodec: () => anyJson };
}
