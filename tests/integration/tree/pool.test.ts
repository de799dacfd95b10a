import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, proxy, RedisTree, root, section } from 'redatom/tree';
import { describeOnEveryServer, type Backend } from '../../support/backends';
import { TcpProxy } from '../../support/tcp-proxy';

const addressOf = ({ url }: Backend): { host: string; port: number; database: number } => {
  const { hostname, port, pathname } = new URL(url);
  return { host: hostname, port: Number(port), database: Number(pathname.slice(1)) };
};

describeOnEveryServer('Pool', 'a configuration of the pool names a server and a database', (backend) => {
  beforeEach(async () => {
    await backend.flush();
    await Pool.instance().reload(addressOf(backend));
  });
  afterAll(() => Pool.instance().reload());

  test('is one for the process, and connects when something is read', async () => {
    expect(Pool.instance()).toBe(Pool.instance());
    const section1 = section('first');
    await Pool.instance().reload({ ...addressOf(backend), port: 1 });
    await expect(section1.val()).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    await Pool.instance().reload(addressOf(backend));
    await section1.set('x', 1);
    expect(await root().val()).toEqual({ first: { x: 1 } });
  });

  test('moves values and locks of nodes that exist when it is reloaded', async () => {
    const node = proxy('a');
    await node.assign(1);
    const other = { ...addressOf(backend), database: 13 };
    await Pool.instance().reload(other);
    try {
      expect(await node.val()).toBeUndefined();
      await node.assign(2);
      await using _lock = await node.acquire();
      const there = new RedisTree({ client: backend.url.replace(/\d+$/, '13') });
      expect(await there.at('a').val()).toBe(2);
      expect(await there.at('a').isLocked()).toBe(true);
      await there.close();
      expect(await backend.send('EXISTS', 'tree:{tree}:grants')).toBe(0);
    } finally {
      await root().clear();
    }
  });

  test('serves the names of the latest configuration only, and what was left out has its default', async () => {
    const { database, ...address } = addressOf(backend);
    await Pool.instance().reload({ ...address, names: { persons: database } });
    expect(await proxy('x', { dbName: 'persons' }).exists()).toBe(false);
    await Pool.instance().reload(address);
    await expect(proxy('x', { dbName: 'persons' }).val()).rejects.toThrow('no database is named "persons"');
  });

  test('takes many calls at a time over few connections', async () => {
    await Pool.instance().reload({ ...addressOf(backend), maxConnections: 3 });
    await Promise.all(Array.from({ length: 200 }, () => proxy('count').add(1)));
    expect(await proxy('count').val()).toBe(200);
    const clients = await backend.send<string>('CLIENT', 'LIST');
    const ours = clients.split('\n').filter((line) => line.includes(` db=${addressOf(backend).database} `));
    expect(ours.length).toBeLessThanOrEqual(4);
  });

  describe('through a proxy', () => {
    let through: TcpProxy;
    const reload = (): Promise<void> => Pool.instance().reload({ ...addressOf(backend), port: Number(new URL(through.url).port) });
    beforeEach(async () => {
      through = await TcpProxy.start(backend.url);
    });
    afterEach(() => through.close());

    const nothingIsOpen = async (): Promise<void> => {
      while (through.connectionCount > 0) await sleep(5);
    };

    test('leaves no connection when it is closed, or reloaded, and opens others when they are needed', async () => {
      await reload();
      await root().set('x', 1);
      await Pool.instance().close();
      await nothingIsOpen();
      expect(await root().get('x').val()).toBe(1);
      await Pool.instance().reload(addressOf(backend));
      await nothingIsOpen();
    });

    test('leaves none that is being made anew', async () => {
      await reload();
      void through.onRequest('tree:{tree}', 'cut before');
      await expect(root().val()).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });

      await Pool.instance().close();

      await sleep(200);
      expect(through.connectionCount).toBe(0);
    });

    test('connects again, whether it could not connect before or the connection was lost', async () => {
      await reload();
      await through.goAway();
      await expect(root().val()).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
      await through.comeBack();
      expect(await root().val({})).toEqual({});

      through.cutAll();
      const until = performance.now() + 5000;
      const read = (): Promise<unknown> =>
        root()
          .val({})
          .catch((error: unknown) => (performance.now() < until ? sleep(20).then(read) : error));
      expect(await read()).toEqual({});
    });
  });

  test('lets nobody write under a lock that ended with its connections', async () => {
    const node = proxy('a');
    const handle = await node.acquire();
    const section = proxy('b').withLock(async (held) => {
      await Pool.instance().close();
      await expect(held.assign('section')).rejects.toMatchObject({ code: 'LOCK_LOST', command: 'assign' });
    });

    await expect(section).rejects.toMatchObject({ code: 'LOCK_LOST' });
    await expect(handle.node.assign('handle')).rejects.toMatchObject({ code: 'LOCK_LOST', command: 'assign' });
    await expect(handle.release()).rejects.toMatchObject({ code: 'LOCK_LOST', command: 'release' });
    expect(await root().val()).toBeUndefined();
    await node.assign('after');
  });

  test('locks keep the timeouts of their own node', async () => {
    await using _lock = await proxy('a').acquire();
    await expect(proxy('a', { lockAcquireTimeout: 0.05 }).acquire()).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', waitMs: 50 });
  });

  test.each([{ database: -1 }, { names: { a: 1.5 } }, { maxConnections: 0 }, { timeoutSeconds: 0 }])('refuses %j', async (config) => {
    await expect(Pool.instance().reload(config)).rejects.toThrow(RangeError);
  });

  test.each([
    ...[{ host: '' }, { host: 5 }, { host: 'other@localhost' }, { host: 'a b' }, { host: null }],
    ...[{ port: 0 }, { port: 70_000 }, { port: 1.5 }, { port: '6379' }],
    ...[{ names: ['persons'] }, { names: 'persons' }, { names: null }, { maxConnections: '4' }],
  ])('refuses %j in words that show what it was, and keeps what it had', async (config) => {
    await root().set('kept', 1);
    const [name] = Object.keys(config);
    const found = /, found (nothing|null|a list|the (text|number))/;
    await expect(Pool.instance().reload(config as never)).rejects.toThrow(new RegExp(`^${name} must be .*${found.source}`));
    expect(await root().get('kept').val()).toBe(1);
  });

  test('never shows a password that it refuses', async () => {
    await expect(Pool.instance().reload({ password: 12_345 as never })).rejects.toThrow(/^password must be text, found a number$/);
  });

  test('says in the words of the server that it has no such database', async () => {
    await Pool.instance().reload({ ...addressOf(backend), database: 999_999 });
    await expect(root().val()).rejects.toMatchObject({ code: 'REDIS_SERVICE', message: expect.stringContaining('DB index') as unknown });
  });
});

describe('Pool with fakeRedis', () => {
  const isThere = (): boolean => {
    try {
      return require.resolve('redatom/testing') !== '';
    } catch {
      return false;
    }
  };

  afterAll(() => Pool.instance().reload());

  test('that cannot be started fails those who need it, and no reload', async () => {
    jest.doMock('redatom/testing', () => {
      throw new Error('is not installed');
    });
    await Pool.instance().reload({ fakeRedis: true });
    await expect(root().val()).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    await expect(Pool.instance().reload()).resolves.toBeUndefined();
    jest.dontMock('redatom/testing');
  });

  test(
    isThere() ? 'keeps the databases of the embedded server apart' : 'says what is missing where there is no embedded server',
    async () => {
      await Pool.instance().reload({ fakeRedis: true, names: { persons: 1 } });
      if (!isThere()) {
        await expect(root().val()).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
        await expect(root().val()).rejects.toThrow('redatom/testing');
        return;
      }
      await root().clear();
      await proxy('x').set('y', 1);
      await proxy('x', { dbName: 'persons' }).set('y', 2);
      expect(await proxy('x.y').val()).toBe(1);
      expect(await proxy('x.y', { dbName: 'persons' }).val()).toBe(2);
    },
  );
});
