import type { Executor } from '../executor';
import type { PoolClient } from '../node-redis/client-shapes';
import { nodeRedis } from '../node-redis/load';
import { OwnSockets } from '../node-redis/own-sockets';
import { NodeRedisExecutor } from '../node-redis-executor';
import { pauseBeforeReconnecting } from './reconnect';
import { connectFailure } from '../outcomes/reply-errors';
import type { Link } from '../clients/link';
import { withRedisJson } from './with-redis-json';
import { poolLink } from '../clients/pool';

/** A pool of connections to one server. */
interface PoolConnectionOptions {
  readonly url: string;
  /** The most connections that are open at a time. */
  readonly maxConnections: number;
  /** How long to wait for a free connection, or for one to open, in milliseconds. */
  readonly timeoutMs: number;
}

/** Opens a pool of connections, which grows on demand. */
export async function openPooledExecutor({ url, maxConnections, timeoutMs }: PoolConnectionOptions): Promise<Executor> {
  const { createClientPool } = nodeRedis();
  let isOpen = false;
  const sockets = new OwnSockets();
  const pool = createClientPool(
    {
      url,
      commandOptions: { timeout: undefined },
      // A connection that is down refuses commands at once; the other two detect one that falls silent.
      disableOfflineQueue: true,
      pingInterval: Math.ceil(timeoutMs / 2),
      socket: sockets.options({
        connectTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        reconnectStrategy: (retries: number) => isOpen && pauseBeforeReconnecting(retries),
      }),
    },
    { minimum: 1, maximum: maxConnections, acquireTimeout: timeoutMs },
  );
  pool.on('error', () => undefined);
  await pool.connect().catch((error: unknown) => {
    throw connectFailure(error);
  });
  isOpen = true;
  const stopReconnecting = (): void => {
    isOpen = false;
  };
  return withRedisJson(new NodeRedisExecutor(ownLink(pool, { stopReconnecting, sockets }), { timeoutMs }));
}

/** The link of a pool of our own. A connection that is still being made would keep the process alive for ever, so its sockets are ended as well. */
function ownLink(
  pool: PoolClient & { destroy(): void },
  { stopReconnecting, sockets }: { readonly stopReconnecting: () => void; readonly sockets: OwnSockets },
): Link {
  const link = poolLink(pool);
  const close = async (): Promise<void> => {
    stopReconnecting();
    await link.close();
    sockets.end();
  };
  const abandon = (): void => {
    pool.destroy();
    sockets.end();
  };
  return Object.assign(Object.create(link) as Link, { close, abandon });
}
