import { createClient, createCluster } from 'redis';
import { Batch, BatchClient, ClusterBatch } from 'redatom/batch';
import { slotOf } from '../../src/path/slot';
import { startServer } from '../../tests/support/servers';
import { startCluster } from '../../tests/support/servers/cluster';
import { inTurns, print } from './rounds';

/** Batches against node-redis' own pipeline and MULTI; on a cluster, against one hand-written pipeline for each server. */
const SLICE_MS = Number(process.env['SLICE_MS'] ?? 300);
const ROUNDS = Number(process.env['ROUNDS'] ?? 7);

function fill<T extends { set(key: string, value: string): unknown }>(batch: T, keys: readonly string[]): T {
  for (const key of keys) batch.set(key, 'value');
  return batch;
}

async function onOneServer(): Promise<void> {
  const server = await startServer({ flavour: 'redis-stack' });
  const client = await createClient({ url: server.url }).connect();
  const batches = new BatchClient(client);
  for (const commands of [100, 10_000]) {
    const keys = Array.from({ length: commands }, (_, n) => `key:${n}`);
    const limits = { commands, sliceMs: SLICE_MS, rounds: ROUNDS };
    const plain = [
      { name: 'node-redis, execAsPipeline()', run: () => recorded(client, keys).execAsPipeline() },
      { name: 'Batch(false)', run: () => batches.exec(fill(new Batch(false), keys), true) },
    ];
    print(`${commands} commands, no transaction`, await inTurns(plain, limits));
    const atomic = [
      { name: 'node-redis, multi().exec()', run: () => recorded(client, keys).exec() },
      { name: 'Batch(true)', run: () => batches.exec(fill(new Batch(true), keys), true) },
    ];
    print(`${commands} commands, one transaction`, await inTurns(atomic, limits));
  }
  await memoryOf(batches);
  client.destroy();
  await server.stop();
}

function recorded(client: { multi(): unknown }, keys: readonly string[]): { exec(): Promise<unknown>; execAsPipeline(): Promise<unknown> } {
  const multi = client.multi() as {
    set(key: string, value: string): unknown;
    exec(): Promise<unknown>;
    execAsPipeline(): Promise<unknown>;
  };
  for (const key of keys) multi.set(key, 'value');
  return multi;
}

async function memoryOf(batches: BatchClient): Promise<void> {
  const keys = Array.from({ length: 100_000 }, (_, n) => `key:${n}`);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const batch = fill(new Batch(false), keys);
  globalThis.gc?.();
  const held = process.memoryUsage().heapUsed - before;
  const results = await batches.exec(batch, true);
  globalThis.gc?.();
  const after = process.memoryUsage().heapUsed - before;
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
  console.log(
    `a batch of ${batch.length}: ${megabytes(held)} recorded, ${megabytes(after)} with its ${results?.length} replies, ${Math.round(held / batch.length)} bytes a command`,
  );
}

async function onCluster(): Promise<void> {
  const cluster = await startCluster();
  const client = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) });
  await client.connect();
  const batches = new BatchClient(client);
  for (const commands of [100, 10_000]) {
    const keys = Array.from({ length: commands }, (_, n) => `key:${n}`);
    const ways = [
      { name: 'one pipeline for each server, by hand', run: () => byHand(client, keys) },
      { name: 'ClusterBatch(false)', run: () => batches.exec(fill(new ClusterBatch(false), keys), true) },
    ];
    print(`${commands} commands on three servers`, await inTurns(ways, { commands, sliceMs: SLICE_MS, rounds: ROUNDS }));
  }
  client.destroy();
  await cluster.stop();
}

/** The part of a cluster client that splitting by hand needs. */
interface Cluster {
  readonly slots: readonly { readonly master: unknown }[];
  nodeClient(node: never): unknown;
}

/** What a careful user would write: keys sorted by server, a pipeline each, replies put back in order. */
async function byHand(client: Cluster, keys: readonly string[]): Promise<unknown[]> {
  const positions = new Map<unknown, number[]>();
  keys.forEach((key, at) => {
    const node = client.slots[slotOf(key)]?.master;
    const own = positions.get(node);
    if (own === undefined) positions.set(node, [at]);
    else own.push(at);
  });
  const results: unknown[] = [];
  await Promise.all(
    [...positions].map(async ([node, own]) => {
      const nodeClient = (await client.nodeClient(node as never)) as { multi(): unknown };
      const replies = (await recorded(
        nodeClient,
        own.map((at) => keys[at] as string),
      ).execAsPipeline()) as unknown[];
      own.forEach((at, index) => (results[at] = replies[index]));
    }),
  );
  return results;
}

async function main(): Promise<void> {
  await onOneServer();
  await onCluster();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
