import type { Executor } from '../executor/executor';
import { onFreed } from './wake-ups';

/** What came of asking for a lock once. */
export type Attempt<T> = { readonly granted: T } | { readonly askAgainInMs: number };

/** One who wants a lock. */
export interface Contest<T> {
  /** Messages on it say that a lock may be free. */
  readonly channel: string;
  /** Those who are woken together ask again within this time, at random. */
  readonly jitterMs: number;
  attempt(): Promise<Attempt<T>>;
  /** Whether a message is for this one; all of them are when left out. */
  concerns?(message: string): boolean;
  /** What to reject with when time is up, or waiting was given up. */
  refusal(): Error;
}

/** How long to contend. */
export interface Patience {
  /** On the monotonic clock, in milliseconds. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
}

/** Asks for a lock until it is granted: asleep between attempts, woken by a message, by the time an attempt named, or by the deadline. */
export async function contend<T>(executor: Executor, contest: Contest<T>, { deadline, signal }: Patience): Promise<T> {
  let attempt = await contest.attempt();
  if ('granted' in attempt) return attempt.granted;
  if (performance.now() >= deadline) throw contest.refusal();
  let isFreed: boolean;
  let wake = (): void => undefined;
  // Subscribed before the next attempt, so that no message can fall between an attempt and the sleep after it.
  const stopListening = await listen(executor, contest.channel, (message) => {
    if (contest.concerns?.(message) === false) return;
    isFreed = true;
    wake();
  });
  try {
    for (;;) {
      isFreed = false;
      if (signal?.aborted === true || performance.now() >= deadline) throw contest.refusal();
      attempt = await contest.attempt();
      if ('granted' in attempt) return attempt.granted;
      const sleepMs = Math.min(attempt.askAgainInMs, deadline - performance.now());
      if (!isFreed) {
        await sleep(sleepMs, signal, (enter) => {
          wake = enter;
        });
      }
      if (contest.jitterMs > 0 && performance.now() < deadline) await sleep(Math.random() * contest.jitterMs, signal, () => undefined);
    }
  } finally {
    stopListening();
  }
}

/** Without messages, the end of the present lease still wakes the waiter. */
async function listen(executor: Executor, channel: string, listener: (message: string) => void): Promise<() => void> {
  try {
    return await onFreed(executor, channel, listener);
  } catch {
    return () => undefined;
  }
}

function sleep(ms: number, signal: AbortSignal | undefined, wakeBy: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, Math.min(ms, 2 ** 31 - 1));
    signal?.addEventListener('abort', wake, { once: true });
    wakeBy(wake);
    if (signal?.aborted === true) wake();
  });
}
