import { describe } from '../input/describe';
import type { ErrorFacts } from '../errors/base';

/** Why something was given up, in words. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof Error) return cause.message;
  return typeof cause === 'string' ? cause : describe(cause);
}

/** Why a request is not sent at all: those before it took all the time of their call. */
export class TimeIsOver extends Error {}

/** Why a call was given up that its signal, or its time limit, ended. `overdue` says what did not happen in time. */
export function whyGivenUp(cause: unknown, signal: AbortSignal | undefined, overdue: string): string {
  if (cause instanceof TimeIsOver) return cause.message;
  return signal?.aborted === true && cause === signal.reason ? `the signal aborted: ${reasonOf(cause)}` : overdue;
}

/** What an error is about, for its message. */
export function subjectOf({ command, key }: ErrorFacts): string {
  return key === undefined ? `${command}` : `${command} on ${JSON.stringify(key)}`;
}
