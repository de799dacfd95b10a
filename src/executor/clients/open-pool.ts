import type { Executor } from '../executor';
import { nodeRedis } from './node-redis';
import { NodeRedisExecutor } from '../node-redis-executor';
import { pauseBeforeReconnecting } from './reconnect';
import { toRedatomError } from '../reply-errors';
import { poolLink } from './standalone';

/** A pool of connections to one server. */
export interface PoolConnectionOptions {
  readonly url: string;
  /** Most connections that are open at a time. */
  readonly maxConnections: number;
  /** Longest time to wait for a free connection, or for one to open, in milliseconds. */
  readonly timeoutMs: number;
}

/** Opens a pool of connections, which grows as far as it is needed. */
export async function openPooledExecutor({ url, maxConnections, timeoutMs }: PoolConnectionOptions): Promise<Executor> {
  const { createClientPool } = nodeRedis();
  let isOpen = false;
  const pool = createClientPool(
    {
      url,
      commandOptions: { timeout: undefined },
      // A connection that is down refuses at once what it is given; one that falls silent is noticed by these two.
      disableOfflineQueue: true,
      pingInterval: Math.ceil(timeoutMs / 2),
      socket: {
        connectTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        reconnectStrategy: (retries) => isOpen && pauseBeforeReconnecting(retries),
      },
    },
    { minimum: 1, maximum: maxConnections, acquireTimeout: timeoutMs },
  );
  pool.on('error', () => undefined);
  try {
    await pool.connect();
    isOpen = true;
  } catch (error) {
    pool.destroy();
    throw toRedatomError(error, { args: ['HELLO'], key: undefined, write: false });
  }
  return new NodeRedisExecutor(poolLink(pool), { timeoutMs });
}
