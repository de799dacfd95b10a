import { RedisServiceError } from '../errors/connection';
import type { Executor } from '../executor/executor';

/** The default limit of RediSearch for one reply. Documents that are skipped by an offset count. */
const UNLESS_SET = 1_000_000;

/** The limits that servers with a lower setting have reported. */
const said = new WeakMap<Executor, number>();

/** How many documents the server of a connection returns in one reply, as far as known. */
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
