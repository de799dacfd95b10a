import { provideServers, type Server } from './servers';

/** The variable through which test files learn which servers the run uses. */
const SERVERS_VARIABLE = 'REDATOM_TEST_SERVERS';

declare global {
  var redatomTestServers: Server[] | undefined;
}

export default async function globalSetup(): Promise<void> {
  const lines: string[] = [];
  const servers = await provideServers((line) => lines.push(line));
  globalThis.redatomTestServers = servers;
  process.stderr.write(['', 'Servers of this run:', ...servers.map(describeServer), ...lines.map((line) => `  (${line})`), ''].join('\n'));
  const problem = problemWith(servers);
  if (problem !== undefined) {
    await Promise.all(servers.map((server) => server.stop()));
    throw new Error(`${problem}\n${lines.join('\n')}`);
  }
  process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map(({ name, url }) => ({ name, url })));
}

const describeServer = ({ name, version, port }: Server): string => `  ${name}  version ${version}, port ${port}`;

/** A server that somebody named is enough; where we fetch servers ourselves, CI must not quietly run on one of the two. */
function problemWith(servers: readonly Server[]): string | undefined {
  if (servers.length === 0) return 'These tests need a server with RedisJSON and none could be found or fetched. What was tried:';
  const isFetched = servers.some(({ flavour }) => flavour === 'redis-stack' || flavour === 'valkey') && process.platform === 'linux';
  const mustBeTwo = process.env['CI'] === 'true' && isFetched && servers.every(({ pid }) => pid !== undefined);
  if (mustBeTwo && servers.length < 2) return 'CI runs on Redis Stack and on Valkey, and one of them is missing. What was tried:';
  return undefined;
}
