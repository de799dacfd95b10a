import { createCluster } from 'redis';
import { startCluster, type TestCluster } from '../../support/servers/cluster';

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

/** Starts a cluster for a file of tests, and connects a client to it. */
export function useCluster(): { readonly cluster: TestCluster; readonly client: ClusterClient } {
  let cluster: TestCluster | undefined;
  let client: ClusterClient | undefined;
  beforeAll(async () => {
    cluster = await startCluster();
    client = await clusterClient(cluster.urls).connect();
  }, 60_000);
  afterAll(async () => {
    client?.destroy();
    await cluster?.stop();
  }, 20_000);
  return {
    get cluster() {
      return cluster as TestCluster;
    },
    get client() {
      return client as ClusterClient;
    },
  };
}
