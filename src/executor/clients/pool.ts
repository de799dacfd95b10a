import type { NodeClient, PoolClient } from '../node-redis/client-shapes';
import { bareClient } from '../node-redis/command-options';
import { copyOf } from './copy';
import { connectSubscriber, type Link } from './link';
import { isolated } from './isolated';
import { oneServer, type ServerSource } from './servers';

export function poolLink(pool: PoolClient): Link {
  return {
    get isReady() {
      return pool.isOpen;
    },
    keepsOrder: false,
    send: ({ args }, options) => onBareClient(pool, (client) => client.sendCommand(args, options)),
    servers: poolServers(pool),
    openSubscriber: async (givenUp) => {
      let opened: Promise<unknown> | undefined;
      await pool.execute((client) => {
        opened = connectSubscriber(copyOf(client), givenUp);
      });
      return opened as ReturnType<Link['openSubscriber']>;
    },
    close: async () => {
      if (pool.isOpen) await pool.close();
    },
  };
}

/** A batch has one connection of the pool to itself, so its commands keep their order. */
function poolServers(pool: PoolClient): ServerSource {
  return {
    hasSlots: false,
    get isReady() {
      return pool.isOpen;
    },
    borrow: (work) => onBareClient(pool, (client) => work(oneServer(() => client))),
    // The copy is not part of the pool, and must not keep one of its connections occupied.
    isolate: (_destination, work, limits) => isolated(() => pool.execute((client) => client) as Promise<NodeClient>, work, limits),
  };
}

/** Not by a command of the pool, which would have options of its owner that must not apply to ours. */
function onBareClient<T>(pool: PoolClient, work: (client: NodeClient) => Promise<T>): Promise<T> {
  return pool.execute((client) => work(bareClient(client as unknown as NodeClient))) as Promise<T>;
}
