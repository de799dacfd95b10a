import { startEmbeddedRedis } from '../../../src/testing';
import { probe } from './probe';
import type { Server, ServerSource, StartOptions } from './server';

/** The embedded server, in the process that asks for it: for machines that have Node and nothing else. */
export const fromEmbedded: ServerSource = {
  name: 'embedded',
  serverCount: 1,
  find: () => Promise.resolve([{ flavour: 'embedded', start: startInThisProcess }]),
};

async function startInThisProcess({ port, password }: StartOptions): Promise<Server> {
  const redis = await startEmbeddedRedis({ ...(port === undefined ? {} : { port }), ...(password === undefined ? {} : { password }) });
  const { version } = await probe(redis.url);
  const refuse = (): Promise<never> => Promise.reject(new Error('the embedded server has no process of its own to end'));
  return {
    name: 'embedded',
    version,
    flavour: 'embedded',
    url: redis.url,
    port: redis.port,
    pid: undefined,
    dir: undefined,
    stop: () => redis.close(),
    kill: refuse,
    restart: refuse,
  };
}
