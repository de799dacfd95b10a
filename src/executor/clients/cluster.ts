import { setTimeout as sleep } from 'node:timers/promises';
import type { RedatomError } from '../../errors/base';
import { RedisConnectionError, RedisServiceError } from '../../errors/connection';
import { slotOf } from '../../path/slot';
import type { ClusterClient, SendOptions } from '../node-redis/client-shapes';
import { bareOptions } from '../node-redis/command-options';
import { clusterServers, isReadyFor, learnAnew, uncovered } from './cluster-servers';
import { backoffMs } from '../../async/backoff';
import type { Request } from '../request';
import { borrowedSubscriber, type Link } from './link';
import { isPassing, isServerAnswer } from '../outcomes/reply-errors';

export function clusterLink(cluster: ClusterClient): Link {
  return {
    get isReady() {
      return cluster.isOpen;
    },
    isReadyFor: (key) => isReadyFor(cluster, key),
    // What a slot that moves makes the client send again comes after what it sends by a newer map.
    keepsOrder: false,
    servers: clusterServers(cluster),
    send: (request, options) => sendPatiently(cluster, request, options),
    openSubscriber: () => Promise.resolve(borrowedSubscriber(cluster)),
    close: async () => {
      if (cluster.isOpen) await cluster.close();
    },
  };
}

const PAUSES = { firstMs: 10, maxMs: 200 };
/** Together about five seconds: a slot that moves, or a replica that takes over, needs less. */
const MAX_ATTEMPTS = 30;

/** The client itself follows MOVED and ASK. */
async function sendPatiently(cluster: ClusterClient, request: Request, options?: SendOptions): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // Replicas, which a client with useReplicas asks what only reads, are behind: a lock would not protect what was read under it.
      return await cluster.sendCommand(request.key, false, request.args as string[], bareOptions(options));
    } catch (error) {
      const refusal = notSentBecause(cluster, request, error);
      const mayPass = refusal !== undefined || isPassing(error);
      if (!mayPass || attempt === MAX_ATTEMPTS || options?.abortSignal?.aborted === true) throw refusal ?? error;
      options?.abortSignal?.refused?.(refusal ?? (error as Error));
      if (refusal instanceof RedisServiceError) await learnAnew(cluster);
    }
    await sleep(backoffMs(attempt - 1, PAUSES));
  }
}

/** The client finds no server to send to. Nothing was sent then, or what was sent was redirected. */
function notSentBecause(cluster: ClusterClient, { key, args: [command] }: Request, error: unknown): RedatomError | undefined {
  if (key === undefined || !(error instanceof Error) || isServerAnswer(error)) return undefined;
  const facts = { key, command, cause: error };
  // A server that takes over its first slot is named by redirections before the client can know it.
  if (error.message.startsWith('Cannot find node ')) return new RedisConnectionError(`${command} was not sent: ${error.message}`, facts);
  const slot = slotOf(key);
  return error instanceof TypeError && cluster.slots[slot] === undefined ? uncovered(slot, facts) : undefined;
}
