import { provideServers, type Server } from './servers';

/** The variable through which test files learn which servers the run uses. */
const SERVERS_VARIABLE = 'REDATOM_TEST_SERVERS';

declare global {
  var redatomTestServers: Server[] | undefined;
}

export default async function globalSetup(): Promise<void> {
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

const describeServer = ({ name, version, port }: Server): string => `  ${name}  version ${version}, port ${port}`;
