import { clusterClient, type ClusterClient } from './cluster-client';
import { startCluster, type ClusterOptions, type TestCluster } from '../../support/servers/cluster';

/** Starts a cluster for a file of tests, and connects a client to it. */
export function useCluster(options: ClusterOptions = {}): { readonly cluster: TestCluster; readonly client: ClusterClient } {
  let cluster: TestCluster | undefined;
  let client: ClusterClient | undefined;
  beforeAll(async () => {
    cluster = await startCluster(options);
    client = await clusterClient(cluster.urls).connect();
  });
  afterAll(async () => {
    client?.destroy();
    await cluster?.stop();
  });
  return {
    get cluster() {
      return cluster as TestCluster;
    },
    get client() {
      return client as ClusterClient;
    },
  };
}
