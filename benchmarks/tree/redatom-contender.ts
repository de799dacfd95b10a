import { RedisTree } from 'redatom/tree';
import { doTasks, type Operations } from '../process/tasks';

const SUBTREE = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`n${index}`, index]));

/** redatom's tree as a contender. */
const tree = new RedisTree({ client: process.argv[2] ?? '', namespace: 'bench' });

const OPERATIONS: Operations = {
  prepare: () => tree.root().assign({ a: { b: { leaf: 42 }, tree: SUBTREE, count: 0 }, locked: { count: 0 } }),
  'set leaf': () => tree.at('a.b').set('leaf', 42),
  'val leaf': () => tree.at('a.b.leaf').val(),
  'set subtree': () => tree.at('a').set('tree', SUBTREE),
  'val subtree': () => tree.at('a.tree').val(),
  add: () => tree.at('a.count').add(1),
  'locked increment': () => tree.at('locked').withLock((node) => node.get('count').add(1)),
  'read count': () => tree.at('locked.count').val(),
};

async function main(): Promise<void> {
  await doTasks(OPERATIONS);
  await tree.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
