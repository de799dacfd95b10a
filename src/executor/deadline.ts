import type { RedatomError } from '../errors/base';
import { OutcomeUnknownError } from '../errors/commit';
import { RedisConnectionError } from '../errors/connection';
import type { CallOptions, Request } from './executor';
import type { SendOptions } from './clients/client-shapes';
import { Alarm } from './alarm';
import { Unsent } from './unsent';

/** How a request is sent. */
export interface Sender {
  readonly send: (request: Request, options: SendOptions | undefined) => Promise<unknown>;
  /** It is written at once, so there is nothing to take back: to tell the client how costs a third of a small command. */
  readonly writesAtOnce?: boolean;
  /** Called when it was answered, also when nobody waits for it any more. */
  readonly answered?: () => void;
  /** Called when it has failed, likewise. */
  readonly failed?: (error: unknown) => void;
}

/**
 * Sends under a deadline. A request given up before it was written never runs; one given up after it was written has an unknown outcome
 * if it changes anything.
 */
export function sendWithin(
  { send, writesAtOnce, answered, failed }: Sender,
  request: Request,
  { signal, timeoutMs }: CallOptions,
): Promise<unknown> {
  if (signal?.aborted === true) return Promise.reject(notSent(request, signal.reason));
  return new Promise((resolve, reject) => {
    const unsent = writesAtOnce === true ? undefined : new Unsent();
    let cause: unknown;
    const giveUp = (reason: unknown): void => {
      cause = reason;
      unsent?.abort();
      // The client rejects an unwritten command at once; if it did not, the command is on its way.
      setImmediate(() => {
        reject(withoutReply(request, reason));
      });
    };
    const onAbort = (): void => {
      giveUp(signal?.reason);
    };
    const overdue = (): void => giveUp(new Error(`no reply within ${timeoutMs} ms`));
    const alarm = timeoutMs === undefined ? undefined : new Alarm(timeoutMs, overdue);
    signal?.addEventListener('abort', onAbort, { once: true });
    const stopWaiting = (): void => {
      alarm?.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
    send(request, unsent && { abortSignal: unsent }).then(
      (reply) => {
        answered?.();
        stopWaiting();
        resolve(reply);
      },
      (error: Error) => {
        failed?.(error);
        stopWaiting();
        reject(cause === undefined ? error : notSent(request, cause));
      },
    );
  });
}

function notSent({ key, args: [command] }: Request, cause: unknown): RedisConnectionError {
  return new RedisConnectionError(`${command} was given up before it was sent`, { key, command, cause });
}

function withoutReply({ key, args: [command], write }: Request, cause: unknown): RedatomError {
  const facts = { key, command, cause };
  return write ? new OutcomeUnknownError(facts) : new RedisConnectionError(`${command} got no reply in time`, facts);
}
