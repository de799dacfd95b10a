import { startEmbeddedRedis, type EmbeddedRedis, type EmbeddedRedisOptions } from './index';

/** The hooks of a test runner; Jest has them as globals, Vitest with `globals: true` or from its package. */
export interface TestHooks {
  beforeAll(hook: () => Promise<void>): unknown;
  beforeEach(hook: () => void): unknown;
  afterAll(hook: () => Promise<void>): unknown;
}

/** What tests can use of the server that the hooks start and close. */
export type EmbeddedRedisOfTests = Pick<EmbeddedRedis, 'url' | 'port' | 'addresses' | 'clock' | 'flush' | 'commandCount'>;

/**
 * Starts a server for the tests of one file before they run, empties it before each test, and closes it at the end. Close your connections to it yourself.
 *
 * @param options - As for {@link startEmbeddedRedis}.
 * @param hooks - The hooks of the test runner; the global ones by default.
 *
 * @example
 * ```ts
 * const redis = useEmbeddedRedis();
 * let db: Database;
 * beforeAll(async () => {
 *   db = await connect(redis.url, { models: [User] });
 * });
 * afterAll(() => db.close()); // an open connection keeps Jest from ending
 * ```
 */
export function useEmbeddedRedis(options: EmbeddedRedisOptions = {}, hooks: TestHooks = globalHooks()): EmbeddedRedisOfTests {
  let running: EmbeddedRedis | undefined;
  const started = (): EmbeddedRedis => {
    if (running === undefined) throw new Error('the embedded server of this file has not started yet; use it inside tests and hooks');
    return running;
  };
  hooks.beforeAll(async () => {
    running = await startEmbeddedRedis(options);
  });
  hooks.beforeEach(() => started().flush());
  hooks.afterAll(async () => running?.close());
  return {
    get url() {
      return started().url;
    },
    get port() {
      return started().port;
    },
    get addresses() {
      return started().addresses;
    },
    get clock() {
      return started().clock;
    },
    flush: () => started().flush(),
    commandCount: () => started().commandCount(),
  };
}

function globalHooks(): TestHooks {
  const { beforeAll, beforeEach, afterAll } = globalThis as Partial<TestHooks>;
  if (beforeAll === undefined || beforeEach === undefined || afterAll === undefined) {
    throw new Error('no global beforeAll, beforeEach and afterAll; pass the hooks of the test runner as second argument');
  }
  return { beforeAll, beforeEach, afterAll };
}

const PLACE = Symbol.for('redatom/embedded-redis-of-the-run');
type Holder = { [PLACE]?: EmbeddedRedis };

/**
 * Starts one server for a whole test run and puts its URL into `process.env.REDIS_URL`.
 * Make it the default export of a `globalSetup` file of Jest, or of Vitest, which calls the function that this resolves to at the end.
 */
export async function setUpEmbeddedRedis(): Promise<() => Promise<void>> {
  const redis = await startEmbeddedRedis();
  (globalThis as Holder)[PLACE] = redis;
  process.env['REDIS_URL'] = redis.url;
  return tearDownEmbeddedRedis;
}

/** Closes the server that {@link setUpEmbeddedRedis} started. Make it the default export of a `globalTeardown` file of Jest. */
export async function tearDownEmbeddedRedis(): Promise<void> {
  await (globalThis as Holder)[PLACE]?.close();
  delete (globalThis as Holder)[PLACE];
}
