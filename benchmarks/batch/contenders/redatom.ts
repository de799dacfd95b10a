import { createClient, createCluster } from 'redis';
import { Batch, BatchClient, ClusterBatch } from 'redatom/batch';
import { doTasks } from '../../process/tasks';
import { expectAll, fill, keysOf, SIZES } from './keys';

const WEIGHED = 100_000;

/** Bytes for each command in a batch that has not run yet. */
async function bytesRecorded(): Promise<number> {
  const keys = keysOf(WEIGHED);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const batch = fill(new Batch(false), keys);
  globalThis.gc?.();
  return (process.memoryUsage().heapUsed - before) / batch.length;
}

/** The same after the batch has run, with its replies. */
async function bytesWithReplies(client: BatchClient): Promise<number> {
  const keys = keysOf(WEIGHED);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const batch = fill(new Batch(false), keys);
  const replies = await client.exec(batch, true);
  globalThis.gc?.();
  const held = (process.memoryUsage().heapUsed - before) / batch.length;
  expectAll(replies, keys);
  return held;
}

async function main(): Promise<void> {
  const urls = process.argv.slice(2);
  const client = urls.length === 1 ? createClient({ url: urls[0] ?? '' }) : createCluster({ rootNodes: urls.map((url) => ({ url })) });
  await client.connect();
  const batches = new BatchClient(client);
  const newBatch = urls.length === 1 ? () => new Batch(false) : () => new ClusterBatch(false);
  const operations: Record<string, () => Promise<unknown>> = {
    'read bytes recorded': bytesRecorded,
    'read bytes with replies': () => bytesWithReplies(batches),
  };
  for (const size of SIZES) {
    const keys = keysOf(size);
    operations[`${size} commands`] = async () => expectAll(await batches.exec(fill(newBatch(), keys), true), keys);
    operations[`${size} commands, one transaction`] = async () => expectAll(await batches.exec(fill(new Batch(true), keys), true), keys);
  }
  await doTasks(operations);
  process.exit();
}

void main();
