import { startEmbeddedRedis } from 'redatom/testing';

/** A server for an example to work on. */
export interface ExampleRedis {
  readonly url: string;
  /** What is running there, for output. */
  readonly name: string;
  /** Ends the server, if it was started for the example. */
  stop(): Promise<void>;
}

/** The server that REDIS_URL names, or else an embedded one, so that an example needs only Node. Examples get their server only from here. */
export async function redisForExample(): Promise<ExampleRedis> {
  const url = process.env['REDIS_URL'];
  if (url !== undefined && url !== '') return { url, name: `the server of REDIS_URL`, stop: () => Promise.resolve() };
  const redis = await startEmbeddedRedis();
  return { url: redis.url, name: 'the embedded server', stop: () => redis.close() };
}
