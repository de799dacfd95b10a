import { RedisConnectionError } from '../../errors/connection';
import type { CallOptions } from '../../input/call-options';
import { OFFLINE_TIMEOUT_MS } from '../outcomes/deadline';
import { refuseClosed } from '../outcomes/client-errors';
import { whyGivenUp } from '../outcomes/given-up';
import { connectFailure } from '../outcomes/reply-errors';
import { isAborted, runWithin } from '../../async/run-within';
import { copyOf, type Copy } from './copy';
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
  const { client, drop } = await connectedCopy(lend, limits);
  try {
    return await work(client);
  } finally {
    drop();
  }
}

async function connectedCopy(
  lend: () => NodeClient | Promise<NodeClient>,
  { signal, timeoutMs }: CallOptions,
): Promise<Copy<IsolatedClient>> {
  const opened: { copy?: Copy<IsolatedClient> } = {};
  const givenUp = await runWithin({ signal, timeoutMs: timeoutMs ?? OFFLINE_TIMEOUT_MS }, async (unsent) => {
    const client = await lent(lend);
    if (isAborted(unsent)) return;
    opened.copy = isolatedCopyOf(client);
    await connectCopy(opened.copy);
  });
  const { copy } = opened;
  if (givenUp === undefined && copy !== undefined) return copy;
  copy?.drop();
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
export function isolatedCopyOf(client: NodeClient, reached?: Reached): Copy<IsolatedClient> {
  return copyOf(bareClient(client), { ...reached, reconnectStrategy: false });
}

export async function connectCopy({ client, drop }: Copy<IsolatedClient>): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    drop();
    throw connectFailure(error);
  }
}
