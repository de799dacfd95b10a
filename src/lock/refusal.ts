import type { ErrorFacts } from '../errors/base';
import { OutcomeUnknownError } from '../errors/commit';
import { RedisConnectionError, RedisServiceError } from '../errors/connection';
import { LockTimeoutError } from '../errors/lock';
import { reasonOf } from '../executor/outcomes/given-up';
import type { LockSettings } from './lock-options';

/** A lock that is wanted. */
interface NamedLock {
  readonly name: string;
  readonly settings: LockSettings;
  readonly facts: ErrorFacts;
}

/** A lock that is asked for. */
export interface AskedLock extends NamedLock {
  /** When to give up, in milliseconds on the monotonic clock. */
  readonly deadline: number;
  /** The server has answered that another holds it. */
  isHeld: boolean;
}

function nameOf(name: string, { key }: ErrorFacts): string {
  return `lock "${name}" of ${JSON.stringify(key)}`;
}

/** The error for a lock that was waited for in vain. `cause` is what kept it from being asked for. */
export function notGranted(
  { name, settings: { waitMs, signal }, facts }: NamedLock,
  cause?: unknown,
): LockTimeoutError | RedisConnectionError {
  if (signal?.aborted === true)
    return new RedisConnectionError(`waiting for ${nameOf(name, facts)} was given up: the signal aborted: ${reasonOf(signal.reason)}`, {
      ...facts,
      cause: signal.reason,
    });
  return new LockTimeoutError(name, waitMs, { ...facts, cause });
}

/** What an attempt that got no answer fails with. */
export type Unanswered = OutcomeUnknownError | RedisConnectionError;

/** Whether an attempt got no answer. It may have taken the lock all the same, which no one would free. */
export function isUnanswered(error: unknown): error is Unanswered {
  return error instanceof OutcomeUnknownError || error instanceof RedisConnectionError;
}

/** An answer for which a lease has ended is as good as none: the lock is asked for anew, or freed. */
export function requireInTime(endsAt: number, facts: ErrorFacts): void {
  if (performance.now() >= endsAt) throw new OutcomeUnknownError(facts, 'was answered when the lease had ended');
}

/** Refusals of a server that will be able to soon. Others, such as a missing permission, remain. */
const PASSING = new Set(['BUSY', 'CLUSTERDOWN', 'LOADING', 'MASTERDOWN', 'MISCONF', 'NOREPLICAS', 'OOM', 'READONLY', 'TRYAGAIN']);

/** Whether it helps to ask again after this refusal, as in a failover. */
export function passesByItself(error: unknown): error is RedisServiceError {
  return error instanceof RedisServiceError && PASSING.has(error.reply);
}

/** The error for a lock of which nobody knows whether it is free, because the latest attempt got no answer. */
export function notAsked(asked: AskedLock, error: Unanswered): LockTimeoutError | RedisConnectionError {
  const isSent = error instanceof OutcomeUnknownError;
  // Another holds it by the latest answer; there was too little time left for one more.
  const isBusy = asked.isHeld && isSent && performance.now() >= asked.deadline;
  if (isBusy || asked.settings.signal?.aborted === true) return notGranted(asked);
  const outcome = isSent
    ? 'was asked for, but no answer came; if it was granted, it is freed again'
    : `could not be asked for: ${reasonOf(error)}`;
  return new RedisConnectionError(`${nameOf(asked.name, asked.facts)} ${outcome}`, { ...asked.facts, cause: error });
}
