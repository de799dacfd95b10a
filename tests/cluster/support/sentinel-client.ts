import { createSentinel } from 'redis';

/** A client that asks the sentinel at `port` for the servers, connected. */
export function openSentinelClient(port: number, pools: { masterPoolSize?: number; replicaPoolSize?: number } = { masterPoolSize: 2 }) {
  return createSentinel({ name: 'main', sentinelRootNodes: [{ host: '127.0.0.1', port }], ...pools })
    .on('error', () => undefined)
    .connect();
}

export type SentinelClient = Awaited<ReturnType<typeof openSentinelClient>>;
