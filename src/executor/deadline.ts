import { OutcomeUnknownError } from '../errors/commit';
import { RedisConnectionError } from '../errors/connection';
import type { SendOptions } from './client-shapes';
import type { CallOptions, Request } from './executor';

/** How a request is sent, and whether it may have to wait before it is written. */
export interface Sending {
  readonly send: (request: Request, options?: SendOptions) => Promise<unknown>;
  /** The connection is there, so that the request is written as soon as it is sent. */
  readonly isReady: boolean;
}

/**
 * Sends under a deadline. A request given up before it was written never runs; one given up after it was written has an unknown outcome
 * if it changes anything.
 */
export function sendWithin(sending: Sending, request: Request, limits: CallOptions): Promise<unknown> {
  const { signal, timeoutMs } = limits;
  if (signal?.aborted === true) return Promise.reject(neverSent(request, signal.reason));
  return signal === undefined && sending.isReady
    ? replyWithin(sending.send(request), request, timeoutMs)
    : sendRecallably(sending, request, limits);
}

/** A request that is on its way cannot be called back, which is half the cost of a deadline. */
function replyWithin(reply: Promise<unknown>, request: Request, timeoutMs: number | undefined): Promise<unknown> {
  if (timeoutMs === undefined) return reply;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(noReply(request, overdue(timeoutMs)));
    }, timeoutMs);
    reply.then(
      (answer) => {
        clearTimeout(timer);
        resolve(answer);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

function sendRecallably({ send }: Sending, request: Request, { signal, timeoutMs }: CallOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const unsent = new AbortController();
    let cause: unknown;
    const giveUp = (reason: unknown): void => {
      cause = reason;
      unsent.abort();
      // The client rejects an unwritten command at once; if it did not, the command is on its way.
      setImmediate(() => {
        reject(noReply(request, reason));
      });
    };
    const onAbort = (): void => {
      giveUp(signal?.reason);
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs, overdue(timeoutMs));
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    send(request, { abortSignal: unsent.signal }).then(
      (reply) => {
        settle();
        resolve(reply);
      },
      (error: unknown) => {
        settle();
        reject(cause === undefined ? (error as Error) : neverSent(request, cause));
      },
    );
  });
}

function overdue(timeoutMs: number): Error {
  return new Error(`no reply within ${timeoutMs} ms`);
}

function neverSent({ key, args }: Request, cause: unknown): RedisConnectionError {
  return new RedisConnectionError(`${args[0]} was given up before it was sent`, { key, command: args[0], cause });
}

function noReply({ key, args, write }: Request, cause: unknown): OutcomeUnknownError | RedisConnectionError {
  const facts = { key, command: args[0], cause };
  return write ? new OutcomeUnknownError(facts) : new RedisConnectionError(`${args[0]} got no reply in time`, facts);
}
