import { setImmediate as afterWrites } from 'node:timers/promises';
import type { CallOptions } from '../input/call-options';
import { watchLimits } from './watch-limits';

/**
 * Runs work until it ends or its time is over. Then its signal aborts, and anything that it has not sent by then must never be sent. Resolves to the
 * reason for giving up, or to undefined when the work ended.
 */
export function runWithin(limits: CallOptions, work: (unsent: AbortSignal | undefined) => Promise<void>): Promise<unknown> {
  return limits.timeoutMs === undefined && limits.signal === undefined ? work(undefined) : runLimited(limits, work);
}

/** A function, because the compiler assumes that an `aborted` that was checked stays the same after an await. */
export function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

async function runLimited(limits: CallOptions, work: (unsent: AbortSignal | undefined) => Promise<void>): Promise<unknown> {
  const { signal } = limits;
  if (isAborted(signal)) return causeOf(signal?.reason);
  const unsent = new AbortController();
  const waiting = deadline(limits);
  try {
    const reason = await Promise.race([work(unsent.signal).then(() => undefined), waiting.reached]);
    if (reason === undefined) return undefined;
    unsent.abort(reason);
    // The client rejects unwritten commands at once; those still open after that are on their way.
    await afterWrites();
    return reason;
  } finally {
    waiting.cancel();
  }
}

function deadline(limits: CallOptions): { readonly reached: Promise<unknown>; readonly cancel: () => void } {
  let cancel = (): void => undefined;
  const reached = new Promise<unknown>((resolve) => {
    cancel = watchLimits(limits, (reason) => resolve(causeOf(reason)));
  });
  return { reached, cancel };
}

/** Makes sure that there is a reason: undefined would mean that the work had ended. */
function causeOf(reason: unknown): unknown {
  return reason ?? new Error('aborted');
}
