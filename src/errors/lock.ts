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

/** The lock was lost while it was thought to be held; nothing was written. */
export class LockLostError extends RedatomError {
  override readonly code = 'LOCK_LOST';

  constructor(
    readonly action: string,
    facts: ErrorFacts,
  ) {
    super(`lock "${action}" of ${JSON.stringify(facts.key)} is no longer held; nothing was written`, facts);
  }
}
