import { onAbort } from '../../async/on-abort';
import type { Request } from '../request';
import type { Copy } from './copy';
import type { ClusterClient, OwnSubscriber, SendOptions, SentinelClient, SubscriberClient } from '../node-redis/client-shapes';
import type { ServerSource } from './servers';

/** How one kind of client is spoken to. */
export interface Link {
  /** Commands sent now are written now; while false, they would wait for the connection. */
  readonly isReady: boolean;
  /** The same for the server of a key, where there are several. */
  isReadyFor?(key: string): boolean;
  /** The number of the database that it was opened with; undefined where that is not known. */
  readonly database?: number | undefined;
  /** Grows with each new connection to a server; undefined where there are several at a time. */
  readonly epoch?: number | undefined;
  /** What is sent for one key is run and answered in that order. Not so where each request takes whatever connection is free. */
  readonly keepsOrder: boolean;
  send(request: Request, options?: SendOptions): Promise<unknown>;
  /** The connections themselves, for batches. */
  readonly servers: ServerSource;
  /** A connected client for messages; the caller closes it, or gives it up before it is connected. */
  openSubscriber(givenUp: AbortSignal): Promise<SubscriberClient>;
  close(): Promise<void>;
  /**
   * Whether it stands between two connections: what was written has failed by now, and nothing is written before there is another, so what still waits is
   * unwritten. A connection that was accepted gets what waits together with the greeting, before it is ready. Absent where the connection is not ours.
   */
  readonly isCutOff?: () => boolean;
  /** Why there is no connection, as far as it is known. Absent where the connection is not ours, and somebody else hears of it. */
  readonly obstacle?: () => unknown;
  /** Drops the connection and makes a new one; requests without a reply fail. Absent where the connection is not ours. */
  readonly restart?: () => void;
  /** Drops the connection for good; requests without a reply fail. Absent where the connection is not ours. */
  readonly abandon?: () => void;
}

/** Messages wake waiters early; when their connection fails, timers still do, so its errors are no one's. */
export async function connectSubscriber({ client, drop }: Copy<OwnSubscriber>, givenUp: AbortSignal): Promise<SubscriberClient> {
  const stopListening = onAbort(givenUp, drop);
  await client.connect().finally(stopListening);
  return {
    get isOpen() {
      return client.isOpen;
    },
    subscribe: (channel, listener) => client.subscribe(channel, listener),
    unsubscribe: async (channel, listener) => client.unsubscribe(channel, listener),
    // Nothing is lost with it, and a server that is silent is not waited for.
    close: drop,
  };
}

/** Clusters and sentinels keep a connection for messages themselves. */
export function borrowedSubscriber(client: ClusterClient | SentinelClient): SubscriberClient {
  return {
    isOpen: true,
    subscribe: (channel, listener) => client.subscribe(channel, listener),
    // A client that was dropped throws instead of rejecting.
    unsubscribe: async (channel, listener) => client.unsubscribe(channel, listener),
    close: () => undefined,
  };
}
