import type { NodeClient, PoolClient } from '../node-redis/client-shapes';
import { bareClient, bareOptions } from '../node-redis/command-options';
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
    send: ({ args }, options) => pool.sendCommand(args as string[], bareOptions(options)),
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
    borrow: (work) =>
      pool.execute((client) => work(oneServer(() => bareClient(client as unknown as NodeClient)))) as ReturnType<typeof work>,
    // The copy is not part of the pool, and must not keep one of its connections occupied.
    isolate: (_destination, work, limits) => isolated(() => pool.execute((client) => client) as Promise<NodeClient>, work, limits),
  };
}
