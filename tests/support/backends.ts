import { Backend, numberOfThisWorker } from './backend';
import { ClusterBackend } from './cluster-backend';

export { Backend, type RawClient } from './backend';

/** What the global setup started for this run: a server, or one cluster for each worker, given by the addresses of its primaries. */
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
 * The same for tests that are about one server by nature; `because` says why. A run on a cluster skips them and prints the reason.
 */
export function describeOnEveryServer(name: string, because: string, define: (backend: Backend) => void): void {
  const servers = backends().filter(({ isCluster }) => !isCluster);
  if (servers.length > 0) return describeOn(name, servers, define);
  sayLeftOut(name, because);
  describe.skip(`${name} on one server`, () => define(new Backend('none', 'redis://127.0.0.1:1')));
}

/** The same for one test. */
export function testOnOneServer(backend: Backend, because: string): (name: string, work: () => unknown) => void {
  if (!backend.isCluster) return (name, work) => test(name, work as () => Promise<void>);
  return (name, work) => {
    sayLeftOut(name, because);
    test.skip(name, work as () => Promise<void>);
  };
}

/** Prints what a run on a cluster does not cover, so that it is noticed. */
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
