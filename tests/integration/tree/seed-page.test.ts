import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, proxy, RedisTree, root, type TreeNode } from 'redatom/tree';
import { describeOnEveryBackend, describeOnEveryServer, type Backend } from '../../support/backends';

function poolConfigOf({ url }: Backend): { host: string; port: number; database: number } {
  const { hostname, port, pathname } = new URL(url);
  return { host: hostname, port: Number(port), database: Number(pathname.slice(1)) };
}

async function valuesByKey(node: TreeNode): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for await (const leaf of node.iterChildren()) values[leaf.key()] = await leaf.val();
  return values;
}

describeOnEveryServer(
  'the examples of the seed page',
  'they use the pool, whose configuration names a server and a database',
  (backend) => {
    beforeAll(() => Pool.instance().reload(poolConfigOf(backend)));
    afterAll(() => Pool.instance().reload());
    beforeEach(() => backend.flush());

    test('getting and setting values', async () => {
      const p = proxy('a.b.c');
      await p.set('d', 42);
      expect(await p.get('d').val()).toBe(42);
      expect(await (await p.set('x', { y: 'z' })).val()).toEqual({ x: { y: 'z' }, d: 42 });
      expect(await root().val()).toEqual({ a: { b: { c: { x: { y: 'z' }, d: 42 } } } });
      expect(await root().get('who?').val()).toBeUndefined();
    });

    test('other useful operations', async () => {
      const r = root();
      await r.set('x', 1);
      await r.set('y', { z: 2 });
      expect(await r.val()).toEqual({ y: { z: 2 }, x: 1 });
      const names: string[] = [];
      for await (const name of r) names.push(name);
      expect(names.sort()).toEqual(['x', 'y']);
      expect(await valuesByKey(root())).toEqual({ 'y.z': 2, x: 1 });
      expect(await r.get('x').exists()).toBe(true);
      await r.delete('x');
      expect(await r.get('x').exists()).toBe(false);
      await r.clear();
      expect(await r.get('y').exists()).toBe(false);
    });

    test('another server, by host, port, database, password, connections and time', async () => {
      await Pool.instance().reload({ ...poolConfigOf(backend), maxConnections: 100, timeoutSeconds: 50 });
      await root().set('x', 1);
      expect(await backend.json('tree:{tree}:document')).toEqual({ x: 1 });
    });

    test('more than one database', async () => {
      const { database, ...address } = poolConfigOf(backend);
      await Pool.instance().reload({ ...address, default: database, names: { persons: 14, things: 15 } });
      try {
        await proxy('x').set('y', 1);
        await proxy('x', { dbName: 'persons' }).set('y', 2);
        await proxy('x', { dbName: 'things' }).set('y', 3);
        expect(await proxy('x.y').val()).toBe(1);
        expect(await proxy('x.y', { dbName: 'persons' }).val()).toBe(2);
        expect(await proxy('x.y', { dbName: 'things' }).val()).toBe(3);
      } finally {
        for (const dbName of ['persons', 'things']) await root({ dbName }).clear();
      }
    });

    test('time to live', async () => {
      await root().set('x', 'still here!', { expire: 10 });
      await sleep(1000);
      expect(await root().get('x').timeToLive()).toBe(9);
      expect(await root().get('x').val()).toBe('still here!');
      // At this point the page sleeps for the remaining nine seconds.
      await root().get('x').expire(0.05);
      await sleep(60);
      expect(await root().get('x').timeToLive()).toBe(-2);
      expect(await root().get('x').val()).toBeUndefined();
      await root().set('x', 'still here!');
      expect(await root().get('x').timeToLive()).toBe(-1);
      await root().get('x').expire(10);
      expect(await root().get('x').timeToLive()).toBe(10);
    });
  },
);

describeOnEveryBackend('an example of the seed page', (backend) => {
  test('a tree over a client of its own', async () => {
    const tree = new RedisTree({ client: await backend.readyClient(), namespace: 'own' });
    await tree.at('a.b').withLock(async (node) => {
      await node.get('c').add(1);
    });
    expect(await tree.root().val()).toEqual({ a: { b: { c: 1 } } });
    await tree.close();
  });
});
