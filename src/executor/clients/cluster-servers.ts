import type { ClusterClient, NodeClient } from '../node-redis/client-shapes';
import type { ErrorFacts } from '../../errors/base';
import { RedisConnectionError, RedisServiceError } from '../../errors/connection';
import { slotOf } from '../../path/slot';
import type { Argument } from '../commands/recorded-command';
import { reasonOf } from '../outcomes/given-up';
import { isolated } from './isolated';
import type { Destination, ServerSource, Servers } from './servers';
import { refuseClosed } from '../outcomes/client-errors';
import { bareClient } from '../node-redis/command-options';
import { Strangers } from './strangers';

/** The part of node-redis' record of a cluster server that redatom uses. */
interface ClusterNode {
  readonly client?: NodeClient;
  /** Set while the client connects. */
  readonly connectPromise?: Promise<NodeClient>;
}

/** State that all borrowers of a cluster's servers share. */
interface Shared {
  turn: number;
  refreshing: Promise<void> | undefined;
}

export function clusterServers(cluster: ClusterClient): ServerSource {
  const shared: Shared = { turn: 0, refreshing: undefined };
  const lend = <T>(work: (servers: ClusterServers) => Promise<T>): Promise<T> => {
    const servers = new ClusterServers(cluster, shared);
    return work(servers).finally(() => servers.leave());
  };
  return {
    hasSlots: true,
    get isReady() {
      return isEveryPrimaryReady(cluster);
    },
    borrow: async (work) => {
      refuseClosed(cluster);
      return lend(work);
    },
    isolate: (destination, work, limits) => lend((servers) => isolated(() => servers.clientAt(destination), work, limits)),
  };
}

/** The refusal that servers give for a slot that no server has. */
export function uncovered(slot: number | undefined, facts: ErrorFacts = {}): RedisServiceError {
  return new RedisServiceError('CLUSTERDOWN', `CLUSTERDOWN no server of the cluster is known for slot ${slot}`, facts);
}

/**
 * Reloads the whole slot map. The cluster client does so only when a server answers MOVED, which takes a known server to ask; it has no public method for it.
 */
export async function learnAnew(cluster: ClusterClient): Promise<void> {
  const nodes = cluster.masters as readonly ClusterNode[];
  const asked = nodes.find(({ client }) => client?.isReady === true) ?? nodes[0];
  await cluster._slots?.rediscover?.(asked?.client as never).catch(() => undefined);
}

/** All primaries. Refuses while none is known: a command for every primary would be sent nowhere, and count as done. */
function primariesOf(cluster: ClusterClient): readonly unknown[] {
  refuseClosed(cluster);
  if (cluster.masters.length === 0) throw new RedisConnectionError('nothing was sent: the client is still connecting to the cluster');
  return cluster.masters;
}

function refuseUnreachable(error: unknown): never {
  throw new RedisConnectionError(`nothing was sent: no connection to a server of the cluster: ${reasonOf(error)}`, { cause: error });
}

function isEveryPrimaryReady({ masters }: ClusterClient): boolean {
  return masters.every((node) => (node as ClusterNode).client?.isReady === true);
}

/** Whether the server of a key is reachable, as far as is known: a client with minimal connections has none to a server before its first command there. */
export function isReadyFor({ slots }: ClusterClient, key: string): boolean {
  const node = slots[slotOf(key)]?.master as ClusterNode | undefined;
  return node !== undefined && node.client?.isReady !== false;
}

class ClusterServers implements Servers {
  readonly hasSlots = true;
  private readonly strangers = new Strangers();

  constructor(
    private readonly cluster: ClusterClient,
    private readonly shared: Shared,
  ) {}

  get isReady(): boolean {
    return isEveryPrimaryReady(this.cluster);
  }

  ofSlot(slot: number | undefined): NodeClient | Promise<NodeClient> {
    const node = this.primaryOf(slot);
    return node === undefined ? this.learnedOf(slot) : this.clientOf(node);
  }

  async clientAt({ slot, address }: Destination): Promise<NodeClient> {
    refuseClosed(this.cluster);
    return address === undefined ? this.ofSlot(slot) : this.redirected(address, slot);
  }

  async primaries(): Promise<NodeClient[]> {
    return Promise.all(primariesOf(this.cluster).map(async (node) => this.clientOf(node)));
  }

  async at(address: string): Promise<NodeClient | undefined> {
    const node = this.cluster.nodeByAddress.get(address);
    return node === undefined ? undefined : this.clientOf(node);
  }

  async redirected(address: string, slot: number | undefined): Promise<NodeClient> {
    const named = await this.at(address);
    if (named !== undefined) return named;
    const { nodeAddressMap } = this.cluster._options ?? {};
    const reached = typeof nodeAddressMap === 'function' ? nodeAddressMap(address) : nodeAddressMap?.[address];
    const known = await this.ofSlot(slot);
    return this.strangers.to(address, known, reached);
  }

  /** Called when the work that borrowed the servers has ended. */
  leave(): void {
    this.strangers.leave();
  }

  /** The cluster client has no method to refresh the slot map, but it reloads the map when a server tells it that it asked the wrong one. */
  refresh(key: Argument | undefined): Promise<void> {
    const asked = key ?? 'redatom';
    this.shared.refreshing ??= this.cluster
      .sendCommand(asked, false, ['EXISTS', asked])
      .catch(() => undefined)
      .then(() => {
        this.shared.refreshing = undefined;
      });
    return this.shared.refreshing;
  }

  private primaryOf(slot: number | undefined): unknown {
    return slot === undefined ? this.anyPrimary() : this.cluster.slots[slot]?.master;
  }

  private async learnedOf(slot: number | undefined): Promise<NodeClient> {
    await learnAnew(this.cluster);
    const node = this.primaryOf(slot);
    if (node === undefined) throw uncovered(slot);
    return this.clientOf(node);
  }

  private anyPrimary(): unknown {
    const { masters } = this.cluster;
    this.shared.turn = (this.shared.turn + 1) % Math.max(masters.length, 1);
    return masters[this.shared.turn];
  }

  private clientOf(node: unknown): NodeClient | Promise<NodeClient> {
    const { client, connectPromise } = node as ClusterNode;
    // The cluster client's nodeClient() returns a promise for each command of a batch, even where the client is at hand.
    if (client !== undefined && connectPromise === undefined) return bareClient(client);
    return Promise.resolve(this.cluster.nodeClient(node as never) as NodeClient | Promise<NodeClient>).then(bareClient, refuseUnreachable);
  }
}
