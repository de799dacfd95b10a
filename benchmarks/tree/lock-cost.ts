import { RedisTree } from 'redatom/tree';
import type { BenchServer } from '../harness/bench-server';
import { median } from '../harness/statistics';
import { textTable } from '../report/text-table';

const DEPTHS = [1, 5, 20];
const LIVE_GRANTS = [1, 100, 10_000];
const ROUNDS = 200;

/** A table of what acquire and release cost, by the depth of the path and the number of live grants elsewhere. */
export async function lockCost(server: BenchServer): Promise<string> {
  await server.flush();
  const tree = new RedisTree({ client: server.url, namespace: 'cost', lockExpireTimeout: 600 });
  const rows: string[][] = [];
  let live = 0;
  for (const wanted of LIVE_GRANTS) {
    process.stderr.write(`acquire and release beside ${wanted} live grants\n`);
    for (; live < wanted; live += 1) await tree.at(['held', `n${live % 100}`, `m${live}`]).acquire({ autoRenew: false });
    for (const depth of DEPTHS) rows.push([`depth ${depth}, ${wanted} live grants`, ...(await costAt(server, tree, depth))]);
  }
  const began = performance.now();
  await tree
    .root()
    .acquire({ acquireTimeout: 0 })
    .catch(() => undefined);
  rows.push([`exclusive root, refused against ${live}`, (performance.now() - began).toFixed(2), '']);
  await tree.close();
  return textTable(['acquire and release', 'ms, median', 'server µs a script'], rows);
}

async function costAt(server: BenchServer, tree: RedisTree, depth: number): Promise<[string, string]> {
  const node = tree.at(Array.from({ length: depth }, (_, level) => `free${level}`));
  const times: number[] = [];
  for (let round = 0; round < 20; round++) await node.withLock(() => undefined);
  await server.send(['CONFIG', 'RESETSTAT']);
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    await node.withLock(() => undefined);
    times.push(performance.now() - began);
  }
  const stats = await server.send<string>(['INFO', 'commandstats']);
  const perCall = /cmdstat_evalsha:.*usec_per_call=([\d.]+)/.exec(stats)?.[1] ?? '';
  return [median(times).toFixed(2), perCall];
}
