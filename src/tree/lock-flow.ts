import { AsyncLocalStorage } from 'node:async_hooks';
import type { SubtreeLease } from '../lock/subtree-lease';
import { randomId } from '../path/random-id';

/** The scope that locks, and the leases that it and its enclosing scopes hold. */
interface LockFlow {
  readonly scope: string;
  readonly leases: readonly SubtreeLease[];
}

const storage = new AsyncLocalStorage<LockFlow>();
let scopesSoFar = 0;

/** The scope of the innermost `withLock` around the running code, if any. */
export function currentLockFlow(): LockFlow | undefined {
  return storage.getStore();
}

/** Runs work inside the scope of a lock. */
export function runInLockFlow<T>(flow: LockFlow, work: () => T): T {
  return storage.run(flow, work);
}

/** A new scope, either inside another one or independent. */
export function newScope(outer: string | undefined): string {
  if (outer === undefined) return randomId();
  scopesSoFar += 1;
  return `${outer}/${scopesSoFar}`;
}

/** Whether one scope is inside another. A scope is inside itself and all scopes in which it was opened. */
export function isInside(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}
