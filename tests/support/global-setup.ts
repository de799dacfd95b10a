import { provideServers, type Server } from './servers';
import { startCluster, type TestCluster } from './servers/cluster';

/** The variable through which test files learn which servers the run uses. */
const SERVERS_VARIABLE = 'REDATOM_TEST_SERVERS';

declare global {
  var redatomTestServers: Server[] | undefined;
  var redatomTestClusters: TestCluster[] | undefined;
}

export default async function globalSetup({ maxWorkers }: { readonly maxWorkers: number }): Promise<void> {
  if (process.env['REDATOM_CLUSTER'] === '1') return setUpClusters(maxWorkers);
  const lines: string[] = [];
  const servers = await provideServers({ say: (line) => lines.push(line), complete: process.env['CI'] === 'true' }).catch(
    (cause: unknown) => {
      throw new Error([String(cause), 'What was tried:', ...lines].join('\n'), { cause });
    },
  );
  if (servers.length === 0) {
    throw new Error(['These tests need a server with RedisJSON and none could be found or fetched. What was tried:', ...lines].join('\n'));
  }
  globalThis.redatomTestServers = servers;
  process.stderr.write(['', 'Servers of this run:', ...servers.map(describeServer), ...lines.map((line) => `  (${line})`), ''].join('\n'));
  process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map(({ name, url }) => ({ name, url })));
}

/** With REDATOM_CLUSTER=1, clusters replace the servers: one for each worker, because a cluster has only one database. */
async function setUpClusters(maxWorkers: number): Promise<void> {
  const clusters = (globalThis.redatomTestClusters = [] as TestCluster[]);
  while (clusters.length < maxWorkers) clusters.push(await startCluster());
  for (const { name, version } of clusters) process.stderr.write(`\nThis run uses a ${name}, version ${version}\n`);
  process.env[SERVERS_VARIABLE] = JSON.stringify([{ name: 'a cluster', clusterUrls: clusters.map(({ urls }) => urls) }]);
}

const describeServer = ({ name, version, port }: Server): string => `  ${name}  version ${version}, port ${port}`;
