import { RedatomError, type ErrorFacts } from './base';

/** The lock was not free within `waitMs`; the callback did not run. */
export class LockTimeoutError extends RedatomError {
  override readonly code = 'LOCK_TIMEOUT';

  constructor(
    readonly action: string,
    readonly waitMs: number,
    facts: ErrorFacts,
  ) {
    super(`lock "${action}" of ${JSON.stringify(facts.key)} was not free within ${waitMs} ms`, facts);
  }
}

/**
 * The lock was lost while it was thought to be held. A write that needed it was refused, and nothing of it was written. At the end of the lock, and as the
 * reason of its signal, the error says only that the lock was lost: what was confirmed before stays written.
 */
export class LockLostError extends RedatomError {
  override readonly code = 'LOCK_LOST';

  constructor(
    readonly action: string,
    facts: ErrorFacts,
    consequence = 'nothing was written',
  ) {
    super(`lock "${action}" of ${JSON.stringify(facts.key)} is no longer held; ${consequence}`, facts);
  }

  /** No write was refused for it: the loss was noticed, or the lock was to be released. */
  static noticed(action: string, facts: ErrorFacts): LockLostError {
    return new LockLostError(action, facts, 'what was confirmed before stays written');
  }
}

/** Waiting would never end: the holders of the lock wait, directly or through others, for a lock that the caller holds. */
export class DeadlockError extends RedatomError {
  override readonly code = 'DEADLOCK';

  constructor(
    readonly action: string,
    /** Path of the lock in the way. */
    readonly blockedBy: string,
    facts: ErrorFacts,
  ) {
    super(
      `lock "${action}" of ${JSON.stringify(facts.key)} was refused: the holder of "${blockedBy}" waits for a lock held here; release that one and try again`,
      facts,
    );
  }
}

/** A write was refused because a lock is in the way; nothing was written. */
export class LockedError extends RedatomError {
  override readonly code = 'LOCKED';

  constructor(
    /** Path of the lock in the way. */
    readonly lockedBy: string,
    reason: string,
    facts: ErrorFacts,
  ) {
    super(`${facts.command} at "${facts.path}" of ${JSON.stringify(facts.key)} was refused: "${lockedBy}" is ${reason}`, facts);
  }
}

/** `release()` was called for a lock that was not acquired here. Nothing changed. */
export class LockNotHeldError extends RedatomError {
  override readonly code = 'LOCK_NOT_HELD';

  constructor(action: string, facts: ErrorFacts) {
    super(
      `lock "${action}" of ${JSON.stringify(facts.key)} was not acquired through this object; release it through the one that acquired it`,
      facts,
    );
  }
}
