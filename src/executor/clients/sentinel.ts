import type { NodeClient, SentinelClient } from '../node-redis/client-shapes';
import { refuseClosed } from '../outcomes/client-errors';
import { bareClient, bareOptions } from '../node-redis/command-options';
import { borrowedSubscriber, type Link } from './link';
import { isolated } from './isolated';
import { oneServer, type ServerSource } from './servers';

export function sentinelLink(sentinel: SentinelClient): Link {
  return {
    get isReady() {
      return sentinel.isReady;
    },
    // The client has a pool of connections to the primary.
    keepsOrder: false,
    servers: sentinelServers(sentinel),
    send: ({ args }, options) => onPrimary(sentinel, (client) => client.sendCommand(args, bareOptions(options))),
    openSubscriber: () => Promise.resolve(borrowedSubscriber(sentinel)),
    close: async () => {
      if (sentinel.isOpen) await sentinel.close();
    },
  };
}

/** The outcome of work on the primary. */
interface Outcome<T> {
  readonly value?: T;
  readonly error?: Error;
}

/**
 * Runs work on the primary once. The sentinel client repeats failed work when the connection was lost, and would apply a write twice if only its
 * reply was lost; so failures are passed out as values. READONLY is thrown: it says that the server is no longer the primary and did nothing, so the
 * client may try again.
 */
async function onPrimary<T>(sentinel: SentinelClient, work: (client: NodeClient) => Promise<T>): Promise<T> {
  // The client's own error would not say that nothing was sent.
  refuseClosed(sentinel);
  // isReadonly is false because a client with replicaPoolSize sends reads to replicas, which lag behind: a lock would not protect what is read under it.
  const outcome = await sentinel._execute(false, (client) =>
    work(client).then(
      (value): Outcome<T> => ({ value }),
      (error: Error): Outcome<T> => {
        if (error.message.startsWith('READONLY')) throw error;
        return { error };
      },
    ),
  );
  const { value, error } = outcome as Outcome<T>;
  if (error !== undefined) throw error;
  return value as T;
}

function sentinelServers(sentinel: SentinelClient): ServerSource {
  return {
    hasSlots: false,
    get isReady() {
      return sentinel.isReady;
    },
    borrow: (work) => onPrimary(sentinel, (client) => work(oneServer(() => bareClient(client)))),
    isolate: (_destination, work, limits) => isolated(() => onPrimary(sentinel, (client) => Promise.resolve(client)), work, limits),
  };
}
