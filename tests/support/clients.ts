import { createClient, createClientPool, type RedisClientOptions, type RedisPoolOptions } from 'redis';

type ClientOptions = Pick<RedisClientOptions, 'socket' | 'pingInterval'>;

let blank: ReturnType<typeof createClient> | undefined;

/** A client of node-redis. A duplicate, because `createClient` with options builds a class of all commands, which takes longer than connecting. */
export function newClient(url: string, options: ClientOptions = {}) {
  // A copy has the time limit that node-redis gives commands by default as if somebody had set it.
  return (blank ??= createClient()).duplicate({ url, commandOptions: undefined, ...options });
}

/** A client that ignores `error` events: its commands report failures, and without a listener a cut connection would end the test process. */
export function quietClient(url: string, options: ClientOptions = {}) {
  return newClient(url, options).on('error', () => undefined);
}

/** The same, connected. */
export function openClient(url: string, options: ClientOptions = {}) {
  return quietClient(url, options).connect();
}

/** A pool of such clients, connected. */
export async function openPool(url: string, options: Partial<RedisPoolOptions> = {}) {
  const pool = createClientPool({ url }, options).on('error', () => undefined);
  await pool.connect();
  return pool;
}

export type OpenClient = Awaited<ReturnType<typeof openClient>>;
export type OpenPool = Awaited<ReturnType<typeof openPool>>;
