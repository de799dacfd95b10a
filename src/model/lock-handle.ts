import { promised } from '../async/promised';
import type { Purpose } from '../executor/purpose';
import { CONTAINER, containerOf } from '../field/container';
import type { ModelBase } from '../field/model-instance';
import { INSPECT } from '../input/inspect';
import { refuseUnknown } from '../input/options';
import type { Lease } from '../lock/lease';
import { LOCK_OPTIONS, type LockOptions } from '../lock/lock-options';
import type { DocumentRoot } from '../scope/document-root';
import { inTurn } from '../scope/in-turn';
import type { ModelClass } from '../schema/model-schema';
import { hydrate } from './hydrate';
import {
  acquire,
  freeQuietly,
  leaseOfFlow,
  leaseOfHandles,
  lockCallOf,
  lockCallOn,
  readAnew,
  release,
  startOutsidePipeline,
  type InstanceLockCall,
  type LockCall,
} from './lock-call';
import { readAt } from './read';

/** A lock that is held. */
export interface HeldLockInfo {
  /** Aborts as soon as the lock is known to be lost. */
  readonly signal: AbortSignal;
  /** Grows with every grant of a lock on the document; outside systems can refuse one that is smaller than they have seen. */
  readonly fence: number;
}

/** A lock that is held until it is released, for `await using`. Writes of its document are refused once the lock is lost. */
export interface LockHandle<T> extends HeldLockInfo, AsyncDisposable {
  /** The document, as it was read when the lock was taken. */
  readonly document: T;
  /**
   * Frees the lock, unless the instance has another handle of it. A lock that was taken before, by a surrounding `withLock` or by another instance, stays held.
   * Calling it again does nothing.
   *
   * @throws {@link LockLostError} the lock was lost, or freed by the one who took it.
   */
  release(): Promise<void>;
}

const LOCK: Purpose = { verb: 'lock' };
const LOCK_FROM_KEY: Purpose = { verb: 'lockFromKey' };

/** Takes a lock for an instance until the handle releases it. */
export function lockInstance<T extends object>(document: T & ModelBase, action: string, options: LockOptions): Promise<LockHandle<T>> {
  return promised(() => {
    refuseUnknown(options, LOCK_OPTIONS, 'lock()');
    const call = lockCallOn(document[CONTAINER].root, { action, purpose: LOCK }, options);
    return startOutsidePipeline(call, () => takeFor(document, call));
  });
}

async function takeFor<T extends object>(document: T, call: InstanceLockCall): Promise<LockHandle<T>> {
  const { root } = call;
  const held = leaseOfFlow(call) ?? leaseOfHandles(call);
  if (held !== undefined) {
    await readAnew(call, held, undefined);
    // The lock may have been freed while the document was read.
    if (!held.isOver) return handleOf(document, root, held);
  }
  const acquired = await acquire(call);
  try {
    await readAnew(call, acquired.lease, acquired.document);
  } catch (error) {
    await freeQuietly(acquired.lease);
    throw error;
  }
  acquired.lease.keeper = root;
  return handleOf(document, root, acquired.lease);
}

/** Takes the lock of a key; the handle holds the document. */
export function lockFromKey<T extends object>(
  model: ModelClass<T>,
  place: { readonly key: string; readonly action: string },
  options: LockOptions,
): Promise<LockHandle<T>> {
  return promised(() => {
    refuseUnknown(options, LOCK_OPTIONS, 'lockFromKey()');
    const call = lockCallOf(model, { key: place.key, action: place.action, purpose: LOCK_FROM_KEY }, options);
    return startOutsidePipeline(call, () => take<T>(call));
  });
}

async function take<T extends object>(call: LockCall): Promise<LockHandle<T>> {
  const held = leaseOfFlow(call);
  if (held !== undefined) {
    const document = await readAt<T>(call, call.purpose);
    const { root } = containerOf(document);
    held.reader = root;
    if (!held.isOver) return handleOf(document, root, held);
  }
  const { lease, document: json } = await acquire(call);
  try {
    const document = hydrate(call, json, call.purpose);
    const { root } = document[CONTAINER];
    lease.keeper = lease.reader = root;
    return handleOf(document as T, root, lease);
  } catch (error) {
    await freeQuietly(lease);
    throw error;
  }
}

function handleOf<T>(document: T, root: DocumentRoot, lease: Lease): LockHandle<T> {
  // Once per handle: the lock is freed by the last handle of the instance that took it.
  root.locks = [...root.locks, lease];
  const isGuest = lease.keeper !== root;
  if (isGuest) lease.guests += 1;
  let released = false;
  const free = async (): Promise<void> => {
    if (released) return;
    released = true;
    // Writes that still wait to be sent are guarded by it.
    if (root.line !== undefined) await inTurn(root, undefined, () => Promise.resolve());
    root.locks = root.locks.toSpliced(root.locks.indexOf(lease), 1);
    if (isGuest) lease.guests -= 1;
    if (!isGuest && !root.locks.includes(lease)) await release(lease, root, 'release');
    else if (lease.isOver) throw lease.lossError('release');
  };
  const handle = {
    document,
    get signal() {
      return lease.signal;
    },
    fence: lease.fence,
    release: free,
    [Symbol.asyncDispose]: free,
    toJSON: () => lease.toJSON(),
    [INSPECT]: lease[INSPECT].bind(lease),
  };
  return handle;
}
