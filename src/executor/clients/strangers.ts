import { RedisConnectionError } from '../../errors/connection';
import type { IsolatedClient, NodeClient } from '../node-redis/client-shapes';
import type { Copy } from './copy';
import { connectCopy, isolatedCopyOf, type Reached } from './isolated';

/**
 * Connections to servers that the cluster client does not know, for one piece of work: redirections name a server that takes over its first slot
 * before the slot map has it.
 */
export class Strangers {
  private readonly opened = new Map<string, Promise<Copy<IsolatedClient>>>();
  private isOver = false;

  /** @param known - A connection to another server of the cluster, whose options the new one takes over. */
  to(address: string, known: NodeClient, reached: Reached = reachedAt(address)): Promise<NodeClient> {
    if (this.isOver) return Promise.reject(new RedisConnectionError(`nothing was sent to ${address}: it was given up before`));
    let opening = this.opened.get(address);
    if (opening === undefined) {
      opening = connectLike(known, reached);
      this.opened.set(address, opening);
      opening.catch(() => this.opened.delete(address));
    }
    return opening.then(({ client }) => client);
  }

  /** Drops all connections. */
  leave(): void {
    this.isOver = true;
    for (const opening of this.opened.values()) {
      opening.then(
        ({ drop }) => drop(),
        () => undefined,
      );
    }
  }
}

/** A redirection without a host means the host of the server that sent it. */
function reachedAt(address: string): Reached {
  const colon = address.lastIndexOf(':');
  const [host, port] = [address.slice(0, colon), Number(address.slice(colon + 1))];
  return host === '' || host === '?' ? { port } : { host, port };
}

async function connectLike(known: NodeClient, reached: Reached): Promise<Copy<IsolatedClient>> {
  const copy = isolatedCopyOf(known, reached);
  await connectCopy(copy);
  return copy;
}
