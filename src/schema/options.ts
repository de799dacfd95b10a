import type { InstantFormat } from '../codec/instant';
import type { NamesOf } from '../input/options';

/** When the time to live of a document restarts. */
export type TtlRefresh = 'never' | 'onWrite' | 'onUse';

/** Options of {@link Model}. */
export interface ModelOptions {
  /** First part of the keys: `{prefix}:{pk}`. Default: the class name. */
  readonly prefix?: string | undefined;
  /** Time to live of each document, in seconds. Default: documents never expire. */
  readonly ttl?: number | undefined;
  /**
   * When the time to live restarts: with every write (`'onWrite'`, the default), also when the document is read by `get`, `find` or `load`
   * (`'onUse'`), or only when the document is created (`'never'`).
   */
  readonly refreshTtl?: TtlRefresh | undefined;
  /** Name of the connection, as given to `connect(…, { name })`. Default: the connection whose `models` contain the class. */
  readonly connection?: string | undefined;
  /** Puts all documents of the class into one slot of a cluster: keys become `{hashTag}prefix:pk`. */
  readonly hashTag?: string | undefined;
}

const REFRESHES = { never: true, onWrite: true, onUse: true } satisfies Record<TtlRefresh, true>;

export function isTtlRefresh(value: unknown): value is TtlRefresh {
  return typeof value === 'string' && Object.hasOwn(REFRESHES, value);
}

export const MODEL_OPTIONS = { prefix: true, ttl: true, refreshTtl: true, connection: true, hashTag: true } satisfies NamesOf<ModelOptions>;

/**
 * Options of {@link Field}. `Default` is the type of the default; a function of your own that passes options on to `Field(String, options)` takes
 * `FieldOptions<boolean, string>`.
 */
export interface FieldOptions<Nullable extends boolean = boolean, Default = unknown> {
  /** The field may hold `null`; that is also its default. */
  readonly nullable?: Nullable | undefined;
  /** Value of the field when none is given, or a function that makes it. */
  readonly default?: Default | undefined;
  /** How a date is stored. Default `'iso'`. */
  readonly format?: InstantFormat | undefined;
}

/** Options of {@link Index}. */
export interface IndexOptions {
  /**
   * Whether documents can be sorted by the field (`orderBy`), which takes memory of the server. Default `false`. It has no effect in models of a
   * list, because a document has several values there.
   */
  readonly sortable?: boolean | undefined;
}

export const INDEX_OPTIONS = { sortable: 'boolean' } satisfies NamesOf<IndexOptions>;

export const FIELD_OPTIONS = { nullable: 'boolean', default: true, format: true } satisfies NamesOf<FieldOptions>;
