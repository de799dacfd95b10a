import { describe } from '../codec/codec';
import type { CallOptions } from './call-options';
import { refuseUnknown } from './known-options';
import { TimeIsOver } from './reason';
import { LONGEST_TIMER_MS } from './timer';

/** Longest time for what names none and needs a connection that is down or has to be made, in milliseconds. */
export const OFFLINE_TIMEOUT_MS = 10_000;

const CALL_OPTIONS = { signal: true, timeoutMs: true } satisfies Record<keyof CallOptions, true>;

export function refuseUnknownLimits(call: CallOptions): void {
  refuseUnknown(call, CALL_OPTIONS, 'a call');
}

/** The same for options that count for nothing where they are given: what was meant by them would be left out silently. */
export function refuseWrongLimits(call: CallOptions | undefined): void {
  if (call === undefined) return;
  refuseUnknownLimits(call);
  checkedLimits(call);
}

/** Refuses limits that nobody can mean: whatever they made of a call, it would not be what was asked for. */
export function checkedLimits({ signal, timeoutMs }: CallOptions): CallOptions {
  if (timeoutMs !== undefined) timerMs(timeoutMs);
  if (signal === undefined || typeof (signal as AbortSignal | null)?.addEventListener === 'function') return { signal, timeoutMs };
  throw new TypeError(`signal is an AbortSignal, found ${describe(signal)}`);
}

/** Counts the time of a call down: what it gives says what is left of the limits then. */
export function countdown<C extends CallOptions | undefined>(call: C): () => C {
  if (call?.timeoutMs === undefined) return () => call;
  const endsAt = performance.now() + call.timeoutMs;
  return () => ({ ...call, timeoutMs: Math.max(endsAt - performance.now(), 1) });
}

/** The same for a call of several requests: those for which there is no time any more are given up before they are sent. */
export function deadlineOf<C extends CallOptions | undefined>(call: C): () => C {
  if (call?.timeoutMs === undefined) return () => call;
  checkedLimits(call);
  const { timeoutMs } = call;
  const left = countdown(call);
  return () => {
    const limits = left();
    if (limits?.timeoutMs === undefined || limits.timeoutMs > 1) return limits;
    return { ...limits, signal: AbortSignal.abort(new TimeIsOver(`not done within ${Math.ceil(timeoutMs)} ms`)) };
  };
}

/** Counts the time of a call whose caller gets one part after the other: what he does with them takes none of it. */
export class TimeInParts {
  constructor(private call: CallOptions | undefined) {}

  async run<R>(part: (left: CallOptions | undefined) => Promise<R>): Promise<R> {
    const left = deadlineOf(this.call);
    try {
      return await part(this.call);
    } finally {
      this.call = left();
    }
  }
}

/** A time limit as Node can set a timer for it. */
export function timerMs(timeoutMs: number): number {
  if (!(typeof timeoutMs === 'number' && timeoutMs > 0))
    throw new RangeError(`timeoutMs is a positive number of milliseconds, found ${describe(timeoutMs)}`);
  return Math.min(timeoutMs, LONGEST_TIMER_MS);
}
