/** Subpath `redatom/testing`: a server to test against, inside this process. */
export { startEmbeddedRedis, type EmbeddedClock, type EmbeddedRedis, type EmbeddedRedisOptions } from './embedded/index';
export {
  setUpEmbeddedRedis,
  tearDownEmbeddedRedis,
  useEmbeddedRedis,
  type EmbeddedRedisOfTests,
  type TestHooks,
} from './embedded/test-hooks';
