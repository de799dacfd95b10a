import { types } from 'node:util';
import { TimeIsOver } from '../../async/time-left';
import { Overdue } from '../../async/watch-limits';
import { describe } from '../../input/describe';
import { subjectOf, type ErrorFacts, type RedatomError } from '../../errors/base';
import { OutcomeUnknownError } from '../../errors/commit';
import { RedisConnectionError } from '../../errors/connection';

/** The reason for giving up, in words. */
export function reasonOf(cause: unknown): string {
  if (types.isNativeError(cause) || cause instanceof Error) return cause.message;
  return typeof cause === 'string' ? cause : describe(cause);
}

/** Why a call ended by its signal or its time limit was given up. `missing` is what did not arrive in time. */
export function whyGivenUp(cause: unknown, missing: string): string {
  if (cause instanceof Overdue) return `${missing} within ${cause.timeoutMs} ms`;
  return cause instanceof TimeIsOver ? cause.message : `the signal aborted: ${reasonOf(cause)}`;
}

/** How far a request had come when it was given up. */
export interface Progress {
  /** It may have run, or may run. */
  readonly isSent: boolean;
  /** The answer because of which it was to be sent again, if it was not sent again. */
  readonly refusal?: Error | undefined;
  /** Why there was no connection to send it over, if that is known. */
  readonly obstacle?: unknown;
}

/** The error of a request that its signal or time limit ended; `facts.cause` says which. An unsent request will never be sent. */
export function givenUp(facts: ErrorFacts, { write, isSent, refusal, obstacle }: Progress & { readonly write: boolean }): RedatomError {
  if (isSent) return withoutReply(facts, { write, why: whyGivenUp(facts.cause, 'none arrived') });
  const why = whyGivenUp(facts.cause, refusal === undefined ? 'no connection' : 'no server took it');
  if (refusal === undefined) return notSent(facts, obstacle === undefined ? why : `${why}: ${reasonOf(obstacle)}`);
  const latest = `the latest answer was: ${reasonOf(refusal)}`;
  return new RedisConnectionError(`${subjectOf(facts)} was given up before it was sent again: ${why}, ${latest}`, facts);
}

/** The error of a request that was not sent, and never will be. */
export function notSent(facts: ErrorFacts, why: string): RedatomError {
  return new RedisConnectionError(`${subjectOf(facts)} was given up before it was sent: ${why}`, facts);
}

/** The error of a request that was sent and got no reply. */
export function withoutReply(facts: ErrorFacts, { write, why }: { readonly write: boolean; readonly why: string }): RedatomError {
  return write ? new OutcomeUnknownError(facts) : new RedisConnectionError(`${subjectOf(facts)} got no reply: ${why}`, facts);
}
