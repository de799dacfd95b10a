import { createInterface } from 'node:readline';
import { RedisTree } from 'redatom/tree';
import type { SliceResult, Task } from './contender-process';

const SUBTREE = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`n${index}`, index]));

/** redatom's tree as a contender: reads one JSON task a line, answers one JSON result a line. */
const tree = new RedisTree({ client: process.argv[2] ?? '', namespace: 'bench' });

const OPERATIONS: Record<string, () => Promise<unknown>> = {
  'set leaf': () => tree.at('a.b').set('leaf', 42),
  'val leaf': () => tree.at('a.b.leaf').val(),
  'set subtree': () => tree.at('a').set('tree', SUBTREE),
  'val subtree': () => tree.at('a.tree').val(),
  add: () => tree.at('a.count').add(1),
  'locked increment': () => tree.at('locked').withLock((node) => node.get('count').add(1)),
};

async function slice({ operation, durationMs }: Task): Promise<SliceResult> {
  const perform = OPERATIONS[operation];
  if (perform === undefined) throw new Error(`there is no operation "${operation}"`);
  const begin = performance.now();
  let count = 0;
  while (count === 0 || performance.now() < begin + durationMs) {
    await perform();
    count += 1;
  }
  return { count, seconds: (performance.now() - begin) / 1000 };
}

async function answer(task: Task): Promise<Partial<SliceResult>> {
  if (task.operation === 'read count') return { count: Number(await tree.at('locked.count').val()) };
  if (task.operation !== 'prepare') return slice(task);
  await tree.root().assign({ a: { b: { leaf: 42 }, tree: SUBTREE, count: 0 }, locked: { count: 0 } });
  return {};
}

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Task))}\n`);
  }
  await tree.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
