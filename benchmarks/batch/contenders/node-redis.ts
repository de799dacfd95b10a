import { createClient, createCluster, type RedisClusterType } from 'redis';
import { doTasks, type Operations } from '../../process/tasks';
import { pipelineForEachServer } from './by-slot';
import { expectAll, fill, keysOf, SIZES } from './keys';

/** node-redis' own pipeline and MULTI; on a cluster, one hand-written pipeline for each server. */
async function onOneServer(url: string): Promise<Operations> {
  const client = await createClient({ url }).connect();
  const operations: Record<string, () => Promise<unknown>> = {};
  for (const size of SIZES) {
    const keys = keysOf(size);
    operations[`${size} commands`] = async () => expectAll(await fill(client.multi(), keys).execAsPipeline(), keys);
    operations[`${size} commands, one transaction`] = async () => expectAll(await fill(client.multi(), keys).exec(), keys);
  }
  return operations;
}

async function onCluster(urls: readonly string[]): Promise<Operations> {
  const cluster = createCluster({ rootNodes: urls.map((url) => ({ url })) }) as unknown as RedisClusterType;
  await cluster.connect();
  const operations: Record<string, () => Promise<unknown>> = {};
  for (const size of SIZES) {
    const keys = keysOf(size);
    operations[`${size} commands`] = async () => expectAll(await pipelineForEachServer(cluster, keys), keys);
  }
  return operations;
}

async function main(): Promise<void> {
  const urls = process.argv.slice(2);
  await doTasks(urls.length === 1 ? await onOneServer(urls[0] ?? '') : await onCluster(urls));
  process.exit();
}

void main();
