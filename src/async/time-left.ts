import { checkedLimits, type CallOptions } from '../input/call-options';

/** The reason for not sending a request: earlier requests of the call took all its time. */
export class TimeIsOver extends Error {}

const unlimited = (): undefined => undefined;

/**
 * Returns a function that returns what is left of the limits of a call. At least 1 ms is left even when the time is over, so that work that was begun
 * is finished.
 */
export function softDeadlineOf<C extends CallOptions | undefined>(call: C): () => C {
  // Most calls have no limits, and need no closure.
  if (call === undefined) return unlimited as () => C;
  // Callers without types give null, too, which is refused where the call is sent.
  const timeoutMs = (call as CallOptions | null)?.timeoutMs;
  if (timeoutMs === undefined) return () => call;
  const endsAt = performance.now() + timeoutMs;
  return () => ({ ...call, timeoutMs: Math.max(endsAt - performance.now(), 1) });
}

/** The same for a call of several requests: requests after the end of the time are given up before they are sent. */
export function deadlineOf<C extends CallOptions | undefined>(call: C): () => C {
  if (call?.timeoutMs === undefined) return () => call;
  checkedLimits(call);
  const { timeoutMs } = call;
  const left = softDeadlineOf(call);
  return () => {
    const limits = left();
    if (limits?.timeoutMs === undefined || limits.timeoutMs > 1) return limits;
    return { ...limits, signal: AbortSignal.abort(new TimeIsOver(`not done within ${Math.ceil(timeoutMs)} ms`)) };
  };
}

/** Limits the time of a call that returns its result in parts. Only the time inside `run` counts, not the time that the caller spends on a part. */
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
