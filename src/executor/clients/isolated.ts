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
 * Runs work on a copy of a connection, which has to open within the limits. The copy does not reconnect when it is lost, because state that the
 * server kept for it, such as watched keys, would be gone unnoticed.
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

/** Refuses a closed client, whose copy would connect nevertheless. */
async function lent(lend: () => NodeClient | Promise<NodeClient>): Promise<NodeClient> {
  try {
    const client = await lend();
    refuseClosed(client);
    return client;
  } catch (error) {
    throw connectFailure(error);
  }
}

/** Where to reach a server, if not at the address that it reports. */
export interface Reached {
  readonly host?: string;
  readonly port?: number;
}

/** A copy of a connection that does not reconnect when it is lost. */
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
