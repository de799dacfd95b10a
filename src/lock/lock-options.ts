import type { NamesOf } from '../input/options';
import { describe } from '../input/describe';
import { checkedLimits } from '../input/call-options';

/** Options of a lock. */
export interface LockOptions {
  /** How long the lock outlives a crashed holder, in milliseconds; while held, it is renewed after a third of this. Default 30 000, minimum 100. */
  readonly ttlMs?: number | undefined;
  /** How long to wait for the lock, in milliseconds. Default 10 000; 0 tries once. */
  readonly waitMs?: number | undefined;
  /** The longest time that the lock is held, in milliseconds: it is not renewed beyond that. Default: no limit. */
  readonly maxHoldMs?: number | undefined;
  /** Gives up waiting when the signal aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** The names of these options. */
export const LOCK_OPTIONS = { ttlMs: true, waitMs: true, maxHoldMs: true, signal: true } satisfies NamesOf<LockOptions>;

export interface LockSettings extends Readonly<Record<'ttlMs' | 'waitMs' | 'maxHoldMs', number>> {
  readonly signal: AbortSignal | undefined;
}

const MIN_TTL_MS = 100;

/** Options with their defaults; bad values are refused rather than rounded. */
export function lockSettings({ ttlMs = 30_000, waitMs = 10_000, maxHoldMs = Infinity, signal }: LockOptions): LockSettings {
  if (!Number.isSafeInteger(ttlMs) || ttlMs < MIN_TTL_MS)
    throw new RangeError(`ttlMs must be a whole number of at least ${MIN_TTL_MS}, found ${describe(ttlMs)}`);
  if (!(typeof waitMs === 'number' && waitMs >= 0))
    throw new RangeError(`waitMs must be a number of milliseconds of at least 0, found ${describe(waitMs)}`);
  if (!(typeof maxHoldMs === 'number' && maxHoldMs > 0))
    throw new RangeError(`maxHoldMs must be a positive number of milliseconds, found ${describe(maxHoldMs)}`);
  if (signal !== undefined) checkedLimits({ signal });
  // A lease must not last longer than the lock may be held.
  return { ttlMs: Math.max(Math.floor(Math.min(ttlMs, maxHoldMs)), 1), waitMs, maxHoldMs, signal };
}
