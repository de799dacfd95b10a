import type { RedatomError } from '../../errors/base';
import type { Request } from '../request';
import type { CallOptions } from '../../input/call-options';
import { watchLimits } from '../../async/watch-limits';
import { promised } from '../../async/promised';
import { fateOfRequest, wasNeverWritten } from './reply-errors';
import type { SendOptions } from '../node-redis/client-shapes';
import type { SilenceWatch } from './silence';
import { Unsent } from './unsent';

/** Default time limit, in milliseconds, of anything that needs a connection that is down or has to be made. */
export const OFFLINE_TIMEOUT_MS = 10_000;

/** How a request is sent. */
export interface Sender {
  readonly send: (options: SendOptions | undefined) => Promise<unknown>;
  /**
   * Present when the command is written in this turn of the event loop, so that the client gets no signal to take it back by: that would cost a third
   * of a small command. The command still waits only if the connection is lost in that turn; this makes sure that it never runs then, and returns
   * whether it did so.
   */
  readonly takeBack?: (() => boolean) | undefined;
  /** Why there is no connection, if known. */
  readonly obstacle?: (() => unknown) | undefined;
  /** Notices a missing answer, even to a call that was given up earlier: such a call reveals a silent server, too. */
  readonly silence?: SilenceWatch | undefined;
}

/** Makes the result of a call from its answer or failure. Called synchronously, so that answers are handled in the order in which they arrive. */
export interface Receiver<R> {
  readonly decode: (reply: unknown) => R | Promise<R>;
  readonly refuse: (error: unknown) => R | Promise<R>;
}

/** Sends under a deadline. A request given up before it was written never runs; one given up after that has an unknown outcome if it changes anything. */
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
      // Aborted now, a command that no connection has taken yet will be refused by all of them.
      isUnsent = takeBack?.() === true || unsent?.isHandedOver === false;
      // The client rejects an unwritten command at once; if it has not done so by then, the command is on its way.
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
        // A command on its way can still be refused or lose its connection, like any other.
        isUnsent ||= cause !== undefined && wasNeverWritten(error);
        return isFirst() ? refuse(isUnsent ? fate(false) : error) : undefined;
      },
    );
    // Passed as they are, so that the stack trace of an error leads to the caller. The later of two outcomes has no effect.
    outcome.then(resolve as (result: R | undefined) => void, reject);
  });
}

/** Returns true on the first call only: later outcomes are ignored. */
function firstOnly(): () => boolean {
  let isOver = false;
  return () => {
    const wasOver = isOver;
    isOver = true;
    return !wasOver;
  };
}
