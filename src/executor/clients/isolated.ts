import { RedisConnectionError } from '../../errors/connection';
import type { CallOptions } from '../../input/call-options';
import { OFFLINE_TIMEOUT_MS } from '../outcomes/deadline';
import { refuseClosed } from '../outcomes/client-errors';
import { whyGivenUp } from '../outcomes/given-up';
import { connectFailure } from '../outcomes/reply-errors';
import { isAborted, runWithin } from '../../async/run-within';
import type { IsolatedClient, NodeClient } from '../node-redis/client-shapes';
import { bareClient } from '../node-redis/command-options';

/**
 * Runs work on a copy of a connection, which is there within the limits. The copy does not connect again when it is lost: what the server knew about it,
 * such as watched keys, would be gone without a sign.
 */
export async function isolated<T>(
  lend: () => NodeClient | Promise<NodeClient>,
  work: (client: NodeClient) => Promise<T>,
  limits: CallOptions,
): Promise<T> {
  const copy = await connectedCopy(lend, limits);
  try {
    return await work(copy);
  } finally {
    drop(copy);
  }
}

async function connectedCopy(lend: () => NodeClient | Promise<NodeClient>, { signal, timeoutMs }: CallOptions): Promise<IsolatedClient> {
  const opened: { copy?: IsolatedClient } = {};
  const givenUp = await runWithin({ signal, timeoutMs: timeoutMs ?? OFFLINE_TIMEOUT_MS }, async (unsent) => {
    const client = await lent(lend);
    if (isAborted(unsent)) return;
    opened.copy = copyOf(client);
    await connectCopy(opened.copy);
  });
  const { copy } = opened;
  if (givenUp === undefined && copy !== undefined) return copy;
  if (copy !== undefined) drop(copy);
  const why = whyGivenUp(givenUp, 'none');
  throw new RedisConnectionError(`nothing was sent: no connection of its own was there in time: ${why}`, { cause: givenUp });
}

/** A copy of a closed client would connect all the same. */
async function lent(lend: () => NodeClient | Promise<NodeClient>): Promise<NodeClient> {
  try {
    const client = await lend();
    refuseClosed(client);
    return client;
  } catch (error) {
    throw connectFailure(error);
  }
}

/** Where a server is reached, when not where it says it is. */
export interface Reached {
  readonly host?: string;
  readonly port?: number;
}

/** A connection like another one, which does not connect again when it is lost. */
export function copyOf(client: NodeClient, reached?: Reached): IsolatedClient {
  const copy = bareClient(client).duplicate({ socket: { ...client.options?.socket, ...reached, reconnectStrategy: false } });
  copy.on('error', () => undefined);
  return copy;
}

export async function connectCopy(copy: IsolatedClient): Promise<void> {
  try {
    await copy.connect();
  } catch (error) {
    drop(copy);
    throw connectFailure(error);
  }
}

/** Some versions of the client refuse to destroy a connection that has given up by itself. */
export function drop(copy: IsolatedClient): void {
  if (copy.isOpen) copy.destroy();
}
