import { setTimeout as sleep } from 'node:timers/promises';
import { openClient } from '../clients';
import { startServer } from './index';
import type { Flavour, Server } from './server';

const SLOTS = 16_384;
const PRIMARIES = 3;

/** Long, so that a server starved on a busy machine does not count as gone, unless a test is about that. */
const NODE_TIMEOUT_MS = 60_000;

/** Every server contacts every other one at least twice in this time, so with a short one they soon form a cluster. */
const JOINING_TIMEOUT_MS = 1000;

/** The options of a cluster that tests vary. */
export interface ClusterOptions {
  readonly flavour?: Flavour;
  /** Milliseconds after which a server that is silent counts as gone, and its replica takes over. Default 60 000. */
  readonly nodeTimeoutMs?: number;
  /** More command-line arguments for each server. */
  readonly args?: readonly string[];
  /** How many replicas each primary has. Default 1. */
  readonly replicas?: 0 | 1;
}

/** A cluster of three primaries, usually with a replica each, on the loopback interface. */
export interface TestCluster {
  readonly name: string;
  readonly version: string;
  /** Addresses of the primaries as they were at the start. */
  readonly urls: readonly string[];
  /** The primaries first, then the replica of each in the same order. */
  readonly servers: readonly Server[];
  /** Sends one command to one of the servers. */
  ask(server: number, ...args: string[]): Promise<unknown>;
  /** Moves a slot with its keys from one primary to another, in the steps that an administrator's tool takes. */
  moveSlot(slot: number, from: number, to: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a cluster and resolves when every server agrees that all slots are served. */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const { flavour = 'redis-stack', nodeTimeoutMs = NODE_TIMEOUT_MS, replicas = 1 } = options;
  // A replica is listed only after it has heard from its primary, which by default is silent for seconds.
  const replication = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1', '--cluster-replica-validity-factor', '0'];
  const joining = ['--cluster-node-timeout', String(JOINING_TIMEOUT_MS)];
  const args = ['--cluster-enabled', 'yes', ...replication, ...joining, ...(options.args ?? [])];
  const servers: Server[] = [];
  const cluster = new LoopbackCluster(servers);
  try {
    while (servers.length < PRIMARIES * (1 + replicas)) servers.push(await startServer({ flavour, args }));
    await cluster.join();
    await Promise.all(servers.map((_, at) => cluster.ask(at, 'CONFIG', 'SET', 'cluster-node-timeout', String(nodeTimeoutMs))));
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

class LoopbackCluster implements TestCluster {
  private readonly clients = new Map<number, ReturnType<typeof openClient>>();

  constructor(readonly servers: readonly Server[]) {}

  get name(): string {
    return `cluster of ${this.servers[0]?.name}`;
  }

  get version(): string {
    return this.servers[0]?.version ?? 'unknown';
  }

  get urls(): string[] {
    return this.servers.slice(0, PRIMARIES).map(({ url }) => url);
  }

  async ask(server: number, ...args: string[]): Promise<unknown> {
    let client = this.clients.get(server);
    if (client === undefined) {
      client = openClient(this.servers[server]?.url as string);
      this.clients.set(server, client);
    }
    return (await client).sendCommand(args);
  }

  async join(): Promise<void> {
    await Promise.all(this.servers.map((_, at) => this.ask(at, 'CLUSTER', 'SET-CONFIG-EPOCH', String(at + 1))));
    for (let at = 0; at < PRIMARIES; at += 1) {
      const [start, end] = [Math.ceil((SLOTS / PRIMARIES) * at), Math.ceil((SLOTS / PRIMARIES) * (at + 1)) - 1];
      await this.ask(at, 'CLUSTER', 'ADDSLOTSRANGE', String(start), String(end));
    }
    // Every server meets every other one: gossip alone would take seconds to introduce them all.
    await Promise.all(
      this.servers.flatMap(({ port }) => this.servers.map((_, at) => this.ask(at, 'CLUSTER', 'MEET', '127.0.0.1', String(port)))),
    );
    await this.until(async (at) => String(await this.ask(at, 'CLUSTER', 'INFO')).includes(`cluster_known_nodes:${this.servers.length}`));
    for (let at = PRIMARIES; at < this.servers.length; at += 1) {
      const id = (await this.ask(at - PRIMARIES, 'CLUSTER', 'MYID')) as string;
      await this.eventually(async () => (await this.ask(at, 'CLUSTER', 'REPLICATE', id)) === 'OK');
    }
    await this.until(async (at) => String(await this.ask(at, 'CLUSTER', 'INFO')).includes('cluster_state:ok'));
    await this.until(async (at) => at < PRIMARIES || String(await this.ask(at, 'INFO', 'replication')).includes('master_link_status:up'));
    await this.until(async (at) =>
      ((await this.ask(at, 'CLUSTER', 'SLOTS')) as unknown[][]).every((range) => range.length === 2 + this.servers.length / PRIMARIES),
    );
  }

  async moveSlot(slot: number, from: number, to: number): Promise<void> {
    const [source, target] = (await Promise.all([this.ask(from, 'CLUSTER', 'MYID'), this.ask(to, 'CLUSTER', 'MYID')])) as [string, string];
    await this.ask(to, 'CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', source);
    await this.ask(from, 'CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', target);
    const port = String(this.servers[to]?.port);
    for (;;) {
      const keys = (await this.ask(from, 'CLUSTER', 'GETKEYSINSLOT', String(slot), '10')) as string[];
      if (keys.length === 0) break;
      await this.ask(from, 'MIGRATE', '127.0.0.1', port, '', '0', '5000', 'KEYS', ...keys);
    }
    for (const at of [to, from]) await this.ask(at, 'CLUSTER', 'SETSLOT', String(slot), 'NODE', target);
    await this.everybodyKnows(to);
  }

  /** If a slot is moved again before all servers know its owner, two of them claim it with equal right. */
  private async everybodyKnows(at: number): Promise<void> {
    const id = (await this.ask(at, 'CLUSTER', 'MYID')) as string;
    const epoch = /cluster_my_epoch:(\d+)/.exec(String(await this.ask(at, 'CLUSTER', 'INFO')))?.[1];
    await this.until(async (server) => {
      const line = String(await this.ask(server, 'CLUSTER', 'NODES'))
        .split('\n')
        .find((node) => node.startsWith(id));
      return line?.split(' ')[6] === epoch;
    });
  }

  async stop(): Promise<void> {
    for (const client of this.clients.values()) (await client.catch(() => undefined))?.destroy();
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  private async until(holds: (server: number) => Promise<boolean>): Promise<void> {
    for (const [at] of this.servers.entries()) await this.eventually(() => holds(at));
  }

  private async eventually(holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 40_000;
    let last: unknown;
    while (!(await holds().catch((error: unknown) => ((last = error), false)))) {
      if (Date.now() > deadline) throw new Error('the servers did not become a cluster in time', { cause: last });
      await sleep(50);
    }
  }
}
