import { checkedLimits, type CallOptions } from '../input/call-options';

/** Why a request is not sent at all: those before it took all the time of their call. */
export class TimeIsOver extends Error {}

const unlimited = (): undefined => undefined;

/** Says whenever it is asked what is left of the limits of a call. When its time is over there is a last moment left: what was begun is tried to its end. */
export function softDeadlineOf<C extends CallOptions | undefined>(call: C): () => C {
  // Most calls have no limits, and nothing is made for them.
  if (call === undefined) return unlimited as () => C;
  // Callers without types give null, too, which is refused where the call is sent.
  const timeoutMs = (call as CallOptions | null)?.timeoutMs;
  if (timeoutMs === undefined) return () => call;
  const endsAt = performance.now() + timeoutMs;
  return () => ({ ...call, timeoutMs: Math.max(endsAt - performance.now(), 1) });
}

/** The same for a call of several requests: those for which there is no time any more are given up before they are sent. */
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

/** Counts the time of a call that gives one part after the other. Only the time inside of `run` counts, not what the caller does with a part. */
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
