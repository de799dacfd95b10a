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

/** What `build` and `create` take: plain values for any of the fields, or an instance, which is copied. Missing ones get their defaults. */
export type Init<M> = Given<M> & (NotSpread | Instance<M>);

type Given<M> = { readonly [K in keyof Fields<M>]?: FieldInput<M[K]> | Missing<M[K]> };

/** What `update` and `aupdate` take: plain values for any of the fields. One that is missing or `undefined` changes nothing. */
export type Patch<M> = Changes<M> & (NotSpread | NoValue);

type Changes<M> = { readonly [K in keyof Fields<M>]?: FieldInput<M[K]> | undefined };

/**
 * An instance keeps its fields on its prototype, so `{ ...user, age: 3 }` has one field, but the type of all. Spreading keeps the properties of a class and drops
 * its accessors: what has this property, and not that accessor of an {@link Instance}, was spread. The names are those of JavaScript, which modules that export
 * such a value can write in their declarations, and which editors do not offer.
 */
interface NotSpread {
  readonly [Symbol.isConcatSpreadable]?: 'an instance has no fields of its own: spread its toObject()';
  // Of the parts of a union that do not fit, compilers report the one that has more of the names.
  readonly [Symbol.species]?: unknown;
}

interface Instance<M> {
  readonly [Symbol.toStringTag]: string;
  readonly [Symbol.unscopables]: PlainModel<M>;
}

/** No value is one. A union has only the names that its parts share, so `keyof Patch<User>` are those of fields. */
interface NoValue {
  readonly [Symbol.hasInstance]: never;
}

/** A list is given as an Array, and a model as what its class is built from, which each is itself. Of both in a union, compilers would say less clearly what is wrong. */
type FieldInput<T> = T extends { readonly [INPUT]: infer I } ? (T extends readonly unknown[] | AnyModel ? I : T | I) : T;

export interface AnyModel {
  readonly [OWN_MEMBERS]: unknown;
}

/** What a property that may be missing is in plain data; `exactOptionalPropertyTypes` would refuse it. */
type Missing<T> = undefined extends T ? undefined : never;

/** A model as plain data. */
export type PlainModel<M> = { -readonly [K in keyof Fields<M>]: Plain<M[K]> };
