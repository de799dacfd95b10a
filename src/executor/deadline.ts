import type { RedatomError } from '../errors/base';
import type { Request } from './executor';
import type { CallOptions } from '../input/call-options';
import { onAbort } from './on-abort';
import { promised } from './promised';
import { notSent, whyGivenUp, withoutReply } from './given-up';
import { factsOf } from './reply-errors';
import { LONGEST_TIMER_MS } from '../input/timer';
import type { SendOptions } from './clients/client-shapes';
import { Unsent } from './unsent';

/** How a request is sent. */
export interface Sender {
  readonly send: (request: Request, options: SendOptions | undefined) => Promise<unknown>;
  /**
   * It is written in this turn of the event loop, so the client is not told how to take it back: that costs a third of a small command. Only when the
   * connection is lost in that turn it still waits; this sees to it that it never runs then, and tells so.
   */
  readonly takeBack?: (() => boolean) | undefined;
  /** Called when it was answered, also when nobody waits for it any more. */
  readonly answered?: () => void;
  /** Called when it has failed, likewise. */
  readonly failed?: (error: unknown) => void;
}

/** Makes the result of a call from its answer or its failure. Called at once, so that answers are taken in the order in which they come. */
export interface Receiver<R> {
  readonly decode: (reply: unknown) => R | Promise<R>;
  readonly refuse: (error: unknown) => R | Promise<R>;
}

/**
 * Sends under a deadline. A request given up before it was written never runs; one given up after it was written has an unknown outcome
 * if it changes anything.
 */
export function sendWithin<R>(
  { send, takeBack, answered, failed }: Sender,
  request: Request,
  { limits, decode, refuse }: Receiver<R> & { readonly limits: CallOptions },
): Promise<R> {
  const { signal, timeoutMs } = limits;
  if (signal?.aborted === true) return promised(() => Promise.resolve(refuse(neverSent(request, limits, signal.reason))));
  return new Promise((resolve, reject) => {
    const settle = settleOnce(resolve, reject);
    const unsent = takeBack === undefined ? new Unsent() : undefined;
    let cause: unknown;
    let isTakenBack = false;
    const stopWatching = watchLimits({ signal, timeoutMs }, (reason) => {
      cause = reason;
      unsent?.abort();
      isTakenBack = takeBack?.() === true;
      // What no connection has got by now is refused by all of them.
      const fate = isTakenBack || unsent?.isHandedOver === false ? neverSent : overdue;
      // The client rejects an unwritten command at once; if it did not, the command is on its way.
      setImmediate(() => settle(() => refuse(fate(request, limits, reason))));
    });
    send(request, unsent && { abortSignal: unsent }).then(
      (reply) => {
        answered?.();
        stopWatching();
        if (!settle(() => decode(reply)) && !isTakenBack) request.onLateAnswer?.(reply);
      },
      (error: Error) => {
        failed?.(error);
        stopWatching();
        settle(() => refuse(cause === undefined ? error : neverSent(request, limits, cause)));
      },
    );
  });
}

/** Settles a promise with the first outcome, and tells whether this was it; later ones are not even looked at. */
function settleOnce<R>(
  resolve: (result: R | Promise<R>) => void,
  reject: (error: Error) => void,
): (outcome: () => R | Promise<R>) => boolean {
  let isOver = false;
  return (outcome) => {
    if (isOver) return false;
    isOver = true;
    try {
      resolve(outcome());
    } catch (error) {
      reject(error as Error);
    }
    return true;
  };
}

/** Gives up once, when the time is over or the signal aborts, unless the returned function is called before. */
export function watchLimits({ signal, timeoutMs }: CallOptions, giveUp: (reason: unknown) => void): () => void {
  const end = (reason: unknown): void => {
    stop();
    giveUp(reason);
  };
  const overdue = (): void => end(new Error(`no reply within ${timeoutMs} ms`));
  const timer = timeoutMs === undefined ? undefined : setTimeout(overdue, Math.min(timeoutMs, LONGEST_TIMER_MS));
  const stopListening = signal === undefined ? undefined : onAbort(signal, () => end(signal.reason));
  const stop = (): void => {
    clearTimeout(timer);
    stopListening?.();
  };
  return stop;
}

function neverSent(request: Request, { signal, timeoutMs }: CallOptions, cause: unknown): RedatomError {
  return notSent(factsOf(request, cause), whyGivenUp(cause, signal, `no connection within ${roundedMs(timeoutMs)}`));
}

function overdue(request: Request, { signal, timeoutMs }: CallOptions, cause: unknown): RedatomError {
  const why = whyGivenUp(cause, signal, `none arrived within ${roundedMs(timeoutMs)}`);
  return withoutReply(factsOf(request, cause), { write: request.write, why });
}

/** What is left of a time limit is a fraction. */
function roundedMs(timeoutMs = 0): string {
  return `${Math.ceil(timeoutMs)} ms`;
}
