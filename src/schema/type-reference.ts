import { anyJson } from '../codec/any-json';
import type { PlainClass } from '../codec/class-instance';
import type { BoundKind, BoundValues, Codec, CodecKind } from '../codec/codec';
import { describe } from '../input/describe';
import { dict as dictCodec, list as listCodec, nullable as nullableCodec } from '../codec/collections';
import { choice } from '../codec/scalars';

/** The static member under which field classes (`RedisInt`, `RedisList`, …) name the kind of their values. */
export const FIELD_KIND: unique symbol = Symbol.for('redatom/field-kind');
/** The static member of model classes that identifies the copy of the package of their base class. */
export const MODEL: unique symbol = Symbol.for('redatom/model');
/** Its value in this copy. */
export const THIS_COPY: unique symbol = Symbol('redatom');

/**
 * A type built by `list`, `dict`, `nullable`, `enumOf`, `literal` or `json`. `Value` is the type of its properties, and `Default` that of their
 * defaults; both exist only for the compiler.
 */
export interface TypeExpression<Value = unknown, Default = unknown> {
  readonly toCodec: (resolve: (reference: TypeReference) => Codec) => Codec;
  readonly [VALUE]?: { readonly of: Value };
  readonly [DEFAULT]?: { readonly of: Default };
}
declare const VALUE: unique symbol;
declare const DEFAULT: unique symbol;

export interface FieldClass {
  readonly name: string;
  readonly [FIELD_KIND]: CodecKind;
}

/** Everything that `@Field(…)` accepts; functions without a prototype are called when the class is compiled. */
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

/** The type of a property that is declared with a type. */
export type ValueOf<R> =
  R extends TypeExpression<infer Value>
    ? Value
    : R extends BuiltIn
      ? BuiltInValue<R>
      : R extends { readonly [FIELD_KIND]: 'list' | 'dict' }
        ? WriteListOrDict
        : R extends abstract new (...args: never[]) => infer Instance
          ? Instance
          : R extends () => infer Inner
            ? ValueOf<Named<Inner>>
            : unknown;

/** Has no values: compilers show the name and the key to users who give the class of a list or dict alone. */
interface WriteListOrDict {
  readonly 'list(String) and dict(String) name the type of what is in it': never;
}

/** The type of an item of a list or dict. Scalars in it are plain values, even if a field class names their type. */
type ItemOf<R> = R extends FieldClass
  ? KindValue<R[typeof FIELD_KIND]>
  : R extends TypeExpression | BuiltIn
    ? ValueOf<R>
    : R extends abstract new (...args: never[]) => infer Instance
      ? Instance
      : R extends () => infer Inner
        ? ItemOf<Named<Inner>>
        : unknown;

/** The type of the default of a field; for models and other classes just any object. */
export type DefaultOf<R> = R extends FieldClass
  ? KindValue<R[typeof FIELD_KIND]>
  : R extends TypeExpression<unknown, infer Default>
    ? Default
    : R extends BuiltIn
      ? BuiltInValue<R>
      : R extends abstract new (...args: never[]) => unknown
        ? object
        : R extends () => infer Inner
          ? DefaultOf<Named<Inner>>
          : unknown;

/** A function that may return any type says nothing about it. */
type Named<R> = TypeReference extends R ? TypeExpression : R;

type BuiltIn = StringConstructor | NumberConstructor | BooleanConstructor | DateConstructor | BigIntConstructor | Uint8ArrayConstructor;
type BuiltInValue<R> = R extends StringConstructor
  ? string
  : R extends NumberConstructor
    ? number
    : R extends BooleanConstructor
      ? boolean
      : R extends DateConstructor
        ? Date
        : R extends BigIntConstructor
          ? bigint
          : Uint8Array;
type KindValue<Kind> = Kind extends BoundKind ? BoundValues[Kind] : unknown;

/**
 * A list whose items all have one type. Default value: the empty list.
 *
 * @example
 * ```ts
 * @Field(list(String)) tags!: RedisList<string>;
 * ```
 */
export function list<R extends TypeReference>(item: R): TypeExpression<readonly ItemOf<R>[], readonly DefaultOf<R>[]> {
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
export function dict<R extends TypeReference>(value: R): TypeExpression<Readonly<Record<string, ItemOf<R>>>, Members<DefaultOf<R>>> {
  return { toCodec: (resolve) => dictCodec(resolve(value)) };
}

/** A type or null; for items: `list(nullable(String))`. For a whole field use `{ nullable: true }`. */
export function nullable<R extends TypeReference>(type: R): TypeExpression<ItemOf<R> | null, DefaultOf<R> | null> {
  return { toCodec: (resolve) => nullableCodec(resolve(type)) };
}

type Members<Value> = Readonly<Record<string, Value>> | ReadonlyMap<string, Value>;

/** A value of a TypeScript enum, or of an object used as one. Stored as the value. */
export function enumOf<E extends Readonly<Record<string, string | number>>>(values: E): TypeExpression<E[keyof E], OrText<E[keyof E]>> {
  if (typeof values !== 'object' || (values as unknown) === null) throw new TypeError(noEnum(values));
  const allowed = Object.entries(values)
    .filter(([name, value]) => !isNameOf(values, value, name))
    .map(([, value]) => value);
  return { toCodec: () => choice('enum', allowed) };
}

/** Members of an enum of texts, or the texts that they represent. */
type OrText<Value> = Value extends string ? Value | `${Value}` : Value;

/** A numeric enum also maps its numbers back to names; these entries are not values. */
function isNameOf(values: Readonly<Record<string, string | number>>, value: string | number, text: string): boolean {
  const number = typeof value === 'string' ? values[value] : undefined;
  return typeof number === 'number' && String(number) === text;
}

function noEnum(found: unknown): string {
  const cause = 'an enum of a module that is imported in a circle is not there yet; write () => enumOf(Role)';
  return `enumOf() takes an enum, such as enumOf(Role), found ${describe(found)}${found === undefined ? `: ${cause}` : ''}`;
}

/** One of the given texts, numbers or booleans. */
export function literal<const L extends readonly (string | number | boolean)[]>(...values: L): TypeExpression<L[number], L[number]> {
  const wrong = values.findIndex((value) => !['string', 'number', 'boolean'].includes(typeof value));
  if (values.length === 0 || wrong !== -1)
    throw new TypeError(`literal() takes texts, numbers or booleans, such as literal('de', 'en'), found ${describe(values[wrong])}`);
  return { toCodec: () => choice('literal', values) };
}

/** Any JSON value. Read values are copies; assign to change them. The type argument says which values the property may hold. */
export function json<T = unknown>(): TypeExpression<T, T> {
  return { toCodec: () => anyJson };
}
