import { createCluster } from 'redis';

/** A cluster client of node-redis. */
export type ClusterClient = ReturnType<typeof clusterClient>;

export function clusterClient(urls: readonly string[]) {
  const client = createCluster({
    rootNodes: urls.map((url) => ({ url })),
    topologyRefreshOnReconnectionAttemptStrategy: 300,
    defaults: { socket: { reconnectStrategy: 100 } },
  });
  client.on('error', () => undefined);
  return client;
}
