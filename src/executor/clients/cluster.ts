import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterClient, SendOptions, StandaloneClient } from './client-shapes';
import { bareOptions } from './command-options';
import { clusterServers } from './cluster-servers';
import type { Request } from '../executor';
import { borrowedSubscriber, type Link } from './link';

export function clusterLink(cluster: ClusterClient): Link {
  return {
    get isReady() {
      return cluster.isOpen;
    },
    hasSlots: true,
    servers: clusterServers(cluster),
    send: (request, options) => sendPatiently(cluster, request, options),
    primaries: () =>
      Promise.all(
        cluster.masters.map(async (node) => {
          const client = (await cluster.nodeClient(node as never)) as StandaloneClient;
          return (args: string[], options?: SendOptions) => client.sendCommand(args, bareOptions(options));
        }),
      ),
    openSubscriber: () => Promise.resolve(borrowedSubscriber(cluster)),
    close: async () => {
      if (cluster.isOpen) await cluster.close();
    },
  };
}

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;
/** Together about five seconds: a slot that moves, or a replica that takes over, needs less. */
const MOST_ATTEMPTS = 30;

/** The client follows MOVED and ASK. With these answers the server says that it did nothing and will be able to soon. */
const FOR_THE_MOMENT = /^(TRYAGAIN|CLUSTERDOWN|LOADING|MASTERDOWN)\b/;

async function sendPatiently(cluster: ClusterClient, { args, key, write }: Request, options?: SendOptions): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await cluster.sendCommand(key, !write, args as string[], bareOptions(options));
    } catch (error) {
      const isPassing = error instanceof Error && FOR_THE_MOMENT.test(error.message);
      if (!isPassing || attempt === MOST_ATTEMPTS || options?.abortSignal?.aborted === true) throw error;
    }
    await sleep(Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
  }
}
