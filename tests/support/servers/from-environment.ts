import { probe } from './probe';
import type { Launcher, Server, ServerSource } from './server';

/** A server that runs already, named by REDIS_URL. It is used as it is and never stopped. */
export const fromEnvironment: ServerSource = {
  name: 'REDIS_URL',
  find: async (say) => {
    const url = process.env['REDIS_URL'];
    if (url === undefined || url === '') {
      say('REDIS_URL: not set');
      return [];
    }
    return Promise.resolve([givenServer(url)]);
  },
};

function givenServer(url: string): Launcher {
  return {
    flavour: 'given',
    start: async (): Promise<Server> => {
      const product = await probe(url);
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
    },
  };
}
