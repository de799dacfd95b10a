import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisServiceError } from '../../errors/connection';
import { slotOf } from '../../path/slot';
import type { ClusterClient, SendOptions, StandaloneClient } from './client-shapes';
import { bareOptions } from './command-options';
import { clusterServers, learnAnew, uncovered } from './cluster-servers';
import { backoffMs } from '../backoff';
import type { Request } from '../executor';
import { borrowedSubscriber, type Link } from './link';
import { isPassing } from '../reply-errors';

export function clusterLink(cluster: ClusterClient): Link {
  return {
    get isReady() {
      return cluster.isOpen;
    },
    hasSlots: true,
    keepsOrder: true,
    servers: clusterServers(cluster),
    send: (request, options) => sendPatiently(cluster, request, options),
    primaries: () =>
      Promise.all(
        cluster.masters.map(async (node) => {
          const client = (await cluster.nodeClient(node as never)) as StandaloneClient;
          return (args: string[], options?: SendOptions) => client.sendCommand(args, bareOptions(options));
        }),
      ),
    openSubscriber: () => Promise.resolve(borrowedSubscriber(cluster)),
    close: async () => {
      if (cluster.isOpen) await cluster.close();
    },
  };
}

const PAUSES = { firstMs: 10, longestMs: 200 };
/** Together about five seconds: a slot that moves, or a replica that takes over, needs less. */
const MOST_ATTEMPTS = 30;

/** The client itself follows MOVED and ASK. */
async function sendPatiently(cluster: ClusterClient, request: Request, options?: SendOptions): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // Replicas, which a client with useReplicas asks what only reads, are behind: a lock would not protect what was read under it.
      return await cluster.sendCommand(request.key, false, request.args as string[], bareOptions(options));
    } catch (error) {
      const refusal = notSentBecause(cluster, request, error);
      const mayPass = refusal !== undefined || isPassing(error);
      if (!mayPass || attempt === MOST_ATTEMPTS || options?.abortSignal?.aborted === true) throw refusal ?? error;
      if (refusal !== undefined) await learnAnew(cluster);
    }
    await sleep(backoffMs(attempt - 1, PAUSES));
  }
}

/** The client stumbles over a slot for which it knows no server. Nothing was sent then, or what was sent was redirected. */
function notSentBecause(cluster: ClusterClient, { key, args: [command] }: Request, error: unknown): RedisServiceError | undefined {
  if (!(error instanceof TypeError) || key === undefined) return undefined;
  const slot = slotOf(key);
  return cluster.slots[slot] === undefined ? uncovered(slot, { key, command, cause: error }) : undefined;
}
