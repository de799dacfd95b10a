/** Bound values say what they are as plain data under this name; for types only. */
export declare const PLAIN: unique symbol;
/** Bound values say what may be assigned to them under this name; for types only. */
export declare const INPUT: unique symbol;
/** Bound values say what they are in a field that may be null under this name; for types only. */
export declare const OR_NULL: unique symbol;
/** The model base class lists its own members under this name; for types only. */
export declare const OWN_MEMBERS: unique symbol;
/**
 * The model base class has something private under this name. So, where a model may be written as plain data, editors offer its fields and not its verbs: of
 * several types they leave out classes with private members. For types only.
 */
export declare const NOT_WRITTEN: unique symbol;

/** Plain, detached form of a value: `RedisList<string>` is `string[]`, `RedisInt` is `number`, a model is an object of its fields. */
export type Plain<T> = T extends { readonly [PLAIN]: infer P } ? P : T;

/** What you may give for a value: the value itself, or its plain form. */
export type Input<T> = T | (T extends { readonly [INPUT]: infer I } ? I : T);

/** Names of the fields of a model. */
export type FieldName<M> = Exclude<
  { [K in keyof M]-?: K extends string ? (NonNullable<M[K]> extends (...args: never[]) => unknown ? never : K) : never }[keyof M],
  M extends { readonly [OWN_MEMBERS]: infer O } ? O : never
>;

/** The fields of a model alone. A type that is mapped over its keys keeps the way to where they are declared: editors follow it, rename along it and show comments. */
export type Fields<M> = OnlyNamed<M, FieldName<M>>;

/** `Pick` without its optional properties. */
type OnlyNamed<M, Name extends keyof M> = { [K in Name]-?: M[K] };

/** What `build` and `create` take: plain values for any of the fields. Missing ones get their defaults. */
export type Init<M> = { readonly [K in keyof Fields<M>]?: FieldInput<M[K]> | Missing<M[K]> };

/** What `update` and `aupdate` take: plain values for any of the fields. One that is missing or `undefined` changes nothing. */
export type Patch<M> = { readonly [K in keyof Fields<M>]?: FieldInput<M[K]> | undefined };

/** A list is given as an Array, which it is itself. With both in a union, compilers say of each item that it is wrong as soon as one is. */
type FieldInput<T> = T extends readonly unknown[] ? (T extends { readonly [INPUT]: infer I } ? I : T) : Input<T>;

/** What a property that may be missing is in plain data; `exactOptionalPropertyTypes` would refuse it. */
type Missing<T> = undefined extends T ? undefined : never;

/** A model as plain data. */
export type PlainModel<M> = { -readonly [K in keyof Fields<M>]: Plain<M[K]> };
