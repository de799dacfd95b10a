import type { ConnectionTarget, OpenConnection } from '../executor/open/target';
import { requireWork } from '../input/arguments';
import { refuseUnknown, type NamesOf } from '../input/options';
import type { PathLike } from '../path/tree-path';
import { RedisTree } from './redis-tree';
import type { HeldTreeLock } from './tree-lock';
import type { TreeLockOptions } from './tree-lock-options';
import type { IsLockedOptions, TreeLock, TreeNode } from './tree-node';

/** Options of a {@link Lock}. */
export interface StandaloneLockOptions {
  /** How long to wait for the lock in total, in seconds. Default 10; 0 tries once. */
  readonly acquireTimeout?: number | undefined;
  /** How long the lock outlives a crashed holder, in seconds. Default 30, minimum 0.1. */
  readonly expireTimeout?: number | undefined;
  /** Locks of different namespaces never conflict. With the namespace of a tree, the locks are those of its nodes. Default `lock`. */
  readonly namespace?: string | undefined;
}

const LOCK_OPTIONS = { acquireTimeout: true, expireTimeout: true, namespace: true } satisfies NamesOf<StandaloneLockOptions>;

/**
 * A lock on a path, without values: it excludes locks on the same path, on one above it or on one below it.
 *
 * @example
 * ```ts
 * const lock = new Lock(client, 'reports.daily', { expireTimeout: 5 });
 * await lock.withLock(async () => { await writeReport(); });
 * ```
 */
export class Lock {
  private readonly tree: RedisTree;
  private readonly node: TreeNode;

  constructor(client: ConnectionTarget | OpenConnection, path: PathLike, options: StandaloneLockOptions = {}) {
    refuseUnknown(options, LOCK_OPTIONS, 'Lock');
    const { acquireTimeout, expireTimeout, namespace = 'lock' } = options;
    this.tree = new RedisTree({ client, namespace, lockAcquireTimeout: acquireTimeout, lockExpireTimeout: expireTimeout });
    this.node = this.tree.at(path);
  }

  /** Takes the lock until it is released. See {@link TreeNode.acquire}. */
  acquire(options: TreeLockOptions = {}): Promise<TreeLock> {
    return this.node.acquire(options);
  }

  /** Releases the lock last acquired through this object. See {@link TreeNode.release}. */
  release(): Promise<void> {
    return this.node.release();
  }

  /** Resolves to whether this path or one above it is locked by anyone; with `below`, also one below it. */
  isLocked(options: IsLockedOptions = {}): Promise<boolean> {
    return this.node.isLocked(options);
  }

  /** Runs work under the lock. See {@link TreeNode.withLock}. */
  async withLock<R>(work: (lock: HeldTreeLock) => Promise<R> | R, options: TreeLockOptions = {}): Promise<R> {
    requireWork(work, 'withLock()', 'lock.withLock(() => …)');
    return this.node.withLock((_, lock) => work(lock), options);
  }

  /** Closes the connection that the lock opened; a ready client stays open. Calls throw {@link NotConnectedError} afterwards. */
  close(): Promise<void> {
    return this.tree.close();
  }
}
