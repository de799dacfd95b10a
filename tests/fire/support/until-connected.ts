import { RedisConnectionError } from 'redatom';

/** Connects within a limit that is short for the sake of the test, so that a busy machine may need several attempts. */
export async function untilConnected<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof RedisConnectionError)) throw error;
    }
  }
}
