import { setTimeout as sleep } from 'node:timers/promises';
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

/** Waits until a replica has taken over from a primary that is gone. */
export async function untilPromoted(cluster: TestCluster, replica: number): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!String(await cluster.ask(replica, 'INFO', 'replication')).includes('role:master')) {
    if (Date.now() > deadline) throw new Error('no replica took over');
    await sleep(50);
  }
}
