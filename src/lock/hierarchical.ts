import { v4 as randomId } from 'uuid';
import { RedisConnectionError } from '../errors/connection';
import { DeadlockError, LockTimeoutError } from '../errors/lock';
import { treeLockAcquire, treeLockState } from '../lua/catalog.generated';
import { dottedOf, type TreePath } from '../path/tree-path';
import { contend, type Attempt } from './contend';
import { HierarchicalLease, lockKeysOf, releaseCallOf, wakeChannelOf, type LockMode, type LockSpace } from './hierarchical-lease';
import type { LockSettings } from './lock-options';

/** A lock that is wanted. */
export interface WantedLock {
  readonly space: LockSpace;
  readonly place: TreePath;
  readonly mode: LockMode;
  /** Who wants it: a chain such as `u/1/2`. Grants of a scope let the scopes inside of it in. */
  readonly scope: string;
  /** Grants that the scope or the ones around it hold: whoever holds something is not made to queue. */
  readonly held: readonly HierarchicalLease[];
}

/** A place in the queue stays so long without being refreshed: that is how long a dead waiter is in the way. */
const WAITER_TTL_MS = 1_000;
const REFRESH_MS = Math.floor(WAITER_TTL_MS / 3);

/**
 * Takes a lock on a subtree, waiting for it as long as the settings say.
 *
 * @throws {@link LockTimeoutError} it was not free in time.
 * @throws {@link DeadlockError} waiting would never end.
 */
export async function acquireSubtreeLock(wanted: WantedLock, settings: LockSettings): Promise<HierarchicalLease> {
  const id = randomId();
  const { executor, prefix } = wanted.space;
  const deadline = performance.now() + settings.waitMs;
  const contest = {
    channel: wakeChannelOf(prefix),
    jitterMs: 0,
    attempt: () => tryOnce(wanted, id, settings),
    concerns: (message: string) => message === '*' || message.split('\n').includes(id),
    refusal: () => notGranted(wanted, settings),
  };
  try {
    return await contend(executor, contest, { deadline, signal: settings.signal });
  } catch (error) {
    // It may wait in the queue, or have been granted by an attempt whose reply was lost.
    if (!(error instanceof DeadlockError)) await executor.evaluate(releaseCallOf(wanted.space, id), () => undefined).catch(() => undefined);
    throw error;
  }
}

/** Whether a place is locked by a grant at itself or at an ancestor; with `below` also by one below it. */
export function isSubtreeLocked({ executor, prefix }: LockSpace, { encoded }: TreePath, below: boolean): Promise<boolean> {
  const call = { script: treeLockState, keys: lockKeysOf(prefix), args: [encoded, below ? '1' : '0'] };
  return executor.evaluate(call, (reply) => reply === 1);
}

function notGranted({ space, place }: WantedLock, { waitMs, signal }: LockSettings): LockTimeoutError | RedisConnectionError {
  const facts = { key: space.prefix };
  if (signal?.aborted === true)
    return new RedisConnectionError(`waiting for lock "${place.dotted}" was given up`, { ...facts, cause: signal.reason });
  return new LockTimeoutError(place.dotted, waitMs, facts);
}

async function tryOnce(wanted: WantedLock, id: string, settings: LockSettings): Promise<Attempt<HierarchicalLease>> {
  const { space, place, mode, scope } = wanted;
  if (settings.signal?.aborted === true) throw notGranted(wanted, settings);
  const askedAt = performance.now();
  const ttlMs = Math.floor(Math.min(settings.ttlMs, settings.maxHoldMs));
  const waiterTtlMs = settings.waitMs > 0 ? WAITER_TTL_MS : 0;
  const held = wanted.held.filter((lease) => !lease.isOver).map((lease) => lease.id);
  const call = {
    script: treeLockAcquire,
    keys: lockKeysOf(space.prefix),
    args: [id, scope, mode, String(ttlMs), String(waiterTtlMs), wakeChannelOf(space.prefix), place.encoded, held.join('\n')],
  };
  const [outcome, detail] = await space.executor.evaluate(call, (answer) => answer as [number, string | number]);
  if (outcome === -1) throw new DeadlockError(place.dotted, dottedOf(String(detail)), { key: space.prefix });
  if (outcome === 0) return { askAgainInMs: Math.max(1, Math.min(Number(detail) + 1, REFRESH_MS)) };
  const grant = { space, place, mode, scope, id, fence: Number(detail) };
  return { granted: new HierarchicalLease({ ...grant, settings: { ...settings, ttlMs }, askedAt }) };
}
