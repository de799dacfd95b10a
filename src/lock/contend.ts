import { OutcomeUnknownError } from '../errors/commit';
import type { Executor } from '../executor/executor';
import { onAbort } from '../async/on-abort';
import { passesByItself } from './refusal';
import { isListening, onFreed } from './wake-ups';

/** If subscribing to messages takes longer than this, attempts begin without them. */
const MAX_LISTEN_MS = 1_000;

/** Timers of Node take at least a millisecond. */
const MIN_JITTER_MS = 1;

/** Pause before asking again after a temporary refusal or a lost answer. */
const AFTER_FAILURE_MS = 300;

/** The outcome of one attempt to get a lock. */
export type Attempt<T> = { readonly granted: T } | { readonly askAgainInMs: number; readonly failure?: Error };

/** What a message tells a waiter: nothing, that asking may help, or that the lock was handed over to it. */
export type News = 'nothing' | 'ask' | 'granted';

/** A waiter for a lock. */
export interface Contest<T> {
  /** The channel of messages that say that a lock may be free. */
  readonly channel: string;
  /** Waiters that are woken together ask again after a random time of up to this; the next time, up to half of it. */
  readonly jitterMs: number;
  /** Asks once. Repeating is harmless, even if the lock was granted and the answer was lost. */
  attempt(): Promise<Attempt<T>>;
  /** Called when an attempt failed and will be repeated. */
  noteFailure?(error: unknown): void;
  /** Reads a message. Default: every message is a reason to ask. */
  hear?(message: string): News;
  /** The lock that the latest message handed over; undefined if it may have ended since. */
  claim?(): T | undefined;
  /** The error when time is up, or waiting was given up. */
  refusal(): Error;
}

/** How long to contend. */
interface Patience {
  /** On the monotonic clock, in milliseconds. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether it has already waited, other than for the server. */
  readonly hasWaited?: boolean;
}

/**
 * Asks for a lock until it is granted. Between attempts it sleeps until a message arrives, the time named by the last attempt is over, or the
 * deadline is reached.
 */
export function contend<T>(executor: Executor, contest: Contest<T>, patience: Patience): Promise<T> {
  // If this process listens already, no message can be missed, so the first attempt need not be repeated after subscribing.
  if (isListening(executor, contest.channel) === true) return contendListening(executor, contest, patience);
  const goOn = (attempt: Attempt<T>): T | Promise<T> => {
    if ('granted' in attempt) return attempt.granted;
    refuseWhenOver(contest, patience, attempt.failure);
    return contendListening(executor, contest, { ...patience, hasWaited: true });
  };
  return contest.attempt().then(goOn, (error: unknown) => goOn(afterFailure(contest, error, patience.hasWaited)));
}

/** The same after a random pause, like that of waiters woken by one message. */
export async function contendLater<T>(executor: Executor, contest: Contest<T>, patience: Patience): Promise<T> {
  await pause(contest.jitterMs, patience);
  return contend(executor, contest, patience);
}

/** Makes a failover cost no waiter its lock: after a temporary refusal or a cut connection, it asks again. */
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
      // Subscribe before the next attempt, so that no message can be missed between an attempt and the sleep after it.
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
      // A waiter that came too late asks sooner the next time, so that none is late for ever.
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

/** Failures are ignored: without messages, the end of the current lease still wakes the waiter. */
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
