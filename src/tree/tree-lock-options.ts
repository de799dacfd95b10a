import { describe } from '../input/describe';
import { MAX_SECONDS, ttlMsOf } from '../input/seconds';
import { refuseUnknown, type NamesOf } from '../input/options';
import { lockSettings, type LockSettings } from '../lock/lock-options';

/** Defaults of the locks of a tree. */
export interface TreeLockDefaults {
  /** How long to wait for a lock, in seconds, fractions allowed. Default 10; 0 tries once. */
  readonly lockAcquireTimeout?: number | undefined;
  /** How long a lock outlives a crashed holder, in seconds, fractions allowed. Default 30, minimum 0.1. */
  readonly lockExpireTimeout?: number | undefined;
}

/** The names of these options. */
export const TREE_LOCK_DEFAULTS = { lockAcquireTimeout: true, lockExpireTimeout: true } satisfies NamesOf<TreeLockDefaults>;

/** Options of one lock of a tree. */
export interface TreeLockOptions {
  /** Allows other holders that also ask for a shared lock, but excludes those that want it exclusively. Default false. */
  readonly shared?: boolean | undefined;
  /** How long to wait for the lock in total, in seconds, fractions allowed. Default: that of the tree. 0 tries once. */
  readonly acquireTimeout?: number | undefined;
  /** How long the lock outlives a crashed holder, in seconds, fractions allowed, minimum 0.1. Default: that of the tree. */
  readonly expireTimeout?: number | undefined;
  /** Renews the lock after each third of `expireTimeout` while it is held; false lets it end after `expireTimeout`. Default true. */
  readonly autoRenew?: boolean | undefined;
  /** Gives up waiting when the signal aborts. */
  readonly signal?: AbortSignal | undefined;
}

const TREE_LOCK_OPTIONS = {
  shared: 'boolean',
  acquireTimeout: true,
  expireTimeout: true,
  autoRenew: 'boolean',
  signal: true,
} satisfies NamesOf<TreeLockOptions>;

/** Options with their defaults, in milliseconds; bad values are refused rather than rounded. */
export function treeLockSettings(options: TreeLockOptions, defaults: TreeLockDefaults): LockSettings {
  refuseUnknown(options, TREE_LOCK_OPTIONS, 'a lock of a tree');
  const { acquireTimeout = defaults.lockAcquireTimeout ?? 10, expireTimeout = defaults.lockExpireTimeout ?? 30 } = options;
  if (!Number.isFinite(acquireTimeout) || acquireTimeout < 0)
    throw new RangeError(`acquireTimeout must be a number of seconds of at least 0, found ${describe(acquireTimeout)}`);
  const ttlMs = ttlMsOf(expireTimeout);
  if (ttlMs === undefined || expireTimeout < 0.1)
    throw new RangeError(`expireTimeout must be a number of seconds from 0.1 to ${MAX_SECONDS}, found ${describe(expireTimeout)}`);
  return lockSettings({
    ttlMs,
    waitMs: acquireTimeout * 1000,
    maxHoldMs: options.autoRenew === false ? ttlMs : undefined,
    signal: options.signal,
  });
}
