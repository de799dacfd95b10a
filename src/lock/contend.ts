import { OutcomeUnknownError } from '../errors/commit';
import type { Executor } from '../executor/executor';
import { onAbort } from '../async/on-abort';
import { passesByItself } from './refusal';
import { isListening, onFreed } from './wake-ups';

/** When it takes longer than this to subscribe to messages, asking begins without them. */
const MAX_LISTEN_MS = 1_000;

/** A timer of Node takes a millisecond at least. */
const MIN_JITTER_MS = 1;

/** A server that refuses for the moment, or whose answer was lost, is asked again after this time. */
const AFTER_FAILURE_MS = 300;

/** What came of asking for a lock once. */
export type Attempt<T> = { readonly granted: T } | { readonly askAgainInMs: number; readonly failure?: Error };

/** What a message says to one who waits: nothing, that asking may help, or that the lock was handed over. */
export type News = 'nothing' | 'ask' | 'granted';

/** One who wants a lock. */
export interface Contest<T> {
  /** Messages on it say that a lock may be free. */
  readonly channel: string;
  /** Those who are woken together ask again within this time, at random; the next time within half of it. */
  readonly jitterMs: number;
  /** Asks once. To ask again does no harm, also where the lock was granted and nobody heard of it. */
  attempt(): Promise<Attempt<T>>;
  /** The attempt failed, and there will be another one. */
  noteFailure?(error: unknown): void;
  /** Reads a message. Left out, each one is a reason to ask. */
  hear?(message: string): News;
  /** The lock that was handed over by the latest message; undefined when it may have ended since. */
  claim?(): T | undefined;
  /** What to reject with when time is up, or waiting was given up. */
  refusal(): Error;
}

/** How long to contend. */
interface Patience {
  /** On the monotonic clock, in milliseconds. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
  /** It has waited already, if not for the server. */
  readonly hasWaited?: boolean;
}

/** Asks for a lock until it is granted: asleep between attempts, woken by a message, by the time an attempt named, or by the deadline. */
export function contend<T>(executor: Executor, contest: Contest<T>, patience: Patience): Promise<T> {
  // Where this process listens already, no message can be missed, and the first attempt needs no second one.
  if (isListening(executor, contest.channel) === true) return contendListening(executor, contest, patience);
  const goOn = (attempt: Attempt<T>): T | Promise<T> => {
    if ('granted' in attempt) return attempt.granted;
    refuseWhenOver(contest, patience, attempt.failure);
    return contendListening(executor, contest, { ...patience, hasWaited: true });
  };
  return contest.attempt().then(goOn, (error: unknown) => goOn(afterFailure(contest, error, patience.hasWaited)));
}

/** The same after a moment, as those have it who are woken by the same message. */
export async function contendLater<T>(executor: Executor, contest: Contest<T>, patience: Patience): Promise<T> {
  await pause(contest.jitterMs, patience);
  return contend(executor, contest, patience);
}

/** A failover takes the lock from nobody who waits for it: neither a refusal that passes does, nor a connection that was cut. */
function afterFailure<T>(contest: Contest<T>, error: unknown, hasWaited: boolean | undefined): Attempt<T> {
  const isLost = error instanceof OutcomeUnknownError;
  if (!isLost && !(hasWaited === true && passesByItself(error))) throw error;
  contest.noteFailure?.(error);
  return { askAgainInMs: AFTER_FAILURE_MS, failure: error };
}

async function contendListening<T>(executor: Executor, contest: Contest<T>, patience: Patience): Promise<T> {
  let { jitterMs } = contest;
  let { hasWaited } = patience;
  let news: News = 'nothing';
  let wake = (): void => undefined;
  const listener = (message: string): void => {
    const heard = contest.hear?.(message) ?? 'ask';
    if (heard === 'nothing') return;
    news = heard;
    wake();
  };
  const latest = (): News => news;
  const leftMs = (): number => patience.deadline - performance.now();
  let listening: Promise<() => void> | undefined;
  try {
    for (;;) {
      // Subscribed before the next attempt, so that no message can fall between an attempt and the sleep after it.
      if (listening === undefined || isListening(executor, contest.channel) === false) {
        const begun = (listening = listen(executor, contest.channel, listener));
        await sleep(Math.min(leftMs(), MAX_LISTEN_MS), patience.signal, (enter) => void begun.then(enter));
      }
      news = 'nothing';
      const attempt = await contest.attempt().catch((error: unknown) => afterFailure(contest, error, hasWaited));
      if ('granted' in attempt) return attempt.granted;
      hasWaited = true;
      if (latest() === 'nothing') {
        refuseWhenOver(contest, patience, attempt.failure);
        await sleep(Math.min(attempt.askAgainInMs, leftMs()), patience.signal, (enter) => {
          wake = enter;
        });
      }
      const claimed = latest() === 'granted' ? contest.claim?.() : undefined;
      if (claimed !== undefined) return claimed;
      refuseWhenOver(contest, patience, attempt.failure);
      if (jitterMs >= MIN_JITTER_MS) await pause(jitterMs, patience);
      // Who has come too late before asks sooner, so that nobody is late for ever.
      jitterMs /= 2;
    }
  } finally {
    void listening?.then((stop) => stop());
  }
}

function refuseWhenOver<T>(contest: Contest<T>, { deadline, signal }: Patience, failure: Error | undefined): void {
  if (signal?.aborted === true) throw contest.refusal();
  if (performance.now() >= deadline) throw failure ?? contest.refusal();
}

/** Without messages, the end of the present lease still wakes the waiter. */
async function listen(executor: Executor, channel: string, listener: (message: string) => void): Promise<() => void> {
  try {
    return await onFreed(executor, channel, listener);
  } catch {
    return () => undefined;
  }
}

function pause(maxMs: number, { signal }: Patience): Promise<void> {
  return sleep(Math.random() * maxMs, signal, () => undefined);
}

function sleep(ms: number, signal: AbortSignal | undefined, wakeBy: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      stopListening?.();
      resolve();
    };
    const stopListening = signal === undefined ? undefined : onAbort(signal, wake);
    const timer = setTimeout(wake, ms);
    wakeBy(wake);
  });
}
