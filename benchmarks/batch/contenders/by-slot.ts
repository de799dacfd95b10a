import calculateSlot from 'cluster-key-slot';
import type { RedisClusterType } from 'redis';
import { fill } from './keys';

/** The part that is used of a client for one server of a cluster. */
interface NodeClient {
  multi(): { set(key: string, value: string): unknown; execAsPipeline(): Promise<unknown> };
}

/** What a careful user would write: keys grouped by server, one pipeline for each, replies put back in order. */
export async function pipelineForEachServer(cluster: RedisClusterType, keys: readonly string[]): Promise<unknown[]> {
  const positions = new Map<unknown, number[]>();
  keys.forEach((key, at) => {
    const server = cluster.slots[calculateSlot(key)]?.master;
    const own = positions.get(server);
    if (own === undefined) positions.set(server, [at]);
    else own.push(at);
  });
  const results: unknown[] = [];
  await Promise.all(
    [...positions].map(async ([server, own]) => {
      const client = (await cluster.nodeClient(server as never)) as NodeClient;
      const pipe = fill(
        client.multi(),
        own.map((at) => keys[at] as string),
      );
      const replies = (await pipe.execAsPipeline()) as unknown[];
      own.forEach((at, index) => (results[at] = replies[index]));
    }),
  );
  return results;
}
