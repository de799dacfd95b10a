import { RedisConnectionError } from '../errors/connection';

/** The part of the server in `redatom/testing` that is needed here. */
interface EmbeddedServer {
  readonly url: string;
  close(): Promise<void>;
}

interface Testing {
  startEmbeddedRedis(): Promise<EmbeddedServer>;
}

/**
 * Starts the embedded server. It belongs to the subpath for tests, which is loaded only for this.
 *
 * @throws {@link RedisConnectionError} this installation does not have it.
 */
export async function startFakeRedis(): Promise<EmbeddedServer> {
  let testing: Testing;
  try {
    testing = require('redatom/testing') as Testing;
  } catch (cause) {
    throw new RedisConnectionError('fakeRedis needs the embedded server of redatom/testing, which this installation does not have', {
      cause,
    });
  }
  return testing.startEmbeddedRedis();
}
