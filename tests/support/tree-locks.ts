import { AsyncLocalStorage } from 'node:async_hooks';
import { LockTimeoutError, type TreeNode } from 'redatom/tree';
import type { Backend } from './backends';

/** Tries once. */
export const ONCE = { acquireTimeout: 0 };

const outside = AsyncLocalStorage.snapshot();

/** Runs `work` outside the current async flow, as another request would. */
export function asStranger<T>(work: () => Promise<T>): Promise<T> {
  return outside(work);
}

export async function isFreeNode(node: TreeNode, shared = false): Promise<boolean> {
  try {
    await node.withLock(() => undefined, { ...ONCE, shared });
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(LockTimeoutError);
    return false;
  }
}

/** How many lock scripts were called: they are the ones with seven keys. */
export async function lockCallsDuring(backend: Backend, action: () => Promise<unknown>): Promise<number> {
  return (await backend.trafficOf(action)).filter(({ name, args }) => name.startsWith('EVAL') && args.includes('"7"')).length;
}
