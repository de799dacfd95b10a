/** Types of bound values declare their plain form under this symbol. For types only. */
export declare const PLAIN: unique symbol;
/** Types of bound values declare what may be assigned to them under this symbol. For types only. */
export declare const INPUT: unique symbol;
/** Types of bound values declare their form in a nullable field under this symbol. For types only. */
export declare const OR_NULL: unique symbol;
/** The model base class lists its own members under this symbol. For types only. */
export declare const OWN_MEMBERS: unique symbol;
/**
 * The model base class has a private member under this symbol. Where a model may be given as plain data, editors then offer its fields and not its verbs, because
 * among several types they leave out classes with private members. For types only.
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

/** The fields of a model alone. Types that are mapped over its keys stay linked to the declarations, so that editors can navigate, rename and show comments. */
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
 * An instance has its fields on its prototype, so `{ ...user, age: 3 }` has one field at run time, but the type of all. Spreading keeps the properties of a class
 * and drops its accessors. So a type with this property, but without the accessor of {@link Instance}, is a spread instance. The symbols are those of JavaScript,
 * because declaration files of users can name them, and editors do not offer them.
 */
interface NotSpread {
  readonly [Symbol.isConcatSpreadable]?: 'an instance has no fields of its own: spread its toObject()';
  // When no part of a union fits, compilers report the part that shares more of the names.
  readonly [Symbol.species]?: unknown;
}

interface Instance<M> {
  readonly [Symbol.toStringTag]: string;
  readonly [Symbol.unscopables]: PlainModel<M>;
}

/** Matches no value. A union has only the names that its parts share, so `keyof Patch<User>` still gives only the fields. */
interface NoValue {
  readonly [Symbol.hasInstance]: never;
}

/** A list is given as an Array, and a model as its `Init`; an instance of either fits that as well. With both in a union, messages of compilers would be less clear. */
type FieldInput<T> = T extends { readonly [INPUT]: infer I } ? (T extends readonly unknown[] | AnyModel ? I : T | I) : T;

export interface AnyModel {
  readonly [OWN_MEMBERS]: unknown;
}

/** Lets an optional property be given as `undefined`, which `exactOptionalPropertyTypes` would refuse. */
type Missing<T> = undefined extends T ? undefined : never;

/** A model as plain data. */
export type PlainModel<M> = { -readonly [K in keyof Fields<M>]: Plain<M[K]> };
