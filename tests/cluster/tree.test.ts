import { setTimeout as sleep } from 'node:timers/promises';
import { DeadlockError, LockTimeoutError, RedatomError, RedisTree, type TreeNode } from 'redatom/tree';
import { slotOf } from '../../src/path/slot';
import { clusterClient, type ClusterClient } from './support/cluster-client';
import { serverOf } from './support/server-of';
import { untilPromoted, useCluster } from './support/use-cluster';

const NAMESPACES = ['a', 'b', 'c', 'd', 'e', 'f'];
const serverOfTree = (namespace: string): number => serverOf(`{${namespace}}`);

const incrementUnderLock = (place: TreeNode): Promise<unknown> =>
  place.withLock(async (node) => node.set('n', ((await node.get('n').val(0)) as number) + 1));

describe('trees on a cluster', () => {
  const at = useCluster({ nodeTimeoutMs: 1500 });
  let second: ClusterClient;
  beforeAll(async () => {
    second = await clusterClient(at.cluster.urls).connect();
  });
  afterAll(() => second.destroy());

  test('spread over its servers by their namespaces, each with its locks', async () => {
    expect(new Set(NAMESPACES.map(serverOfTree)).size).toBe(3);
    const trees = NAMESPACES.map((namespace) => new RedisTree({ client: at.client, namespace }));
    await Promise.all(trees.map((tree, index) => tree.root().assign({ x: { y: index } })));
    expect(await Promise.all(trees.map((tree) => tree.at('x.y').add(1)))).toEqual([1, 2, 3, 4, 5, 6]);
    await Promise.all(trees.map((tree) => tree.at('x').withLock((node) => node.set('y', 'locked'))));
    for (const [index, namespace] of NAMESPACES.entries()) {
      const keys = (await at.cluster.ask(serverOfTree(namespace), 'KEYS', `tree:{${namespace}}:*`)) as string[];
      expect([index, keys.sort()]).toEqual([index, [`tree:{${namespace}}:document`, `tree:{${namespace}}:fence`]]);
    }
    expect(await trees[0]?.root().equals(trees[1]?.root() as TreeNode)).toBe(true);
    await Promise.all(trees.map((tree) => tree.close()));
  });

  test('hand locks over between clients, wherever these listen, and lose nothing', async () => {
    for (const namespace of NAMESPACES.slice(0, 3)) {
      const [mine, its] = [at.client, second].map((client) => new RedisTree({ client, namespace })) as [RedisTree, RedisTree];
      await mine.at('count').clear();
      const flows = [mine, its, mine, its].map(async (tree) => {
        for (let round = 0; round < 25; round++) await incrementUnderLock(tree.at('count'));
      });
      await Promise.all(flows);
      expect(await mine.at('count.n').val()).toBe(100);
      const lock = await mine.at('count').acquire();
      await expect(its.root().acquire({ acquireTimeout: 0.05 })).rejects.toThrow(LockTimeoutError);
      const waiting = its.at('count.n').acquire();
      await sleep(50);
      const releasedAt = performance.now();
      await lock.release();
      const next = await waiting;
      // Less than the third of a second after which a waiter would ask by itself.
      expect(performance.now() - releasedAt).toBeLessThan(200);
      expect(next.fence).toBeGreaterThan(lock.fence);
      await next.release();
    }
  });

  test('find deadlocks, and refuse the writes of a lock that was lost', async () => {
    const [mine, its] = [at.client, second].map((client) => new RedisTree({ client, namespace: 'ring' })) as [RedisTree, RedisTree];
    const party = (tree: RedisTree, own: string, other: string): Promise<unknown> =>
      tree.at(own).withLock(async () => {
        await sleep(50);
        await tree.at(other).withLock(() => undefined);
      });
    const results = await Promise.allSettled([party(mine, 'a', 'b.x'), party(its, 'b', 'a.y')]);
    const failed = results.filter((result) => result.status === 'rejected');
    expect(failed.map(({ reason }) => reason as unknown)).toEqual([expect.any(DeadlockError)]);
    const lock = await mine.at('a').acquire();
    await at.client.del('tree:{ring}:grants');
    await expect(lock.node.set('late', 1)).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(await its.at('a').exists()).toBe(false);
  });

  test('lose nothing and hang nowhere while their slot moves to and fro', async () => {
    const [from, to] = [serverOfTree('moving'), (serverOfTree('moving') + 1) % 3];
    const trees = [at.client, second].map((client) => new RedisTree({ client, namespace: 'moving' }));
    let isMoving = true;
    const errors: unknown[] = [];
    const done = await Promise.all([
      ...[...trees, ...trees].map(async (tree) => {
        let count = 0;
        while (isMoving) {
          await incrementUnderLock(tree.at('count')).then(
            () => (count += 1),
            (error: unknown) => errors.push(error),
          );
        }
        return count;
      }),
      (async () => {
        for (let round = 0; round < 4; round++) {
          const [source, target] = round % 2 === 0 ? ([from, to] as const) : ([to, from] as const);
          await at.cluster.moveSlot(slotOf('{moving}'), source, target);
          await sleep(100);
        }
        isMoving = false;
        return 0;
      })(),
    ]);
    const sum = done.reduce((total, count) => total + count, 0);

    console.log(`slot moved 4 times; ${sum} increments under a lock; errors ${errors.length}`);
    expect(errors).toEqual([]);
    expect(sum).toBeGreaterThan(20);
    expect(await trees[0]?.at('count.n').val()).toBe(sum);
  });

  test('go on after their primary was killed; no two holders write, and all errors are typed', async () => {
    const namespace = NAMESPACES.find((name) => serverOfTree(name) === 0) as string;
    const trees = [at.client, second].map((client) => new RedisTree({ client, namespace, lockExpireTimeout: 2, lockAcquireTimeout: 5 }));
    const report = { before: 0, after: 0, torn: 0, errors: [] as unknown[] };
    let isPromoted = false;
    let isOver = false;
    const flows = [...trees, ...trees].map(async (tree, flow) => {
      for (let round = 0; !isOver; round++) {
        const mark = `${flow}-${round}`;
        const isLate = isPromoted;
        await tree
          .at('place')
          .withLock(async (node) => {
            await node.set('first', mark);
            await sleep(5);
            const found = await node.get('first').val();
            await node.set('second', mark);
            // Both writes were accepted, so no write of another holder may lie between them.
            if (found !== mark) report.torn += 1;
          })
          .then(
            () => (report[isLate ? 'after' : 'before'] += 1),
            async (error: unknown) => {
              report.errors.push(error);
              await sleep(20);
            },
          );
      }
    });
    await sleep(500);
    await at.cluster.servers[0]?.kill('SIGKILL');
    await untilPromoted(at.cluster, 3);
    isPromoted = true;
    const deadline = Date.now() + 30_000;
    while (report.after < 20 && Date.now() < deadline) await sleep(50);
    isOver = true;
    await Promise.all(flows);

    const codes = report.errors.map((error) => (error instanceof RedatomError ? error.code : error));
    console.log(`${report.before} locks before, ${report.after} after the failover; errors ${JSON.stringify(codes)}`);
    expect(report.errors.filter((error) => !(error instanceof RedatomError))).toEqual([]);
    expect(report.torn).toBe(0);
    expect(report.after).toBeGreaterThanOrEqual(20);
  });
});
