import type { AtomicRedisModel } from 'redatom';

/** What a step gets from the generator. */
export interface Draw {
  readonly n: number;
  readonly s: string;
  /** Picks among what is there. */
  readonly i: number;
  /** Picks what holds that. */
  readonly j: number;
}

/** One change of an instance, and the same change of its twin, which is plain data as Redis is to hold it. */
export interface Step<It, Twin> {
  /** Begins with a word for the place: steps of one place are drawn together. */
  readonly name: string;
  /** Local and queued; its plain twin works on what the local value is then. */
  readonly queue?: (it: It, draw: Draw) => unknown;
  readonly atOnce?: (it: It, draw: Draw) => Promise<unknown>;
  readonly plain: (twin: Twin, draw: Draw, reply: unknown) => unknown;
  /** What it does at once in Redis is the same whatever the instance knows of the document. */
  readonly isBlind?: boolean;
}

/** What stays usable as long as it is there. */
export interface Holdable {
  readonly ratio: { increase(by: number): Promise<number>; add(by: number): void };
  toJSON(): unknown;
}

/** A value inside of the document that somebody holds, and its twin. */
export interface Held<It, Twin> {
  /** The place whose steps change it. */
  readonly place: string;
  readonly of: (it: It, draw: Draw) => Holdable | null | undefined;
  readonly plain: (twin: Twin, draw: Draw) => { ratio: number } | null | undefined;
  /** Everything that stands where such a value can. */
  readonly all: (twin: Twin) => readonly unknown[];
}

/** A document that random programs work on. */
export interface Subject<It extends AtomicRedisModel, Twin extends object> {
  readonly get: () => Promise<It>;
  readonly key: string;
  readonly fresh: () => Twin;
  readonly steps: readonly Step<It, Twin>[];
  readonly held: readonly Held<It, Twin>[];
  /** A number that steps change by verbs of numbers only: where another writer has put a text, they are refused. */
  readonly obstacle: { readonly path: string; readonly bump: (it: It) => void; readonly plain: (twin: Twin) => number };
}

/** A position that exists, or -1. */
export const at = (items: { readonly length: number }, i: number): number => (items.length === 0 ? -1 : i % items.length);

/** An item that exists, if there are any. */
export const pick = <T>(items: readonly T[] | undefined, i: number): T | undefined => items?.[at(items, i)];

export function removeFirst(items: string[], item: string): void {
  const index = items.indexOf(item);
  if (index >= 0) items.splice(index, 1);
}
