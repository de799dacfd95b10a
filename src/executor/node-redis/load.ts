import type * as Package from 'redis';

export type NodeRedis = typeof Package;

/**
 * node-redis, loaded on first use: loading takes most of the startup time of a program, and a ready client needs no second copy. With `require`,
 * because test runners such as Jest cannot do dynamic imports.
 */
export function nodeRedis(): NodeRedis {
  // Kept, because a test runner refuses to load modules after the last test has ended, and connections may fail after that.
  loaded ??= require('redis') as NodeRedis;
  return loaded;
}

let loaded: NodeRedis | undefined;
