import type { RedisClusterType, RedisDefaultModules } from 'redis';

type Nothing = Record<never, never>;
type Builder = ReturnType<RedisClusterType<RedisDefaultModules, Nothing, Nothing, 3, Nothing>['multi']>;
type Callable = (...values: never[]) => unknown;

/** Members of the builder that are not commands. */
type NotVerbs = 'exec' | 'execTyped' | 'execAsPipeline' | 'execAsPipelineTyped' | 'addCommand' | 'sendCommand';

/** Names in camel case; the builder repeats them in capitals. */
type VerbNames<T> = {
  [K in keyof T]: K extends string ? (K extends Uppercase<K> ? never : K extends NotVerbs ? never : K) : never;
}[keyof T];

type VerbsOf<T, Self> = {
  readonly [K in VerbNames<T> as T[K] extends Callable ? K : never]: T[K] extends (...values: infer V) => unknown
    ? (...values: V) => Self
    : never;
};

type Namespaces<T, Self> = {
  readonly [K in VerbNames<T> as T[K] extends Callable ? never : K]: VerbsOf<T[K], Self>;
};

/** Every command of node-redis as a method that records it and returns `Self`: `set`, `hGetAll`, `json.set`, `ft.search`. */
export type RedisVerbs<Self> = VerbsOf<Builder, Self> & Namespaces<Builder, Self>;
