import type { ClusterClient, SentinelClient, StandaloneClient } from './client-shapes';
import type { Link } from './link';

export function clusterLink(cluster: ClusterClient): Link {
  return {
    get isReady() {
      return cluster.isOpen;
    },
    hasSlots: true,
    send: ({ args, key, write }, options) => cluster.sendCommand(key, !write, args as string[], options),
    primaries: () =>
      Promise.all(
        cluster.masters.map(async (node) => {
          const client = (await cluster.nodeClient(node as never)) as StandaloneClient;
          return (args: string[], options?: Parameters<StandaloneClient['sendCommand']>[1]) => client.sendCommand(args, options);
        }),
      ),
    openSubscriber: () => Promise.resolve(borrowed(cluster)),
    close: async () => {
      if (cluster.isOpen) await cluster.close();
    },
  };
}

export function sentinelLink(sentinel: SentinelClient): Link {
  return {
    get isReady() {
      return sentinel.isReady;
    },
    hasSlots: false,
    send: ({ args, write }, options) => sentinel.sendCommand(!write, args as string[], options),
    primaries: () => Promise.resolve([(args, options) => sentinel.sendCommand(true, args, options)]),
    openSubscriber: () => Promise.resolve(borrowed(sentinel)),
    close: async () => {
      if (sentinel.isOpen) await sentinel.close();
    },
  };
}

/** Clusters and sentinels keep a connection for messages themselves. */
function borrowed(client: ClusterClient | SentinelClient): Awaited<ReturnType<Link['openSubscriber']>> {
  return {
    on: () => undefined,
    subscribe: (channel, listener) => client.subscribe(channel, listener),
    unsubscribe: (channel, listener) => client.unsubscribe(channel, listener),
    close: () => undefined,
  };
}
