import type { Contender } from '../contenders/contender';
import { seededPicks } from '../sample/random';
import { keyOf, storedUser } from '../sample/sample-user';
import type { StoredUser } from '../sample/user-data';
import { SHARED_DOCUMENTS } from './workload';

export interface Held {
  readonly keys: readonly string[];
  readonly users: readonly unknown[];
}

/** The number of the document that each operation works on. */
export function documentPicks(operations: number): Int32Array {
  return seededPicks(operations, SHARED_DOCUMENTS, operations);
}

export function sharedKeys(): string[] {
  return Array.from({ length: SHARED_DOCUMENTS }, (_, index) => keyOf(index));
}

/** Loads every shared document once, as a program that works on them for a while would. */
export async function holdSharedDocuments(contender: Contender): Promise<Held> {
  const keys = sharedKeys();
  return { keys, users: await Promise.all(keys.map((key) => contender.get(key))) };
}

/** The shared documents after `change` was applied for each operation in turn, and the sum of what it returned. */
export function replay(operations: number, change: (user: StoredUser, index: number) => number): { documents: StoredUser[]; sum: number } {
  const documents = Array.from({ length: SHARED_DOCUMENTS }, (_, index) => storedUser(index));
  let sum = 0;
  documentPicks(operations).forEach((pick, index) => {
    sum += change(at(documents, pick), index);
  });
  return { documents, sum };
}

/** An element that is known to exist. */
export function at<T>(items: ArrayLike<T>, index: number): T {
  return items[index] as T;
}
