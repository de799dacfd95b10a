import { RedisServiceError } from '../errors/connection';
import type { Executor } from '../executor/executor';

/** So many documents RediSearch gives in one reply where it was not set otherwise. Those that are left out first count. */
const UNLESS_SET = 1_000_000;

/** What servers that are set to fewer have said. */
const said = new WeakMap<Executor, number>();

/** How many documents the server of a connection gives in one reply, as far as it is known. */
export function mostResultsOf(executor: Executor): number {
  return said.get(executor) ?? UNLESS_SET;
}

/**
 * Asks for all documents. A server says how many it gives only when it is asked for more: images of Redis Stack are set to 10,000.
 *
 * @param search - Asks for so many documents.
 */
export async function searchAll<R>(executor: Executor, offset: number, search: (count: number) => Promise<R>): Promise<R> {
  const most = mostResultsOf(executor);
  try {
    return await search(Math.max(most - offset, 0));
  } catch (error) {
    const fewer = error instanceof RedisServiceError ? Number(/LIMIT exceeds maximum of (\d+)/.exec(error.message)?.[1]) : NaN;
    if (!(fewer < most)) throw error;
    said.set(executor, fewer);
    return searchAll(executor, offset, search);
  }
}
