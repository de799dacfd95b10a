import type { NodeClient } from './client-shapes';
import { bareClient } from './command-options';
import { toRedatomError } from '../reply-errors';

/**
 * Runs work on a copy of a connection. The copy does not connect again when it is lost: what the server knew about it, such as watched keys,
 * would be gone without a sign.
 */
export async function isolated<T>(client: NodeClient, work: (client: NodeClient) => Promise<T>): Promise<T> {
  const copy = bareClient(client).duplicate({ socket: { ...client.options?.socket, reconnectStrategy: false } });
  copy.on('error', () => undefined);
  await copy.connect().catch((error: unknown) => {
    throw toRedatomError(error, { args: ['HELLO'], key: undefined, write: false });
  });
  try {
    return await work(copy);
  } finally {
    copy.destroy();
  }
}
