import { probe, type Product } from './probe';
import type { Server, ServerSource } from './server';

/** A server that is already running, named by REDIS_URL. It is used as it is and never stopped. */
export const fromEnvironment: ServerSource = {
  name: 'REDIS_URL',
  serverCount: 1,
  find: async (say) => {
    const url = process.env['REDIS_URL'];
    if (url === undefined || url === '') {
      say('REDIS_URL: not set');
      return [];
    }
    // If a server that was named explicitly does not answer, no other takes its place.
    const product = await probe(url).catch((cause: unknown) => {
      throw new Error(`REDIS_URL (${new URL(url).host}) names no server with RedisJSON that answers: ${String(cause)}`, { cause });
    });
    return [{ flavour: 'given', start: () => Promise.resolve(givenServer(url, product)) }];
  },
};

function givenServer(url: string, product: Product): Server {
  const refuse = (): Promise<never> => Promise.reject(new Error('the server of REDIS_URL is not ours to end'));
  return {
    ...product,
    flavour: 'given',
    url,
    port: Number(new URL(url).port || 6379),
    pid: undefined,
    dir: undefined,
    stop: () => Promise.resolve(),
    kill: refuse,
    restart: refuse,
  };
}
