import type { Contender } from '../contenders/contender';
import { keyOf } from '../sample/sample-user';
import type { Weight } from './messages';

/** Bytes that a loaded document retains, first as it was loaded, then after each of its fields was read. */
export async function weigh(contender: Contender, documents: number): Promise<Weight> {
  const keys = Array.from({ length: documents }, (_, index) => keyOf(index));
  const loaded: unknown[] = new Array(documents).fill(undefined);
  for (const [index, key] of keys.slice(0, 100).entries()) loaded[index] = await contender.get(key);
  loaded.fill(undefined);
  const before = await settledBytes();
  for (const [index, key] of keys.entries()) loaded[index] = await contender.get(key);
  const unread = (await settledBytes()) - before;
  for (const user of loaded) contender.read(user);
  const read = (await settledBytes()) - before;
  return { unread: unread / loaded.length, read: read / loaded.length };
}

async function settledBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('started without --expose-gc');
  for (let round = 0; round < 4; round++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
