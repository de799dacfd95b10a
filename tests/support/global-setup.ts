import { provideServers, type Server } from './servers';
import { startCluster, type TestCluster } from './servers/cluster';

/** The variable through which test files learn which servers the run uses. */
const SERVERS_VARIABLE = 'REDATOM_TEST_SERVERS';

declare global {
  var redatomTestServers: Server[] | undefined;
  var redatomTestCluster: TestCluster | undefined;
}

export default async function globalSetup(): Promise<void> {
  if (process.env['REDATOM_CLUSTER'] === '1') return setUpCluster();
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

/** With REDATOM_CLUSTER=1 a cluster takes the place of the servers. */
async function setUpCluster(): Promise<void> {
  const cluster = await startCluster();
  globalThis.redatomTestCluster = cluster;
  process.stderr.write(`\nThis run uses a ${cluster.name}, version ${cluster.version}\n`);
  process.env[SERVERS_VARIABLE] = JSON.stringify([{ name: 'a cluster', url: cluster.urls[0], clusterUrls: cluster.urls }]);
}

const describeServer = ({ name, version, port }: Server): string => `  ${name}  version ${version}, port ${port}`;
