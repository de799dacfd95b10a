import { TimeIsOver } from '../async/time-left';
import { describe } from '../input/describe';
import type { ErrorFacts, RedatomError } from '../errors/base';
import { OutcomeUnknownError } from '../errors/commit';
import { RedisConnectionError } from '../errors/connection';

/** Why something was given up, in words. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof Error) return cause.message;
  return typeof cause === 'string' ? cause : describe(cause);
}

/** Why a call was given up that its signal, or its time limit, ended. `overdue` says what did not happen in time. */
export function whyGivenUp(cause: unknown, signal: AbortSignal | undefined, overdue: string): string {
  if (cause instanceof TimeIsOver) return cause.message;
  return signal?.aborted === true && cause === signal.reason ? `the signal aborted: ${reasonOf(cause)}` : overdue;
}

/** What an error is about, for its message. */
export function subjectOf({ command, key }: ErrorFacts): string {
  return key === undefined ? `${command}` : `${command} on ${JSON.stringify(key)}`;
}

/** The error of what was given up before it was sent. */
export function notSent(facts: ErrorFacts, why: string): RedisConnectionError {
  return new RedisConnectionError(`${subjectOf(facts)} was given up before it was sent: ${why}`, facts);
}

/** The error of what was sent, and got no reply. */
export function withoutReply(facts: ErrorFacts, { write, why }: { readonly write: boolean; readonly why: string }): RedatomError {
  return write ? new OutcomeUnknownError(facts) : new RedisConnectionError(`${subjectOf(facts)} got no reply: ${why}`, facts);
}
