import type { ErrorFacts } from '../errors/base';
import { OutcomeUnknownError } from '../errors/commit';
import { RedisConnectionError } from '../errors/connection';
import { LockTimeoutError } from '../errors/lock';
import type { LockSettings } from './lock-options';

/** A lock that was asked for. */
export interface AskedLock {
  readonly name: string;
  readonly settings: LockSettings;
  readonly facts: ErrorFacts;
}

/** The error for a lock that was waited for in vain. */
export function notGranted({ name, settings: { waitMs, signal }, facts }: AskedLock): LockTimeoutError | RedisConnectionError {
  if (signal?.aborted === true)
    return new RedisConnectionError(`waiting for lock "${name}" was given up`, { ...facts, cause: signal.reason });
  return new LockTimeoutError(name, waitMs, facts);
}

/** Whether an attempt got no answer. It may have taken the lock all the same, which no one would free. */
export function isUnanswered(error: unknown): error is OutcomeUnknownError | RedisConnectionError {
  return error instanceof OutcomeUnknownError || error instanceof RedisConnectionError;
}

/** The error for an attempt that got no answer. */
export function notAsked(asked: AskedLock, error: unknown, deadline: number): LockTimeoutError | RedisConnectionError {
  if (asked.settings.signal?.aborted === true || performance.now() >= deadline) return notGranted(asked);
  return new RedisConnectionError(`lock "${asked.name}" could not be asked for`, { ...asked.facts, cause: error });
}
