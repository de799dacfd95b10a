import type { Purpose } from '../executor/purpose';
import { acquireSubtreeLock } from '../lock/subtree-lock';
import type { SubtreeLease } from '../lock/subtree-lease';
import type { TreePath } from '../path/tree-path';
import { currentLockFlow, runInLockFlow } from './lock-flow';
import type { LockHolder } from './lock-holder';
import type { TreeContext } from './tree-context';
import { treeLockSettings, type TreeLockOptions } from './tree-lock-options';

const ACQUIRE: Purpose = { verb: 'acquire' };
const WITH_LOCK: Purpose = { verb: 'withLock' };

/** A held lock. */
export interface HeldTreeLock {
  /** Aborts as soon as the lock is known to be lost. */
  readonly signal: AbortSignal;
  /** Grows with every lock of the namespace; outside systems can refuse a fence that is smaller than one they have seen. */
  readonly fence: number;
}

/** The subtree to lock, and the holder. */
interface LockedPlace {
  readonly context: TreeContext;
  readonly path: TreePath;
  readonly holder: LockHolder;
}

/** Runs work under a lock on a subtree, in a scope of its own. */
export async function runUnderLock<R>(
  place: LockedPlace,
  work: (lock: HeldTreeLock) => Promise<R> | R,
  options: TreeLockOptions,
): Promise<R> {
  const scope = place.holder.scopeToRun();
  const lease = await takeLock({ ...place, purpose: WITH_LOCK }, scope, options);
  const flow = { scope, leases: [...(currentLockFlow()?.leases ?? []), lease] };
  let result: R;
  try {
    result = await runInLockFlow(flow, () => work(lease));
  } catch (error) {
    // The failure of the work matters more than how its lock ended.
    await lease.release().catch(() => undefined);
    throw error;
  }
  await releaseHeld(lease, WITH_LOCK.verb);
  return result;
}

/** Releases a lock for a verb. If the lock had been lost, this throws, because its holder was not alone. */
export async function releaseHeld(lease: SubtreeLease, verb: string): Promise<void> {
  // An unreachable server is not an error here: the work is done, and the lease ends by itself.
  const wasHeld = await lease.release().catch(() => true);
  if (!wasHeld) throw lease.lossError(verb);
}

/** Takes a lock for a scope, to be held until it is released. */
export async function takeLock(
  { context, path, holder, purpose = ACQUIRE }: LockedPlace & { readonly purpose?: Purpose },
  scope: string,
  options: TreeLockOptions,
): Promise<SubtreeLease> {
  const settings = treeLockSettings(options, context.lockDefaults);
  const wanted = {
    space: await context.store(),
    place: path,
    mode: options.shared === true ? 'S' : 'X',
    scope,
    purpose,
    held: holder.held(),
  } as const;
  return acquireSubtreeLock(wanted, settings);
}
