import type { ErrorFacts } from '../errors/base';
import { OutcomeUnknownError } from '../errors/commit';
import { RedisConnectionError } from '../errors/connection';
import { LockTimeoutError } from '../errors/lock';
import { reasonOf } from '../executor/reason';
import type { LockSettings } from './lock-options';

/** A lock that was asked for. */
export interface AskedLock {
  readonly name: string;
  readonly settings: LockSettings;
  readonly facts: ErrorFacts;
}

function nameOf(name: string, { key }: ErrorFacts): string {
  return `lock "${name}" of ${JSON.stringify(key)}`;
}

/** The error for a lock that was waited for in vain. */
export function notGranted({ name, settings: { waitMs, signal }, facts }: AskedLock): LockTimeoutError | RedisConnectionError {
  if (signal?.aborted === true)
    return new RedisConnectionError(`waiting for ${nameOf(name, facts)} was given up: the signal aborted: ${reasonOf(signal.reason)}`, {
      ...facts,
      cause: signal.reason,
    });
  return new LockTimeoutError(name, waitMs, facts);
}

/** Whether an attempt got no answer. It may have taken the lock all the same, which no one would free. */
export function isUnanswered(error: unknown): error is OutcomeUnknownError | RedisConnectionError {
  return error instanceof OutcomeUnknownError || error instanceof RedisConnectionError;
}

/** The error for an attempt that got no answer. */
export function notAsked(asked: AskedLock, error: unknown, deadline: number): LockTimeoutError | RedisConnectionError {
  if (asked.settings.signal?.aborted === true || performance.now() >= deadline) return notGranted(asked);
  return new RedisConnectionError(`${nameOf(asked.name, asked.facts)} could not be asked for: ${reasonOf(error)}`, {
    ...asked.facts,
    cause: error,
  });
}
