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
    // It has a pool of connections to the primary.
    keepsOrder: false,
    servers: sentinelServers(sentinel),
    send: ({ args }, options) => onPrimary(sentinel, (client) => client.sendCommand(args, bareOptions(options))),
    openSubscriber: () => Promise.resolve(borrowedSubscriber(sentinel)),
    close: async () => {
      if (sentinel.isOpen) await sentinel.close();
    },
  };
}

/** What became of work on the primary. */
interface Outcome<T> {
  readonly value?: T;
  readonly error?: Error;
}

/**
 * Runs work on the primary once. The sentinel client runs what failed again when the connection was lost, and so would apply a write twice whose reply
 * was lost; so a failure leaves it as a value. That the server is no primary any more says that nothing was done, and may be tried again.
 */
async function onPrimary<T>(sentinel: SentinelClient, work: (client: NodeClient) => Promise<T>): Promise<T> {
  // It would fail with an error that does not say that nothing was sent.
  refuseClosed(sentinel);
  // Replicas, which a client with replicaPoolSize asks what only reads, are behind: a lock would not protect what was read under it.
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
