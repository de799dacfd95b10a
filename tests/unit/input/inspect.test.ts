import { inspect } from 'node:util';
import { AtomicRedisModel, connect, Field, Key, Model, type Database } from 'redatom';
import { startEmbeddedRedis, type EmbeddedRedis } from 'redatom/testing';
import { Pool, RedisTree } from 'redatom/tree';

@Model()
class Seat extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
}

/** On one line, with a fixed number in place of the fence, which differs from run to run. */
const shown = (value: unknown): string => inspect(value, { breakLength: Infinity }).replace(/fence: \d+/, 'fence: 1');

/** The value as a log in JSON holds it. */
const logged = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replace(/"fence":\d+/, '"fence":1'));

describe('util.inspect and logs in JSON show what is useful to users, and no password:', () => {
  let server: EmbeddedRedis;
  let db: Database;

  beforeAll(async () => {
    server = await startEmbeddedRedis({ password: 'hunter2' });
    db = await connect(server.url, { models: [Seat], name: 'stage' });
  });
  afterAll(async () => {
    await db.close();
    await server.close();
  });

  test('of the embedded server', () => {
    expect(shown(server)).toBe(`EmbeddedRedis { 127.0.0.1:${server.port} }`);
  });

  test('of a database', async () => {
    const closed = await connect(server.url);
    await closed.close();

    expect(shown(db)).toBe("Database { name: 'stage', models: [ 'Seat' ], isClosed: false }");
    expect(shown({ closed })).toBe('{ closed: Database { models: [], isClosed: true } }');
    expect(logged([db, closed])).toEqual([
      { name: 'stage', models: ['Seat'], isClosed: false },
      { models: [], isClosed: true },
    ]);
  });

  test('of locks', async () => {
    const seat = await Seat.create({ name: 'a' });
    const lock = (isHeld: boolean): string => `Lock { key: 'Seat:a', action: 'sit', fence: 1, isHeld: ${isHeld} }`;

    const inJson = (isHeld: boolean): object => ({ key: 'Seat:a', action: 'sit', fence: 1, isHeld });

    await seat.withLock('sit', (_, held) => expect([shown(held), logged(held)]).toEqual([lock(true), inJson(true)]));
    const handle = await seat.lock('sit');
    expect(shown(handle)).toBe(lock(true));
    await handle.release();
    expect([shown(handle), logged(handle)]).toEqual([lock(false), inJson(false)]);
  });

  test('of the commands of a pipeline', async () => {
    const seat = await Seat.create({ name: 'b' });

    await seat.pipeline((_, commands) => expect(shown(commands)).toBe('PipelineCommands { recorded: [], isOpen: true }'));
  });

  test('of trees', async () => {
    const tree = new RedisTree({ client: server.url, namespace: 'shop' });
    const node = "TreeNode { prefix: 'tree:{shop}', key: 'a.b' }";

    expect(shown(tree)).toBe("RedisTree { prefix: 'tree:{shop}' }");
    expect(shown(tree.at('a.b'))).toBe(node);
    expect(logged([tree, tree.at('a.b')])).toEqual([{ prefix: 'tree:{shop}' }, { prefix: 'tree:{shop}', key: 'a.b' }]);
    await tree.at('a.b').withLock((_, lock) => {
      expect(shown(lock)).toBe("Lock { path: 'a.b', shared: false, fence: 1, isHeld: true }");
      expect(logged(lock)).toEqual({ path: 'a.b', shared: false, fence: 1, isHeld: true });
    });
    const handle = await tree.at('a.b').acquire();
    expect(shown(handle)).toContain(`node: ${node}`);
    expect(logged(handle)).toMatchObject({ node: { prefix: 'tree:{shop}', key: 'a.b' } });
    await handle.release();
    await tree.close();
  });

  test('of the pool of the default tree', async () => {
    await Pool.instance().reload({ password: 'hunter2', names: { persons: 1 } });

    expect(shown(Pool.instance())).toBe(
      "Pool { host: 'localhost', port: 6379, database: 0, names: Map(1) { 'persons' => 1 }, fakeRedis: false }",
    );
    expect(logged(Pool.instance())).toEqual({ host: 'localhost', port: 6379, database: 0, names: {}, fakeRedis: false });
    await Pool.instance().reload();
  });
});
