import type { AtomicRedisModel, LockHandle, WithLockOptions } from 'redatom';

/** What the generator draws for a step. */
export interface Draw {
  readonly n: number;
  readonly s: string;
  /** Picks among what is there. */
  readonly i: number;
  /** Picks the container of that. */
  readonly j: number;
}

/** One change of an instance, and the same change of its twin, which is plain data as Redis is to hold it. */
export interface Step<It, Twin> {
  /** Begins with a word for the place: steps of one place are drawn together. */
  readonly name: string;
  /** Changes the local value and is queued; `plain` gets the twin of that local value. */
  readonly queue?: (it: It, draw: Draw) => unknown;
  readonly atOnce?: (it: It, draw: Draw) => Promise<unknown>;
  readonly plain: (twin: Twin, draw: Draw, reply: unknown) => unknown;
  /** `atOnce` does the same in Redis whatever the instance knows of the document. */
  readonly isBlind?: boolean;
}

/** A document that random programs work on. */
export interface Subject<It extends AtomicRedisModel, Twin extends object> {
  /** The class, which reads and locks documents by their keys. */
  readonly model: Statics<It>;
  readonly key: string;
  readonly fresh: () => Twin;
  readonly steps: readonly Step<It, Twin>[];
  /** Fields whose lists, dicts and models, and those inside them, users may hold. */
  readonly held: readonly (keyof It & keyof Twin & string)[];
  /** The numeric field that all models in there have. */
  readonly number: string;
  /** A number that is changed by verbs of numbers only: they are refused where another writer has put a text. */
  readonly obstacle: Obstacle<It, Twin>;
  readonly lifetime?: Lifetime;
}

export interface Obstacle<It, Twin> {
  readonly path: string;
  readonly of: (twin: Twin) => number;
  readonly bump: (it: It) => void;
  readonly plain: (twin: Twin) => unknown;
}

/** Verbs of a class, as programs use them. */
export interface Statics<It> {
  get(key: string): Promise<It>;
  lockFromKey(key: string, action: string): Promise<LockHandle<It>>;
  withLockFromKey(key: string, action: string, work: (it: It) => unknown, options: WithLockOptions): Promise<unknown>;
  transact(key: string, work: (it: It) => unknown): Promise<unknown>;
}

/** For a model that counts its commits and whose documents expire. */
export interface Lifetime {
  /** The field with the number of commits. The twin lacks it. */
  readonly version: string;
  readonly ttlMs: number;
}

/** The first word of the name of a step. */
export const placeOf = ({ name }: { name: string }): string => /^\w+/.exec(name)?.[0] ?? name;

/** A position that exists, or -1. */
export const at = (items: { readonly length: number }, i: number): number => (items.length === 0 ? -1 : i % items.length);

/** An item that exists, if there are any. */
export const pick = <T>(items: readonly T[] | undefined, i: number): T | undefined => items?.[at(items, i)];

export function removeFirst(items: string[], item: string): void {
  const index = items.indexOf(item);
  if (index >= 0) items.splice(index, 1);
}
