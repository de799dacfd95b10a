import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import type { ClusterNode } from './commands/command';
import { SLOT_COUNT } from './commands/slot';
import { Dispatcher } from './server/dispatcher';
import { Listener } from './server/listener';
import { Clock } from './state/clock';
import { PubSub } from './state/pub-sub';
import { ServerState } from './state/server-state';

/** Options of {@link startEmbeddedRedis}. */
export interface EmbeddedRedisOptions {
  /** TCP port; 0, the default, takes a free one. The nodes of a cluster take consecutive ports from this one on, or free ones. */
  readonly port?: number | undefined;
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Starts a cluster with this number of masters, and this number of replicas for each of them (default 0). */
  readonly cluster?: { readonly masters: number; readonly replicas?: number | undefined } | undefined;
  /** Number of databases. Default 16; a cluster has one. */
  readonly databases?: number | undefined;
  /** Password of the default user; none by default. */
  readonly password?: string | undefined;
}

const OPTIONS = { port: true, host: true, cluster: true, databases: true, password: true } satisfies Record<
  keyof EmbeddedRedisOptions,
  true
>;
const CLUSTER_OPTIONS = { masters: true, replicas: true } satisfies Record<keyof NonNullable<EmbeddedRedisOptions['cluster']>, true>;

/** The clock of an embedded server. */
export interface EmbeddedClock {
  /** Milliseconds since 1970, as the server sees it. */
  now(): number;
  /** Moves the time forward by `ms` milliseconds, so that times to live and leases run out without waiting. */
  advance(ms: number): void;
}

/** A running embedded server. */
export interface EmbeddedRedis {
  /** URL of the server, or of the first node of the cluster. */
  readonly url: string;
  readonly port: number;
  /** The addresses of all nodes. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  readonly clock: EmbeddedClock;
  /** Removes all keys of all databases on all nodes. */
  flush(): void;
  /** Cuts all connections and frees the ports. */
  close(): Promise<void>;
  /** The number of commands that clients have sent; commands inside scripts are not counted. */
  commandCount(): number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** An address to listen on. */
interface Address {
  readonly host: string;
  readonly port: number;
}

interface Node {
  readonly server: ServerState;
  readonly listener: Listener;
}

/**
 * Starts a Redis-compatible server with JSON in this process.
 *
 * @example
 * ```ts
 * await using redis = await startEmbeddedRedis();
 * const client = await createClient({ url: redis.url }).connect();
 * ```
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions = {}): Promise<EmbeddedRedis> {
  refuseUnknown(options, OPTIONS, 'startEmbeddedRedis()');
  if (options.cluster !== undefined) refuseUnknown(options.cluster, CLUSTER_OPTIONS, 'cluster');
  const { port = 0, host = '127.0.0.1', cluster, databases = 16, password } = options;
  requireCount('databases', databases, 1);
  const clock = new Clock();
  const common = { clock, pubSub: new PubSub(), password };
  const nodes: Node[] = [];
  try {
    if (cluster === undefined) {
      const server = new ServerState({ ...common, databases });
      nodes.push({ server, listener: await Listener.open({ host, port }, () => new Dispatcher(server, undefined)) });
    } else {
      const newShard = (): ServerState => new ServerState({ ...common, databases: 1 });
      await startCluster({ masters: cluster.masters, replicas: cluster.replicas ?? 0, newShard }, { host, port }, nodes);
    }
  } catch (error) {
    await Promise.all(nodes.map(({ listener }) => listener.close()));
    throw error;
  }
  return embeddedRedis(nodes, clock, password);
}

/** Unknown options are refused, because ignoring a misspelled option would hide the mistake. */
function refuseUnknown(options: object, known: Readonly<Record<string, true>>, what: string): void {
  const names = Object.keys(known);
  if (typeof options !== 'object' || (options as unknown) === null)
    throw new TypeError(`${what} takes its options as an object, such as { ${names[0]} }, found ${JSON.stringify(options)}`);
  const name = Object.keys(options).find((candidate) => !Object.hasOwn(known, candidate));
  if (name !== undefined) throw new TypeError(`${what} knows no option "${name}"; it takes ${names.join(', ')}`);
}

/** Checked early: without a database, for example, the first request of a client would end this process. */
function requireCount(name: string, count: number, least: number): void {
  if (Number.isInteger(count) && count >= least) return;
  throw new RangeError(`${name} must be a whole number of at least ${least}, found ${inspect(count)}`);
}

interface Layout {
  readonly masters: number;
  /** For each master. Replicas share the data of their master, so they never lag behind. */
  readonly replicas: number;
  readonly newShard: () => ServerState;
}

/** Starts one node after the other, and adds each to `nodes`. */
async function startCluster({ masters, replicas, newShard }: Layout, { host, port: firstPort }: Address, nodes: Node[]): Promise<void> {
  requireCount('masters', masters, 1);
  requireCount('replicas', replicas, 0);
  const described: ClusterNode[] = [];
  for (let shard = 0; shard < masters; shard += 1) {
    const server = newShard();
    for (let member = 0; member <= replicas; member += 1) {
      const dispatcherAt = (port: number): Dispatcher => {
        const master = member === 0 ? undefined : described[described.length - member];
        const self: ClusterNode = { id: nodeId(host, port), host, port, slots: slotsOf(shard, masters), master };
        described.push(self);
        return new Dispatcher(server, { self, nodes: described });
      };
      const port = firstPort === 0 ? 0 : firstPort + nodes.length;
      nodes.push({ server, listener: await Listener.open({ host, port }, dispatcherAt) });
    }
  }
}

function nodeId(host: string, port: number): string {
  return createHash('sha1').update(`${host}:${port}`).digest('hex');
}

function slotsOf(shard: number, masters: number): ClusterNode['slots'] {
  const first = Math.ceil((shard * SLOT_COUNT) / masters);
  return { first, last: Math.ceil(((shard + 1) * SLOT_COUNT) / masters) - 1 };
}

/** How often expired keys are removed even if no client asks for them. */
const SWEEP_EVERY_MS = 100;

function embeddedRedis(nodes: readonly Node[], clock: Clock, password: string | undefined): EmbeddedRedis {
  const addresses = nodes.map(({ listener }) => listener.address);
  const [first] = addresses as [Address];
  const servers = [...new Set(nodes.map(({ server }) => server))];
  const sweep = (): void => servers.forEach((server) => server.databases.forEach((database) => database.removeExpired()));
  const timer = setInterval(sweep, SWEEP_EVERY_MS).unref();
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  const close = async (): Promise<void> => {
    clearInterval(timer);
    await Promise.all(nodes.map(({ listener }) => listener.close()));
  };
  const handle = {
    url: `redis://${credentials}${first.host}:${first.port}`,
    port: first.port,
    addresses,
    clock: { now: () => clock.now(), advance: (ms: number) => clock.advance(ms) },
    flush: () => servers.forEach((server) => server.clear()),
    close,
    commandCount: () => servers.reduce((sum, server) => sum + server.commandCount, 0),
    [Symbol.asyncDispose]: close,
    // Without the URL, which holds the password.
    [inspect.custom]: () => `EmbeddedRedis { ${addresses.map(({ host, port }) => `${host}:${port}`).join(', ')} }`,
  };
  return handle;
}
