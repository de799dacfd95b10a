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
    // When a slot moves, commands that the client sends again arrive after those that it sends by the newer map.
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
/** About five seconds in total; a slot migration or a failover takes less. */
const MAX_ATTEMPTS = 30;

/** Retries what a server could not do for the moment. The client itself follows MOVED and ASK. */
async function sendPatiently(cluster: ClusterClient, request: Request, options?: SendOptions): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // isReadonly is false because a client with useReplicas sends reads to replicas, which lag behind: a lock would not protect what is read under it.
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

/** The error when the client finds no server to send to: the command was not sent, or was only redirected. */
function notSentBecause(cluster: ClusterClient, { key, args: [command] }: Request, error: unknown): RedatomError | undefined {
  if (key === undefined || !(error instanceof Error) || isServerAnswer(error)) return undefined;
  const facts = { key, command, cause: error };
  // Redirections name a server that takes over its first slot before the client can know it.
  if (error.message.startsWith('Cannot find node ')) return new RedisConnectionError(`${command} was not sent: ${error.message}`, facts);
  const slot = slotOf(key);
  return error instanceof TypeError && cluster.slots[slot] === undefined ? uncovered(slot, facts) : undefined;
}
