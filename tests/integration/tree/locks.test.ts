import { AsyncLocalStorage } from 'node:async_hooks';
import { createClient } from 'redis';
import { DeadlockError, Lock, LockLostError, LockNotHeldError, LockTimeoutError, RedisTree, type TreeLock } from 'redatom/tree';
import { describeOnEveryBackend } from '../../support/backends';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const ONCE = { acquireTimeout: 0 };

/** Runs work outside of the present async flow, as another request would. */
const outside = AsyncLocalStorage.snapshot();
const asStranger = <T>(work: () => Promise<T>): Promise<T> => outside(work);

describeOnEveryBackend('locks of a tree', (backend) => {
  let tree: RedisTree;
  beforeAll(async () => {
    tree = new RedisTree({ client: await backend.raw(), namespace: 'locks' });
  });
  beforeEach(() => backend.flush());
  afterAll(() => tree.close());

  const isFree = async (path: string, shared = false): Promise<boolean> => {
    try {
      await tree.at(path).withLock(() => undefined, { ...ONCE, shared });
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(LockTimeoutError);
      return false;
    }
  };

  /** What of an operation's scripts ran, by their number of keys: locks have seven. */
  const lockCallsDuring = async (action: () => Promise<unknown>): Promise<number> =>
    (await backend.trafficOf(action)).filter(({ name, args }) => name === 'EVALSHA' && args.includes('"7"')).length;

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
      expect(await lockCallsDuring(() => tree.at('a.free').withLock(() => undefined))).toBe(2);
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

    test('what is done through the node of a handle is inside of the lock', async () => {
      await using lock = await tree.at('a').acquire();
      await using child = await lock.node.get('b').acquire(ONCE);
      await child.node.set('c', 1);
      await lock.node.get('b').withLock((node) => node.set('c', 2), ONCE);
      expect(await tree.at('a.b.c').val()).toBe(2);
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

  describe('leases', () => {
    test('are renewed while the work runs', async () => {
      await tree.at('a').withLock(
        async (_, lock) => {
          await sleep(400);
          expect(lock.signal.aborted).toBe(false);
          expect(await asStranger(() => isFree('a'))).toBe(false);
        },
        { expireTimeout: 0.15 },
      );
    });

    test('that are lost abort the signal and refuse the writes of the work', async () => {
      const work = tree.at('a').withLock(
        async (node, lock) => {
          await node.set('x', 1);
          await backend.send('DEL', 'tree:{locks}:grants', 'tree:{locks}:exclusive', 'tree:{locks}:deadlines');
          await expect(node.set('x', 2)).rejects.toThrow(LockLostError);
          await expect(node.get('x').add(1)).rejects.toThrow(LockLostError);
          await expect(node.clear()).rejects.toThrow(LockLostError);
          await expect(node.expire(10)).rejects.toThrow(LockLostError);
          await new Promise<void>((resolve) => lock.signal.addEventListener('abort', () => resolve()));
          expect(lock.signal.reason).toBeInstanceOf(LockLostError);
        },
        { expireTimeout: 0.3 },
      );
      await expect(work).rejects.toThrow(LockLostError);
      expect(await tree.at('a.x').val()).toBe(1);
    });

    test('fences grow, and a stale holder writes nothing', async () => {
      const fences: number[] = [];
      for (let round = 0; round < 5; round++) await tree.at('a').withLock((_, { fence }) => fences.push(fence));
      await backend.flush();
      await tree.at('a').withLock((_, { fence }) => fences.push(fence));
      expect([...fences].sort((a, b) => a - b)).toEqual(fences);
      expect(new Set(fences).size).toBe(6);
      expect(fences.every(Number.isSafeInteger)).toBe(true);
    });

    test.each([{ expireTimeout: 0 }, { expireTimeout: -1 }, { expireTimeout: NaN }, { acquireTimeout: -1 }, { acquireTimeout: Infinity }])(
      'refuse %j',
      async (options) => {
        await expect(tree.at('a').acquire(options)).rejects.toThrow(RangeError);
      },
    );

    test('with fractions time out in time and end in time', async () => {
      const holder = await tree.at('a').acquire({ expireTimeout: 0.35, autoRenew: false });
      const began = performance.now();
      await expect(tree.at('a').acquire({ acquireTimeout: 0.15 })).rejects.toThrow(LockTimeoutError);
      expect(performance.now() - began).toBeLessThan(250);
      const next = await tree.at('a').acquire({ acquireTimeout: 1 });
      expect(performance.now() - began).toBeLessThan(450);
      await next.release();
      await expect(holder.release()).rejects.toThrow(LockLostError);
      await holder.release();
    });
  });

  describe('waiting', () => {
    test('sends nothing between refreshes, and ends within milliseconds of the release', async () => {
      const lock = await tree.at('a').acquire();
      let enteredAt = 0;
      let waiting: Promise<TreeLock> | undefined;
      const calls = await lockCallsDuring(async () => {
        waiting = tree.at('a.b').acquire();
        void waiting.then(() => (enteredAt = performance.now()));
        await sleep(250);
      });
      // Once to ask, once after listening.
      expect(calls).toBe(2);
      const releasedAt = performance.now();
      await lock.release();
      await (await waiting)?.release();
      expect(enteredAt - releasedAt).toBeLessThan(100);
    });

    test('is first come, first served, and wakes only whose turn it is', async () => {
      const order: number[] = [];
      const lock = await tree.at('a').acquire();
      const waiters: Promise<void>[] = [];
      for (let place = 0; place < 8; place++) {
        waiters.push(tree.at('a').withLock(() => void order.push(place)));
        await sleep(5);
      }
      await sleep(20);
      const calls = await lockCallsDuring(async () => {
        await lock.release();
        await Promise.all(waiters);
      });
      expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(calls).toBeLessThanOrEqual(1 + 8 * 2 + 4);
    });

    test('for a parent is not starved by its busy children', async () => {
      let isOver = false;
      const children = Array.from({ length: 8 }, async (_, index) => {
        while (!isOver) await tree.at(`a.c${index}`).withLock(() => sleep(5));
      });
      await sleep(30);
      const began = performance.now();
      await tree.at('a').withLock(() => undefined, { acquireTimeout: 2 });
      expect(performance.now() - began).toBeLessThan(500);
      isOver = true;
      await Promise.all(children);
    });

    test('is given up by a signal, and leaves the queue', async () => {
      await using lock = await tree.at('a').acquire();
      const waiting = tree.at('a').acquire({ signal: AbortSignal.timeout(50) });
      await expect(waiting).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
      expect(await backend.send('ZCARD', 'tree:{locks}:queue')).toBe(0);
      await lock.release();
    });

    test('fails after the time in all, whatever happens meanwhile', async () => {
      let isOver = false;
      const busy = Array.from({ length: 3 }, async () => {
        while (!isOver) await tree.at('a').withLock(() => sleep(40));
      });
      await sleep(10);
      const began = performance.now();
      await tree
        .at('a')
        .acquire({ acquireTimeout: 0.06 })
        .then((lock) => lock.release())
        .catch((error: unknown) => expect(error).toBeInstanceOf(LockTimeoutError));
      expect(performance.now() - began).toBeLessThan(60 + 90);
      isOver = true;
      await Promise.all(busy);
      expect(await backend.send('ZCARD', 'tree:{locks}:queue')).toBe(0);
    });

    test('in a ring ends at once for one party, and the other goes on when it releases', async () => {
      const outcomes: string[] = [];
      const party = async (mine: string, other: string): Promise<void> => {
        const began = performance.now();
        await tree
          .at(mine)
          .withLock(async () => {
            await sleep(30);
            await tree.at(other).withLock(() => void outcomes.push('entered'));
          })
          .catch((error: unknown) => {
            expect(error).toBeInstanceOf(DeadlockError);
            outcomes.push('deadlock');
            expect(performance.now() - began).toBeLessThan(300);
          });
      };
      await Promise.all([party('a', 'b.x'), party('b', 'a.y')]);
      expect(outcomes).toEqual(['deadlock', 'entered']);
    });

    test('in a ring of three ends for exactly one', async () => {
      const results = await Promise.allSettled(
        ['a', 'b', 'c'].map((mine, index, all) =>
          tree.at(mine).withLock(async () => {
            await sleep(40);
            await tree.at(all[(index + 1) % 3] as string).withLock(() => undefined);
          }),
        ),
      );
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    });
  });

  describe('enforceLocks', () => {
    test('refuses writes into the lock of another, and lets the holder write', async () => {
      const strict = new RedisTree({ client: await backend.raw(), namespace: 'locks', enforceLocks: true });
      await strict.at('a.b').withLock(async (node) => {
        await node.set('x', 1);
        for (const write of [
          () => strict.at('a').assign(1),
          () => strict.at('a.b.x').add(1),
          () => strict.root().clear(),
          () => strict.at('a.b').expire(1),
        ]) {
          await expect(asStranger(write)).rejects.toMatchObject({ code: 'LOCKED', lockedBy: 'a.b' });
        }
        await asStranger(() => strict.at('a.c').assign(1));
        await asStranger(() => tree.at('a.b.y').assign('advisory'));
      });
      expect(await strict.root().val()).toEqual({ a: { b: { x: 1, y: 'advisory' }, c: 1 } });
      await strict.close();
    });

    test('a shared lock is for reading', async () => {
      await tree.at('a').withLock(
        async (node) => {
          await expect(node.set('x', 1)).rejects.toMatchObject({ code: 'LOCKED' });
        },
        { shared: true },
      );
    });
  });

  describe('Lock', () => {
    test('excludes what is above and below, apart from the locks of trees', async () => {
      const client = await backend.raw();
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

    test('opens a connection of its own for a URL', async () => {
      const lock = new Lock(backend.url, 'a');
      await lock.acquire();
      await lock.release();
      await lock.close();
    });
  });

  test('leave nothing behind', async () => {
    await tree.at('a').withLock(() => tree.at('a.b').withLock(() => undefined));
    expect(await backend.send('KEYS', 'tree:{locks}:*')).toEqual(['tree:{locks}:fence']);
    expect(await backend.send('PTTL', 'tree:{locks}:fence')).toBeGreaterThan(0);
  });

  test('work over RESP2', async () => {
    const client = await createClient({ url: backend.url, RESP: 2 }).connect();
    const old = new RedisTree({ client, namespace: 'locks' });
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
