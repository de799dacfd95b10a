import type { ErrorFacts } from '../errors/base';
import { OutcomeUnknownError } from '../errors/commit';
import { RedisConnectionError, RedisServiceError } from '../errors/connection';
import { LockTimeoutError } from '../errors/lock';
import { reasonOf } from '../executor/outcomes/given-up';
import type { LockSettings } from './lock-options';

/** A lock, as errors describe it. */
interface NamedLock {
  readonly name: string;
  readonly settings: LockSettings;
  readonly facts: ErrorFacts;
}

/** A lock that was asked for. */
export interface AskedLock extends NamedLock {
  /** When to give up, in milliseconds on the monotonic clock. */
  readonly deadline: number;
  /** The server has answered that the lock is held. */
  isHeld: boolean;
}

function nameOf(name: string, { key }: ErrorFacts): string {
  return `lock "${name}" of ${JSON.stringify(key)}`;
}

/** The error for a lock that was not granted. `cause` is the reason why it could not be asked for. */
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

/** The error of an attempt that got no answer. */
export type Unanswered = OutcomeUnknownError | RedisConnectionError;

/** Whether an attempt got no answer. It may still have taken the lock, which would then never be freed. */
export function isUnanswered(error: unknown): error is Unanswered {
  return error instanceof OutcomeUnknownError || error instanceof RedisConnectionError;
}

/** Treats an answer that arrives after the lease has ended like a missing one: the lock is asked for again, or freed. */
export function requireInTime(endsAt: number, facts: ErrorFacts): void {
  if (performance.now() >= endsAt) throw new OutcomeUnknownError(facts, 'was answered when the lease had ended');
}

/** Refusals that pass by themselves. Others, such as a missing permission, do not. */
const PASSING = new Set(['BUSY', 'CLUSTERDOWN', 'LOADING', 'MASTERDOWN', 'MISCONF', 'NOREPLICAS', 'OOM', 'READONLY', 'TRYAGAIN']);

/** Whether asking again may help after this refusal, as in a failover. */
export function passesByItself(error: unknown): error is RedisServiceError {
  return error instanceof RedisServiceError && PASSING.has(error.reply);
}

/** The error for a lock whose state is unknown because the latest attempt got no answer. */
export function notAsked(asked: AskedLock, error: Unanswered): LockTimeoutError | RedisConnectionError {
  const isSent = error instanceof OutcomeUnknownError;
  // The latest answer said that it is held; the time left was too short for another one.
  const isBusy = asked.isHeld && isSent && performance.now() >= asked.deadline;
  if (isBusy || asked.settings.signal?.aborted === true) return notGranted(asked);
  const outcome = isSent
    ? 'was asked for, but no answer came; if it was granted, it is freed again'
    : `could not be asked for: ${reasonOf(error)}`;
  return new RedisConnectionError(`${nameOf(asked.name, asked.facts)} ${outcome}`, { ...asked.facts, cause: error });
}
