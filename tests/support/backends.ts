import { startEmbeddedRedis } from 'redatom/testing';
import { Backend, numberOfThisWorker } from './backend';
import { ClusterBackend } from './cluster-backend';
import { availableFlavours, startServer, type Flavour, type Server } from './servers';

export { Backend, type RawClient } from './backend';

/** What the global setup started for this run: a server, or a cluster for each worker, by the addresses of its primaries. */
type Started = { readonly name: string } & ({ readonly url: string } | { readonly clusterUrls: readonly (readonly string[])[] });

/** Servers and clusters that the global setup started for this run. */
export function backends(): Backend[] {
  const started = JSON.parse(process.env['REDATOM_TEST_SERVERS'] ?? '[]') as Started[];
  if (started.length === 0) throw new Error('the global setup of jest.config.ts started no server');
  const worker = numberOfThisWorker();
  return started.map((each) => {
    if ('url' in each) return new Backend(each.name, withDatabase(each.url, worker));
    return new ClusterBackend(each.name, each.clusterUrls[worker - 1] as readonly string[]);
  });
}

/** Repeats a block of tests on every server, or cluster, of the run, each time on an empty database. */
export function describeOnEveryBackend(name: string, define: (backend: Backend) => void): void {
  describeOn(name, backends(), define);
}

/**
 * The same for tests that are about one server by nature, which `because` explains. A run on a cluster leaves them out and says so.
 */
export function describeOnEveryServer(name: string, because: string, define: (backend: Backend) => void): void {
  const servers = backends().filter(({ isCluster }) => !isCluster);
  if (servers.length > 0) return describeOn(name, servers, define);
  sayLeftOut(name, because);
  describe.skip(`${name} on one server`, () => define(new Backend('none', 'redis://127.0.0.1:1')));
}

/**
 * The same with a server of its own for each, and its database 0: RediSearch keeps indexes in no other, and drops all when any is emptied.
 */
export function describeOnOwnServers(name: string, define: (backend: () => Backend, server: string) => void): void {
  describeOnEveryServer(name, 'it has an index', (shared) => {
    let own: { readonly backend: Backend; readonly stop: () => Promise<void> };
    beforeAll(async () => {
      own = await anotherOf(shared.name);
    });
    define(() => own.backend, shared.name);
    // After what the tests have opened is closed: hooks run in this order.
    afterAll(() => own.stop());
  });
}

async function anotherOf(name: string): Promise<{ backend: Backend; stop: () => Promise<void> }> {
  const server = name === 'embedded' ? await startEmbeddedRedis() : await startLike(name);
  const backend = new Backend(name, server.url);
  const stop = async (): Promise<void> => {
    await backend.close();
    await ('stop' in server ? server.stop() : server.close());
  };
  return { backend, stop };
}

/** A server that REDIS_URL names may be of a flavour that cannot be started here. */
async function startLike(name: string): Promise<Server> {
  const flavours = await availableFlavours();
  const [instead] = flavours;
  if (instead === undefined || flavours.includes(flavourOf(name))) return startServer({ flavour: flavourOf(name) });
  process.stderr.write(
    `\n  ANOTHER SERVER: ${name} cannot be started here, so ${instead} takes its place where a test needs one of its own\n`,
  );
  return startServer({ flavour: instead });
}

/** The flavour of a server of this run, by its name. */
export function flavourOf(name: string): Flavour {
  if (name.startsWith('valkey')) return 'valkey';
  return name.startsWith('redis-stack') ? 'redis-stack' : 'redis';
}

/** The same for one test. */
export function testOnOneServer(backend: Backend, because: string): (name: string, work: () => unknown) => void {
  if (!backend.isCluster) return (name, work) => test(name, work as () => Promise<void>);
  return (name, work) => {
    sayLeftOut(name, because);
    test.skip(name, work as () => Promise<void>);
  };
}

/** What a run on a cluster does not show must not go unnoticed. */
function sayLeftOut(name: string, because: string): void {
  process.stderr.write(`\n  NOT RUN ON THE CLUSTER: ${name}\n    because it is about one server: ${because}\n`);
}

function describeOn(name: string, all: readonly Backend[], define: (backend: Backend) => void): void {
  describe.each(all.map((backend) => [backend.name, backend] as const))(`${name} on %s`, (_, backend) => {
    beforeAll(() => backend.flush());
    afterAll(() => backend.close());
    define(backend);
  });
}

function withDatabase(url: string, database: number): string {
  const withPath = new URL(url);
  withPath.pathname = `/${database}`;
  return withPath.href;
}
