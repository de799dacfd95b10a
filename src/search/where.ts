import type { FieldName, OWN_MEMBERS, Plain } from '../field/plain-types';

/**
 * Conditions on the documents of a model, all of which must hold. They are on fields that are marked with `@Index()`; on fields of nested models, and of models
 * in lists, as an object inside.
 *
 * - A value: the field has it. For a list: one of its items has it.
 * - An object of operators: `{ $gte: 18, $lt: 65 }`. See {@link Operators}.
 * - `$and`, `$or`, `$not`: conditions of conditions.
 */
export type Where<M> = ConditionsOn<M> & {
  /** All of them hold. */
  readonly $and?: readonly Where<M>[];
  /** One of them holds. */
  readonly $or?: readonly Where<M>[];
  /** It does not hold. */
  readonly $not?: Where<M>;
};

type ConditionsOn<M> = { readonly [K in FieldName<M>]?: Condition<NonNullable<M[K]>, Extract<M[K], null>> | undefined };

/** Tuples keep unions together: each would become a condition of its own. */
type Condition<V, Null> = [V] extends [{ readonly [OWN_MEMBERS]: unknown }]
  ? ConditionsOn<V>
  : [V] extends [readonly (infer Item)[]]
    ? ItemCondition<NonNullable<Item>>
    : [Plain<V>] extends [Searchable]
      ? Plain<V> | Null | Operators<Plain<V>, Null>
      : never;

type ItemCondition<Item> = [Item] extends [{ readonly [OWN_MEMBERS]: unknown }]
  ? ConditionsOn<Item>
  : [Item] extends [Searchable]
    ? Item | ListOperators<Item>
    : never;

type Searchable = string | number | boolean | bigint | Date;

/** Operators on a field. Several must all hold. */
export type Operators<V, Null = never> = Equality<V | Null> & ([V] extends [number | Date] ? Order<V> : unknown);

/** Operators on a list. A condition holds when it does for one of the items; `$ne` and `$nin` when they do for all. */
export type ListOperators<Item> = Operators<Item> & {
  /** The list has all of them. */
  readonly $all?: readonly Item[];
};

interface Equality<V> {
  readonly $eq?: V;
  /** Another value, or none. */
  readonly $ne?: V;
  readonly $in?: readonly V[];
  /** None of them. */
  readonly $nin?: readonly V[];
}

interface Order<V> {
  readonly $gt?: V;
  readonly $gte?: V;
  readonly $lt?: V;
  readonly $lte?: V;
}

/** The order of documents: one field, marked with `@Index({ sortable: true })`. Documents without a value come last, whatever the direction. */
export type OrderBy<M> = { readonly [K in FieldName<M>]?: OrderOf<NonNullable<M[K]>> | undefined };

type OrderOf<V> = [V] extends [{ readonly [OWN_MEMBERS]: unknown }] ? OrderBy<V> : [Plain<V>] extends [Searchable] ? 'asc' | 'desc' : never;
