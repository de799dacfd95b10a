import { setTimeout as sleep } from 'node:timers/promises';
import { DeadlockError, LockLostError, LockTimeoutError, RedisTree, type TreeLock } from 'redatom/tree';
import { describeOnEveryBackend } from '../../support/backends';
import { asStranger, isFreeNode, lockCallsDuring, ONCE } from '../../support/tree-locks';

const QUEUE = ['tree:{locks}:queue', 'tree:{locks}:waiters'];

describeOnEveryBackend('leases and waiting of a tree', (backend) => {
  let tree: RedisTree;
  beforeAll(async () => {
    tree = new RedisTree({ client: await backend.readyClient(), namespace: 'locks' });
  });
  beforeEach(() => backend.flush());
  afterAll(() => tree.close());

  const isFree = (path: string, shared = false): Promise<boolean> => isFreeNode(tree.at(path), shared);

  describe('leases', () => {
    test('are renewed while the work runs', async () => {
      await tree.at('a').withLock(
        async (_, lock) => {
          await sleep(900);
          expect(lock.signal.aborted).toBe(false);
          expect(await asStranger(() => isFree('a'))).toBe(false);
        },
        { expireTimeout: 0.5 },
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
          while (!lock.signal.aborted) await sleep(10);
          expect(lock.signal.reason).toBeInstanceOf(LockLostError);
        },
        { expireTimeout: 0.9 },
      );
      await expect(work).rejects.toThrow(LockLostError);
      expect(await tree.at('a.x').val()).toBe(1);
    });

    test('that the server has forgotten are in nobody’s way', async () => {
      const lock = await tree.at('a').acquire({ expireTimeout: 0.5, autoRenew: false });
      await backend.send('DEL', 'tree:{locks}:grants');
      expect([await tree.at('a').isLocked(), await isFree('a')]).toEqual([false, true]);
      await expect(lock.release()).rejects.toThrow(LockLostError);
      while ((await backend.send('EXISTS', 'tree:{locks}:deadlines')) === 1) await isFree('b');
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

    test('fences grow when the clock of the server has gone back', async () => {
      const later = 8e15;
      await backend.send('SET', 'tree:{locks}:fence', String(later));
      const fences: number[] = [];
      for (let round = 0; round < 3; round++) await tree.at('a').withLock((_, { fence }) => fences.push(fence - later));
      expect(fences).toEqual([1, 2, 3]);
    });

    test('have keys that outlive them, and that a shorter lease does not shorten', async () => {
      const leftMs = (name: string): Promise<number> => backend.send('PTTL', `tree:{locks}:${name}`);
      await using _long = await tree.at('a').acquire({ expireTimeout: 100 });
      await using _short = await tree.at('b').acquire({ expireTimeout: 10 });
      // A minute longer than the lease; the fence a day longer.
      for (const name of ['grants', 'exclusive', 'deadlines']) expect(await leftMs(name)).toBeGreaterThan(110_000);
      expect(await leftMs('fence')).toBeGreaterThan(86_400_000);
      const waiting = tree.at('a').acquire({ acquireTimeout: 0.2 });
      while ((await backend.send('EXISTS', ...QUEUE)) !== 2) await sleep(1);
      for (const name of ['queue', 'waiters']) expect(await leftMs(name)).toBeGreaterThan(0);
      await expect(waiting).rejects.toThrow(LockTimeoutError);
    });

    test.each([true, false])('make their keys live longer when they are renewed, shared: %j', async (shared) => {
      await using _lock = await tree.at('a').acquire({ shared, expireTimeout: 0.3 });
      for (const name of ['grants', shared ? 'shared' : 'exclusive', 'deadlines']) {
        await backend.send('PEXPIRE', `tree:{locks}:${name}`, '10000');
        while ((await backend.send<number>('PTTL', `tree:{locks}:${name}`)) <= 10_000) await sleep(10);
      }
    });

    test.each([
      ...[{ expireTimeout: 0 }, { expireTimeout: -1 }, { expireTimeout: NaN }, { expireTimeout: Infinity }, { expireTimeout: 1e13 }],
      ...[{ acquireTimeout: -1 }, { acquireTimeout: NaN }, { acquireTimeout: Infinity }],
    ])('refuse %j', async (options) => {
      await expect(tree.at('a').acquire(options)).rejects.toThrow(new RegExp(`^${Object.keys(options)[0]} must be a number of seconds`));
    });

    test.each([null, {}])('refuse the signal %j, also where the lock is held', async (signal) => {
      const options = { signal: signal as never, acquireTimeout: 0.02 };
      await expect(tree.at('a').acquire(options)).rejects.toThrow('signal must be an AbortSignal, found');
      await tree.at('a').withLock(async () => {
        // From here on the process listens, so the next call does not ask before it waits.
        const waiting = asStranger(() => tree.at('a').withLock(() => undefined, { acquireTimeout: 0.1 }));
        await expect(waiting).rejects.toThrow(LockTimeoutError);
        await expect(asStranger(() => tree.at('a').acquire(options))).rejects.toThrow('signal must be an AbortSignal, found');
        await sleep(50);
      });
      expect(await isFree('a')).toBe(true);
    });

    test.each([1e7, 8e12])('of %d s are held, and renewed no sooner than they need', async (expireTimeout) => {
      const lock = await tree.at('a').acquire({ expireTimeout, acquireTimeout: 1e300 });
      expect(await lockCallsDuring(backend, () => sleep(100))).toBe(0);
      expect([lock.signal.aborted, await isFree('a')]).toEqual([false, false]);
      await lock.release();
    });

    test('and waits of a fraction of a second end in time', async () => {
      const holder = await tree.at('a').acquire({ expireTimeout: 0.35, autoRenew: false });
      const [id = ''] = await backend.send<string[]>('ZRANGE', 'tree:{locks}:deadlines', '0', '0');
      const endsMs = Number(await backend.send('ZSCORE', 'tree:{locks}:deadlines', id));
      const [seconds, micros] = await backend.send<string[]>('TIME');
      expect(endsMs - Number(seconds) * 1000 - Number(micros) / 1000).toBeLessThanOrEqual(350);
      // Rounded to whole seconds, it would wait until the lease of the holder has ended, and enter.
      await expect(tree.at('a').acquire({ acquireTimeout: 0.15 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', waitMs: 150 });
      const next = await tree.at('a').acquire({ acquireTimeout: 1 });
      await next.release();
      await expect(holder.release()).rejects.toThrow(LockLostError);
      await holder.release();
    });
  });

  describe('waiting', () => {
    test('sends nothing between refreshes, and ends with the release, without asking again', async () => {
      const lock = await tree.at('a').acquire();
      let waiting: Promise<TreeLock> | undefined;
      const calls = await lockCallsDuring(backend, async () => {
        waiting = tree.at('a.b').acquire();
        await sleep(150);
      });
      // It asks once, and once more if the process was not listening before.
      expect(calls).toBeLessThanOrEqual(2);
      const callsToEnter = await lockCallsDuring(backend, async () => {
        await lock.release();
        await waiting;
      });
      expect(callsToEnter).toBe(1);
      expect(await backend.send('EXISTS', ...QUEUE)).toBe(0);
      await (await waiting)?.release();
    });

    test('gives a lock that is renewed before the place in the queue would have ended', async () => {
      const first = await tree.at('a').acquire({ expireTimeout: 10 });
      const waiting = tree.at('a').acquire({ expireTimeout: 60 });
      while ((await backend.send('ZCARD', 'tree:{locks}:queue')) === 0) await sleep(1);
      await first.release();
      const lock = await waiting;
      expect(lock.fence).toBeGreaterThan(first.fence);
      // What the server keeps of a lock lasts a minute longer than its lease.
      while ((await backend.send<number>('PTTL', 'tree:{locks}:grants')) < 100_000) await sleep(10);
      await lock.release();
    });

    test('is first come, first served, and wakes only whose turn it is', async () => {
      const order: number[] = [];
      const lock = await tree.at('a').acquire();
      const waiters: Promise<void>[] = [];
      for (let place = 0; place < 8; place++) {
        waiters.push(tree.at('a').withLock(() => void order.push(place)));
        await sleep(60);
      }
      await sleep(20);
      const calls = await lockCallsDuring(backend, async () => {
        await lock.release();
        await Promise.all(waiters);
      });
      expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      // One release each, which hands the lock over, plus refreshes on slow machines.
      expect(calls).toBeLessThan(9 + 8);
    });

    const meetings = [
      ['a', 'a'],
      ['a', 'a.b'],
      ['a.b', 'a'],
    ] as const;

    test.each(meetings)('for what is being read, %s, is not made longer by others who come to read %s', async (place, entrance) => {
      const reader = await tree.at(place).acquire({ shared: true });
      const session = tree.session();
      const waiting = session.at(place).acquire();
      while ((await backend.send('ZCARD', 'tree:{locks}:queue')) === 0) await sleep(1);
      expect(await isFree(entrance, true)).toBe(false);
      // A waiter is not in the way of others of its own scope.
      await (await session.at(entrance).acquire({ shared: true, ...ONCE })).release();
      await reader.release();
      await (await waiting).release();
    });

    test('is not made longer by waiters whose request the server has forgotten', async () => {
      const forgotten = Array.from({ length: 400 }, (_, index) => [String(index), `forgotten-${index}`]).flat();
      await backend.send('ZADD', 'tree:{locks}:queue', ...forgotten);
      expect(await isFree('a')).toBe(true);
      expect(await backend.send('EXISTS', ...QUEUE)).toBe(0);
    });

    test('goes on when it hears too late of a lock that was handed over to it, and that another holds by now', async () => {
      await using holder = await tree.at('a').acquire();
      let isOver = false;
      const waiting = tree.at('a').acquire({ acquireTimeout: 0.5 });
      const over = waiting.catch(() => undefined).finally(() => (isOver = true));
      while ((await backend.send('EXISTS', ...QUEUE)) !== 2) await sleep(1);
      const [id = ''] = await backend.send<string[]>('HKEYS', 'tree:{locks}:waiters');
      const row = await backend.send<string>('HGET', 'tree:{locks}:waiters', id);
      const channel = row.slice(row.lastIndexOf('\0') + 1);
      // As if the lock had been granted to the process during a pause, and lost again.
      for (; !isOver; await sleep(10)) await backend.send('PUBLISH', channel, `${id} ${holder.fence - 1}`);
      await over;
      await expect(waiting).rejects.toThrow(LockTimeoutError);
      expect(await backend.send('EXISTS', ...QUEUE)).toBe(0);
    });

    test('for a parent is not starved by its busy children', async () => {
      let isOver = false;
      let entries = 0;
      const children = Array.from({ length: 8 }, async (_, index) => {
        while (!isOver) await tree.at(`a.c${index}`).withLock(() => (entries++, sleep(5)));
      });
      await sleep(30);
      const parent = tree.at('a').withLock(() => (isOver = true), { acquireTimeout: 5 });
      // Children do not wait for one another, so the first waiter is the parent.
      while (!isOver && (await backend.send('ZCARD', 'tree:{locks}:queue')) === 0) await sleep(1);
      const before = entries;
      await parent;
      // Only children whose answer was already on its way enter, and each of them once.
      expect(entries - before).toBeLessThanOrEqual(children.length);
      await Promise.all(children);
    });

    test('is given up by a signal, and leaves the queue', async () => {
      await using lock = await tree.at('a').acquire();
      const waiting = tree.at('a').acquire({ signal: AbortSignal.timeout(50) });
      await expect(waiting).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
      expect(await backend.send('EXISTS', ...QUEUE)).toBe(0);
      await lock.release();
    });

    test('is not even begun with a signal that was aborted before', async () => {
      const refused = tree.at('a').acquire({ signal: AbortSignal.abort(new Error('enough')) });
      await expect(refused).rejects.toMatchObject({ code: 'REDIS_CONNECTION', cause: { message: 'enough' } });
      expect([await tree.at('a').isLocked(), await backend.send('EXISTS', ...QUEUE)]).toEqual([false, 0]);
    });

    test('fails when its time is over, whatever happens meanwhile', async () => {
      await using _held = await tree.at('a').acquire();
      let isOver = false;
      let entries = 0;
      const others = Array.from({ length: 3 }, async () => {
        while (!isOver) await tree.at('b').withLock(() => (entries++, sleep(5)));
      });
      // Meanwhile this process gets messages and refreshes its place twice. If any of these restarted the time, the wait would outlast the test.
      await expect(tree.at('a').acquire({ acquireTimeout: 0.8 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', waitMs: 800 });
      isOver = true;
      await Promise.all(others);
      expect(entries).toBeGreaterThan(10);
      expect(await backend.send('ZCARD', 'tree:{locks}:queue')).toBe(0);
    });

    test('in a ring ends at once for one party, and the other goes on when it releases', async () => {
      const outcomes: string[] = [];
      const party = async (mine: string, other: string): Promise<void> => {
        await tree
          .at(mine)
          .withLock(async () => {
            await sleep(30);
            await tree.at(other).withLock(() => void outcomes.push('entered'));
          })
          .catch((error: unknown) => {
            expect(error).toBeInstanceOf(DeadlockError);
            outcomes.push('deadlock');
          });
      };
      const calls = await lockCallsDuring(backend, () => Promise.all([party('a', 'b.x'), party('b', 'a.y')]));
      expect(outcomes).toEqual(['deadlock', 'entered']);
      // Each party takes and releases its own lock and asks for the other's, which one of them also releases. A party that listens for the first time asks
      // once more, and so does one that finds the ring only when it refreshes its place.
      expect(calls).toBeLessThanOrEqual(8);
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
});
