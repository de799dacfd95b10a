import type * as NodeRedis from 'redis';

// A ready client needs no second copy loaded; and test runners such as Jest cannot do dynamic imports.
/** node-redis, loaded when it is first needed: that takes most of the time that a program needs to start. */
export function nodeRedis(): typeof NodeRedis {
  return require('redis') as typeof NodeRedis;
}
