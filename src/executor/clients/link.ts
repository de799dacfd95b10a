import { onAbort } from '../../async/on-abort';
import type { Request } from '../request';
import type { Copy } from './copy';
import type { ClusterClient, OwnSubscriber, SendOptions, SentinelClient, SubscriberClient } from '../node-redis/client-shapes';
import type { ServerSource } from './servers';

/** How to talk to one kind of client. */
export interface Link {
  /** Commands are written as soon as they are sent; while false, they wait for the connection. */
  readonly isReady: boolean;
  /** The same for the server of one key. Absent where there is only one server. */
  isReadyFor?(key: string): boolean;
  /** The number of the database that the client was opened with; undefined when it is not known. */
  readonly database?: number | undefined;
  /** Grows with each new connection to a server; undefined for clients with several connections. */
  readonly epoch?: number | undefined;
  /** Requests for one key run and are answered in the order in which they were sent. False where each request takes any free connection. */
  readonly keepsOrder: boolean;
  send(request: Request, options?: SendOptions): Promise<unknown>;
  /** The connections themselves, for batches. */
  readonly servers: ServerSource;
  /** A connected client for messages. The caller closes it, or aborts `givenUp` while it is still connecting. */
  openSubscriber(givenUp: AbortSignal): Promise<SubscriberClient>;
  close(): Promise<void>;
  /**
   * Whether the client is between two connections: written commands have failed by now, and nothing is written before there is a new connection, so
   * the commands that still wait are unwritten. Turns false when a connection is accepted, before it is ready, because waiting commands are written
   * together with the greeting. Absent where the connection is not ours.
   */
  readonly isCutOff?: () => boolean;
  /** Why there is no connection, if known. Absent where the connection is not ours, because its owner gets the errors. */
  readonly obstacle?: () => unknown;
  /** Drops the connection and makes a new one; requests without a reply fail. Absent where the connection is not ours. */
  readonly restart?: () => void;
  /** Drops the connection for good; requests without a reply fail. Absent where the connection is not ours. */
  readonly abandon?: () => void;
}

/** Connects a client for messages. They only wake waiters early, and timers wake them anyway, so errors of this connection are ignored. */
export async function connectSubscriber({ client, drop }: Copy<OwnSubscriber>, givenUp: AbortSignal): Promise<SubscriberClient> {
  const stopListening = onAbort(givenUp, drop);
  await client.connect().finally(stopListening);
  return {
    get isOpen() {
      return client.isOpen;
    },
    subscribe: (channel, listener) => client.subscribe(channel, listener),
    unsubscribe: async (channel, listener) => client.unsubscribe(channel, listener),
    // Dropping loses nothing, and does not wait for a silent server.
    close: drop,
  };
}

/** Clusters and sentinels manage a connection for messages themselves. */
export function borrowedSubscriber(client: ClusterClient | SentinelClient): SubscriberClient {
  return {
    isOpen: true,
    subscribe: (channel, listener) => client.subscribe(channel, listener),
    // A client that was dropped throws instead of rejecting.
    unsubscribe: async (channel, listener) => client.unsubscribe(channel, listener),
    close: () => undefined,
  };
}
