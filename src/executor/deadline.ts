import { OutcomeUnknownError } from '../errors/commit';
import { RedisConnectionError } from '../errors/connection';
import type { CallOptions, Request } from './executor';
import type { SendOptions } from './client-shapes';

/**
 * Sends under a deadline. A request given up before it was written never runs; one given up after it was written has an unknown outcome
 * if it changes anything.
 */
export function sendWithin(
  send: (request: Request, options: SendOptions) => Promise<unknown>,
  request: Request,
  { signal, timeoutMs }: CallOptions,
): Promise<unknown> {
  const facts = { key: request.key, command: request.args[0] };
  if (signal?.aborted === true) {
    return Promise.reject(new RedisConnectionError(`${facts.command} was given up before it was sent`, { ...facts, cause: signal.reason }));
  }
  return new Promise((resolve, reject) => {
    const unsent = new AbortController();
    let cause: unknown;
    const giveUp = (reason: unknown): void => {
      cause = reason;
      unsent.abort();
      // The client rejects an unwritten command at once; if it did not, the command is on its way.
      setImmediate(() => {
        reject(
          request.write
            ? new OutcomeUnknownError({ ...facts, cause: reason })
            : new RedisConnectionError(`${facts.command} got no reply in time`, { ...facts, cause: reason }),
        );
      });
    };
    const onAbort = (): void => {
      giveUp(signal?.reason);
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs, new Error(`no reply within ${timeoutMs} ms`));
    signal?.addEventListener('abort', onAbort, { once: true });
    send(request, { abortSignal: unsent.signal })
      .catch((error: unknown) => {
        if (cause === undefined) throw error;
        throw new RedisConnectionError(`${facts.command} was given up before it was sent`, { ...facts, cause });
      })
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      });
  });
}
