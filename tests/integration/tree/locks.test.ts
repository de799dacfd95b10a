import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { spaceKeysOf } from '../../../src/lock/subtree-lease';
import { Lock, LockLostError, LockNotHeldError, LockTimeoutError, RedisTree, type TreeNode } from 'redatom/tree';
import { describeOnEveryBackend, describeOnEveryServer } from '../../support/backends';
import { asStranger, isFreeNode, lockCallsDuring, ONCE } from '../../support/tree-locks';

describeOnEveryBackend('locks of a tree', (backend) => {
  let tree: RedisTree;
  beforeAll(async () => {
    tree = new RedisTree({ client: await backend.readyClient(), namespace: 'locks' });
  });
  beforeEach(() => backend.flush());
  afterAll(() => tree.close());

  const isFree = (path: string, shared = false): Promise<boolean> => isFreeNode(tree.at(path), shared);

  describe('cover', () => {
    test('the node, what is below it and what is above it, and nothing else', async () => {
      await using _lock = await tree.at('a.b').acquire();
      for (const path of ['', 'a', 'a.b', 'a.b.c', 'a.b.c.d']) expect([path, await isFree(path)]).toEqual([path, false]);
      for (const path of ['a.c', 'ab', 'a.bb', 'b', 'a.c.b']) expect([path, await isFree(path)]).toEqual([path, true]);
    });

    test('shared ones stand together, and keep exclusive ones out', async () => {
      await using _lock = await tree.at('a.b').acquire({ shared: true });
      for (const path of ['', 'a', 'a.b', 'a.b.c']) {
        expect([path, await isFree(path)]).toEqual([path, false]);
        expect([path, await isFree(path, true)]).toEqual([path, true]);
      }
    });

    test('an exclusive one keeps shared ones out, above and below', async () => {
      await using _lock = await tree.at('a.b').acquire();
      for (const path of ['', 'a', 'a.b', 'a.b.c']) expect([path, await isFree(path, true)]).toEqual([path, false]);
    });

    test('disjoint subtrees take one attempt each, whatever else is held', async () => {
      const locks = await Promise.all(Array.from({ length: 20 }, (_, index) => tree.at(`a.n${index}`).acquire()));
      expect(await lockCallsDuring(backend, () => tree.at('a.free').withLock(() => undefined))).toBe(2);
      await Promise.all(locks.map((lock) => lock.release()));
    });

    test('isLocked tells of the node and above, and below when asked', async () => {
      expect(await tree.at('a.b').isLocked({ below: true })).toBe(false);
      await using _lock = await tree.at('a.b').acquire({ shared: true });
      expect(await tree.at('a.b').isLocked()).toBe(true);
      expect(await tree.at('a.b.c').isLocked()).toBe(true);
      expect(await tree.at('a').isLocked()).toBe(false);
      expect(await tree.at('a').isLocked({ below: true })).toBe(true);
      expect(await tree.root().isLocked()).toBe(false);
      expect(await tree.root().isLocked({ below: true })).toBe(true);
      expect(await tree.at('ab').isLocked({ below: true })).toBe(false);
    });

    test.each(['a\u0000b', '\u0001', 'a}b', '{', 'a b\n'])('keep strangers out in the namespace %j', async (namespace) => {
      const strange = new RedisTree({ client: await backend.readyClient(), namespace });
      let [inside, most] = [0, 0];
      const enter = (): Promise<void> =>
        strange.at('x').withLock(async () => {
          most = Math.max(most, (inside += 1));
          await sleep(20);
          inside -= 1;
        });
      await Promise.all([enter(), enter(), enter(), enter()]);
      expect(most).toBe(1);
      await strange.close();
    });

    test('strange names do not meet', async () => {
      await using _lock = await tree.at(['a', 'b.c']).acquire();
      expect(await isFree('a.b')).toBe(true);
      expect(await tree.at(['a', 'b.c', '']).isLocked()).toBe(true);
      expect(await tree.at(['a', 'b.c\u0000']).isLocked({ below: true })).toBe(false);
      expect(await tree.at(['a', 'b.c\u0001']).isLocked({ below: true })).toBe(false);
    });
  });

  describe('scopes', () => {
    test('let locks in that are taken inside of the work, also below', async () => {
      const inside = await tree.at('a').withLock(async (node) => {
        return node.get('b').withLock(async (child) => child.withLock(() => 'deep', ONCE), ONCE);
      });
      expect(inside).toBe('deep');
      expect(await backend.send('HLEN', 'tree:{locks}:grants')).toBe(0);
    });

    test('keep two branches of one flow apart', async () => {
      let isInside = false;
      const branch = async (): Promise<void> =>
        tree.at('a.b').withLock(async () => {
          expect(isInside).toBe(false);
          isInside = true;
          await sleep(5);
          isInside = false;
        });
      await tree.at('a').withLock(() => Promise.all([branch(), branch(), branch()]));
    });

    test('keep a branch apart from all others of its flow, also from those whose numbers begin as its own does', async () => {
      await tree.at('a').withLock(async () => {
        const asSibling = AsyncLocalStorage.snapshot();
        await tree.at('a.b').withLock(async () => {
          const enter = (): Promise<void> => asSibling(() => tree.at('a.b').withLock(() => undefined, ONCE));
          const outcomes = await Promise.allSettled(Array.from({ length: 1000 }, enter));
          expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([]);
        });
      });
    });

    test('keep flows apart that share a process and a node', async () => {
      const node = tree.at('a');
      await node.withLock(async () => {
        await expect(asStranger(() => node.withLock(() => undefined, ONCE))).rejects.toThrow(LockTimeoutError);
      });
    });

    test('a session lets its own locks in, in any order, and releasing the parent keeps the child', async () => {
      const session = tree.session();
      await session.at('a.b').acquire();
      await session.at('a').acquire(ONCE);
      await session.at('a').acquire(ONCE);
      await expect(tree.session().at('a').acquire(ONCE)).rejects.toThrow(LockTimeoutError);
      await session.at('a').release();
      await session.at('a').release();
      expect(await tree.at('a').isLocked()).toBe(false);
      expect(await isFree('a.b.c')).toBe(false);
      await session.at('a.b').release();
      expect(await isFree('a')).toBe(true);
    });

    test('let nobody in past the lock of a stranger behind many of his own', async () => {
      const session = tree.session();
      const own = await Promise.all(Array.from({ length: 64 }, (_, index) => session.at(`a.n${index}`).acquire()));
      await using _strange = await tree.at('a.z').acquire();
      await expect(session.at('a').acquire(ONCE)).rejects.toThrow(LockTimeoutError);
      await Promise.all(own.map((lock) => lock.release()));
    });

    test('what is done through the node of a handle is inside of the lock', async () => {
      await using lock = await tree.at('a').acquire();
      await using child = await lock.node.get('b').acquire(ONCE);
      await child.node.set('c', 1);
      await lock.node.get('b').withLock((node) => node.set('c', 2), ONCE);
      expect(await tree.at('a.b.c').val()).toBe(2);
    });

    test('let in what is acquired by hand inside of the work of a handle, or of a session', async () => {
      await using lock = await tree.at('a').acquire();
      const session = tree.session();
      const insideOf = (node: TreeNode): Promise<unknown> =>
        node.withLock(async () => {
          await using first = await node.get('b').acquire(ONCE);
          await using second = await node.get('b').acquire(ONCE);
          await second.node.get('c').withLock((child) => child.assign(1), ONCE);
          return await first.node.withLock(() => 'deep', ONCE);
        }, ONCE);
      await expect(insideOf(lock.node)).resolves.toBe('deep');
      await expect(insideOf(session.at('z'))).resolves.toBe('deep');
      expect(await isFree('z')).toBe(true);
    });

    test('let in what a session does that is opened inside of the work', async () => {
      await tree.at('a').withLock(async () => {
        const session = tree.session();
        await session.at('a.b').acquire(ONCE);
        await session.at('a').acquire(ONCE);
        await session.at('a').release();
        await expect(tree.at('a.b').acquire(ONCE)).rejects.toThrow(LockTimeoutError);
        await session.at('a.b').release();
      });
      expect(await isFree('a')).toBe(true);
    });
  });

  describe('release', () => {
    test('frees once; again it does nothing', async () => {
      const lock = await tree.at('a').acquire();
      await lock.release();
      await lock.release();
      expect(await isFree('a')).toBe(true);
    });

    test('by somebody who acquired nothing is refused and changes nothing', async () => {
      await using _lock = await tree.at('a').acquire();
      await expect(tree.at('a').release()).rejects.toThrow(LockNotHeldError);
      await expect(tree.session().at('a').release()).rejects.toThrow(LockNotHeldError);
      expect(await isFree('a')).toBe(false);
    });

    test('of a lost lock says so, and leaves the next holder alone', async () => {
      const late = await tree.at('a').acquire({ expireTimeout: 0.1, autoRenew: false });
      await using _next = await tree.at('a').acquire();
      await expect(late.release()).rejects.toThrow(LockLostError);
      expect(await isFree('a')).toBe(false);
    });

    test('never hides what the work threw', async () => {
      const failing = tree.at('a').withLock(
        async () => {
          await backend.flush();
          throw new Error('of the work');
        },
        { expireTimeout: 0.1, autoRenew: false },
      );
      await expect(failing).rejects.toThrow('of the work');
    });
  });

  describe('enforceLocks', () => {
    test('refuses writes into the lock of another, and lets the holder write', async () => {
      const strict = new RedisTree({ client: await backend.readyClient(), namespace: 'locks', enforceLocks: true });
      await strict.at('a.b').withLock(async (node) => {
        await node.set('x', 1);
        const writes: (() => Promise<unknown>)[] = [
          () => strict.at('a').assign(1),
          () => strict.at('a.b.x').add(1),
          () => strict.root().clear(),
          () => strict.at('a.b').expire(1),
        ];
        for (const write of writes) {
          await expect(asStranger(write)).rejects.toMatchObject({ code: 'LOCKED', lockedBy: 'a.b' });
        }
        await strict.at('a.c').assign(1);
        await asStranger(() => strict.at('a.c').assign(1));
        await asStranger(() => tree.at('a.b.y').assign('advisory'));
      });
      expect(await strict.root().val()).toEqual({ a: { b: { x: 1, y: 'advisory' }, c: 1 } });
      await strict.close();
    });

    test('lets the holder write around what he has locked', async () => {
      const strict = new RedisTree({ client: await backend.readyClient(), namespace: 'locks', enforceLocks: true });
      await strict.at('a.b').withLock(() => strict.at('a').assign({ b: 2 }));
      expect(await strict.root().val()).toEqual({ a: { b: 2 } });
      await strict.close();
    });

    test('refuses writes into what another reads, until his lease has ended', async () => {
      const strict = new RedisTree({ client: await backend.readyClient(), namespace: 'locks', enforceLocks: true });
      await strict.at('a').acquire({ shared: true, expireTimeout: 1, autoRenew: false });
      const write = (): Promise<unknown> => strict.at('a.b').assign(1);
      await expect(write()).rejects.toMatchObject({
        code: 'LOCKED',
        lockedBy: 'a',
        message: expect.stringContaining('locked for reading') as string,
      });
      while (await strict.at('a').isLocked()) await sleep(10);
      await write();
      await strict.close();
    });

    test('a shared lock is for reading, and says nothing of what is beside it, or in another tree', async () => {
      await tree.at('a').withLock(
        async (node) => {
          await expect(node.set('x', 1)).rejects.toMatchObject({ code: 'LOCKED' });
          await tree.at('b').set('x', 1);
          const other = new RedisTree({ client: await backend.readyClient(), namespace: 'other locks' });
          await other.at('a').set('x', 1);
          await other.close();
        },
        { shared: true },
      );
    });
  });

  describe('Lock', () => {
    test('excludes what is above and below, apart from the locks of trees', async () => {
      const client = await backend.readyClient();
      const lock = new Lock(client, 'a.b', { expireTimeout: 5, acquireTimeout: 0 });
      const parent = new Lock(client, 'a', { acquireTimeout: 0 });
      await lock.acquire();
      expect(await lock.isLocked()).toBe(true);
      expect(await parent.isLocked()).toBe(false);
      expect(await parent.isLocked({ below: true })).toBe(true);
      await expect(parent.acquire()).rejects.toThrow(LockTimeoutError);
      await expect(parent.release()).rejects.toThrow(LockNotHeldError);
      expect(await isFree('a')).toBe(true);
      await lock.release();
      expect(await parent.withLock(({ fence }) => fence)).toBeGreaterThan(0);
      await Promise.all([lock.close(), parent.close()]);
    });
  });

  test('leave nothing behind', async () => {
    await tree.at('a').withLock(() => tree.at('a.b').withLock(() => undefined));
    const left = spaceKeysOf('tree:{locks}').map(async (key) => ((await backend.send<number>('EXISTS', key)) === 1 ? [key] : []));
    expect((await Promise.all(left)).flat()).toEqual(['tree:{locks}:fence']);
    expect(await backend.send('PTTL', 'tree:{locks}:fence')).toBeGreaterThan(0);
  });
});

describeOnEveryServer('locks over one connection', 'their connections are made from a URL', (backend) => {
  test('opens a connection of its own for a URL', async () => {
    const [lock, other] = [new Lock(backend.url, 'a'), new Lock(backend.url, 'a')];
    await lock.acquire();
    await expect(other.acquire({ acquireTimeout: 0.05 })).rejects.toThrow(LockTimeoutError);
    await lock.release();
    await expect(other.acquire()).resolves.toMatchObject({ fence: expect.any(Number) as number });
    await other.release();
    await Promise.all([lock.close(), other.close()]);
  });

  test('work over RESP2', async () => {
    const client = await backend.newClient({ RESP: 2 });
    const old = new RedisTree({ client, namespace: 'locks' });
    const tree = new RedisTree({ client: await backend.raw(), namespace: 'locks' });
    await using _lock = await tree.at('a').acquire();
    await old.root().set('x', { y: [1] });
    expect(await old.at('x').keys()).toEqual(['y']);
    expect(await old.at('x.y').size()).toBe(1);
    expect(await old.at('n').add(1.5)).toBe(1.5);
    await expect(old.at('a.b').acquire({ acquireTimeout: 0.05 })).rejects.toThrow(LockTimeoutError);
    await old.close();
    client.destroy();
  });
});
