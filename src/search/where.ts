import type { AnyModel, Fields, Plain } from '../field/plain-types';

/**
 * Conditions on the documents of a model, all of which must hold. They apply to fields that are marked with `@Index()`; conditions on fields of
 * nested models, and of models in lists, are written as an object inside.
 *
 * - A value: the field has this value. For a list: one of its items has it.
 * - An object of operators: `{ $gte: 18, $lt: 65 }`. See {@link Operators}.
 * - `$and`, `$or`, `$not`: combinations of conditions.
 */
export type Where<M> = ConditionsOn<M> & {
  /** All of these conditions hold; an empty list always holds. */
  readonly $and?: readonly Where<M>[];
  /** One of these conditions holds; an empty list never holds. */
  readonly $or?: readonly Where<M>[];
  /** This condition does not hold. */
  readonly $not?: Where<M>;
};

/** Conditions on the fields of a nested model, or of the models in a list. */
export type ConditionsOn<M> = { readonly [K in keyof Fields<M> as SearchedName<M, K>]?: Condition<Present<M[K]>, Extract<M[K], null>> };

/** Fields that an index can contain. The fields of a nested model are not examined here, because it may contain itself. */
type SearchedName<M, K extends keyof M> = [Single<Present<M[K]>>] extends [AnyModel | Searchable] ? K : never;

type Single<V> = [V] extends [AnyModel] ? V : [V] extends [readonly (infer Item)[]] ? Present<Item> : Plain<V>;

/** Used because `NonNullable` would appear in messages of the compiler. */
type Present<V> = Exclude<V, null | undefined>;

/** The tuples keep unions together; otherwise each member would become a condition of its own. */
type Condition<V, Null> = [V] extends [AnyModel]
  ? ConditionsOn<V>
  : [V] extends [readonly (infer Item)[]]
    ? ItemCondition<Present<Item>>
    : Plain<V> | Null | Operators<Plain<V>, Null>;

type ItemCondition<Item> = [Item] extends [AnyModel] ? ConditionsOn<Item> : Item | ListOperators<Item>;

type Searchable = string | number | boolean | bigint | Date;

/** Operators on a field. If there are several, all of them must hold. */
export type Operators<V, Null = never> = Equality<V | Null> & ([V] extends [number | Date] ? Order<V> : unknown);

/** Operators on a list. A condition holds when it holds for one of the items; `$ne` and `$nin` when they hold for all. */
export type ListOperators<Item> = Operators<Item> & {
  /** The list has all of these items. */
  readonly $all?: readonly Item[];
};

// Not interfaces: a module that exports an operator without declaring its type would have to name them.
type Equality<V> = {
  readonly $eq?: V;
  /** The field has another value, or none. */
  readonly $ne?: V;
  readonly $in?: readonly V[];
  /** The field has none of these values. */
  readonly $nin?: readonly V[];
};

type Order<V> = {
  readonly $gt?: V;
  readonly $gte?: V;
  readonly $lt?: V;
  readonly $lte?: V;
};

/** The order of documents: one field, marked with `@Index({ sortable: true })`. Documents without a value come last, whatever the direction. */
export type OrderBy<M> = {
  readonly [K in keyof Fields<M> as SortedName<M, K>]?: Present<M[K]> extends AnyModel ? OrderBy<Present<M[K]>> : 'asc' | 'desc';
};

type SortedName<M, K extends keyof M> = Present<M[K]> extends readonly unknown[] ? never : SearchedName<M, K>;
