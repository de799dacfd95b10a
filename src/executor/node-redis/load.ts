import type * as Package from 'redis';

export type NodeRedis = typeof Package;

/**
 * node-redis, loaded when it is first needed: that takes most of the time that a program needs to start, and a ready client needs no second copy. Test
 * runners such as Jest cannot do dynamic imports.
 */
export function nodeRedis(): NodeRedis {
  // A test runner lets nothing be loaded any more when the last test has ended, and connections may fail after that.
  loaded ??= require('redis') as NodeRedis;
  return loaded;
}

let loaded: NodeRedis | undefined;
