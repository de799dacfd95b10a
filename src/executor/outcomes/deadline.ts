import type { RedatomError } from '../../errors/base';
import type { Request } from '../request';
import type { CallOptions } from '../../input/call-options';
import { watchLimits } from '../../async/watch-limits';
import { promised } from '../../async/promised';
import { fateOfRequest, wasNeverWritten } from './reply-errors';
import type { SendOptions } from '../node-redis/client-shapes';
import type { SilenceWatch } from './silence';
import { Unsent } from './unsent';

/** Longest time for what names none and needs a connection that is down or has to be made, in milliseconds. */
export const OFFLINE_TIMEOUT_MS = 10_000;

/** How a request is sent. */
export interface Sender {
  readonly send: (options: SendOptions | undefined) => Promise<unknown>;
  /**
   * It is written in this turn of the event loop, so the client is not told how to take it back: that costs a third of a small command. Only when the
   * connection is lost in that turn it still waits; this sees to it that it never runs then, and tells so.
   */
  readonly takeBack?: (() => boolean) | undefined;
  /** Why there is no connection, as far as it is known. */
  readonly obstacle?: (() => unknown) | undefined;
  /** Notices when it is not answered, also when nobody waits for it any more: a call that is given up earlier shows a silent server, too. */
  readonly silence?: SilenceWatch | undefined;
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
  { send, takeBack, obstacle, silence }: Sender,
  request: Request,
  { limits: { signal, timeoutMs }, decode, refuse }: Receiver<R> & { readonly limits: CallOptions },
): Promise<R> {
  if (signal?.aborted === true) return promised(() => Promise.resolve(refuse(fateOfRequest(request, signal.reason, { isSent: false }))));
  return new Promise<R>((resolve, reject) => {
    const fate = (isSent: boolean): RedatomError =>
      fateOfRequest(request, cause, { isSent, refusal: unsent?.refusal, obstacle: obstacle?.() });
    const unsent = takeBack === undefined ? new Unsent() : undefined;
    const isFirst = firstOnly();
    let cause: unknown;
    let isUnsent = false;
    const stopWatching = watchLimits({ signal, timeoutMs }, (reason) => {
      cause = reason;
      unsent?.abort();
      // What no connection has got by now is refused by all of them.
      isUnsent = takeBack?.() === true || unsent?.isHandedOver === false;
      // The client rejects an unwritten command at once; if it did not, the command is on its way.
      setImmediate(() => {
        if (isFirst()) resolve(promised(() => Promise.resolve(refuse(fate(!isUnsent)))));
      });
    });
    silence?.begin();
    const outcome = send(unsent && { abortSignal: unsent }).then(
      (reply) => {
        silence?.end();
        stopWatching();
        if (isFirst()) return decode(reply);
        if (!isUnsent) request.onLateAnswer?.(reply);
        return undefined;
      },
      (error: Error) => {
        silence?.fail(error);
        stopWatching();
        // What is on its way can still be refused, or lose its connection, like any other.
        isUnsent ||= cause !== undefined && wasNeverWritten(error);
        return isFirst() ? refuse(isUnsent ? fate(false) : error) : undefined;
      },
    );
    // Handed over as they are, so that the trace of an error leads to who waits. What comes second settles nothing any more.
    outcome.then(resolve as (result: R | undefined) => void, reject);
  });
}

/** Answers true once: what follows comes too late. */
function firstOnly(): () => boolean {
  let isOver = false;
  return () => {
    const wasOver = isOver;
    isOver = true;
    return !wasOver;
  };
}
