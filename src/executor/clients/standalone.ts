import type { NodeClient, StandaloneClient } from '../node-redis/client-shapes';
import { copyOf } from './copy';
import { connectSubscriber, type Link } from './link';
import { isolated } from './isolated';
import { oneServer, type ServerSource } from './servers';

/** @param current - The present client, which may be replaced. */
export function standaloneLink(current: () => StandaloneClient): Link {
  return {
    get isReady() {
      return current().isReady;
    },
    get epoch() {
      return current().socketEpoch;
    },
    get database() {
      return current().options?.database;
    },
    keepsOrder: true,
    send: ({ args }, options) => current().sendCommand(args as string[], options),
    servers: clientServers(current as () => unknown as () => NodeClient),
    openSubscriber: (givenUp) => connectSubscriber(copyOf(current()), givenUp),
    close: async () => {
      const client = current();
      if (client.isOpen) await client.close();
    },
  };
}

function clientServers(current: () => NodeClient): ServerSource {
  const servers = oneServer(current);
  return {
    hasSlots: false,
    get isReady() {
      return servers.isReady;
    },
    borrow: (work) => work(servers),
    isolate: (_destination, work, limits) => isolated(current, work, limits),
  };
}
