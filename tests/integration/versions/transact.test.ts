import { setTimeout as sleep } from 'node:timers/promises';
import { AtomicRedisModel, connect, Field, Key, Model, RedisInt, Version } from 'redatom';
import { describeOnEveryBackend, testOnOneServer } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

@Model()
class Stock extends AtomicRedisModel {
  @Field(Number) left!: number;
  @Field(RedisInt) sold!: RedisInt;
  @Version() version!: number;
}

@Model()
class Moving extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) n!: RedisInt;
  @Version() version!: number;
}

describeOnEveryBackend('transact', (backend) => {
  useModels(backend, Stock, User);

  test('reads, runs the work, commits its changes, and resolves to what it answers', async () => {
    const stock = await Stock.create({ left: 5 });

    await expect(
      Stock.transact(stock.key, (read) => {
        read.left -= 2;
        return read.left;
      }),
    ).resolves.toBe(3);

    expect(await backend.json(stock.key)).toMatchObject({ left: 3, version: stock.version + 1 });
  });

  test('decisions on what was read hold: 20 buyers of 5 pieces get 5', async () => {
    const stock = await Stock.create({ left: 5 });
    const buy = async (read: Stock): Promise<boolean> => {
      if (read.left === 0) return false;
      await sleep(1);
      read.left -= 1;
      read.sold.add(1);
      return true;
    };

    const bought = await Promise.all(Array.from({ length: 20 }, () => Stock.transact(stock.pk, buy, { retries: 100 })));

    expect(bought.filter(Boolean)).toHaveLength(5);
    expect(await backend.json(stock.key)).toMatchObject({ left: 0, sold: 5 });
  });

  test('of the same document inside of it is refused at once, where each attempt would write and conflict', async () => {
    const stock = await Stock.create({ left: 5 });
    let runs = 0;
    const sell = (): Promise<number> => Stock.transact(stock.pk, (read) => (read.left -= 1));

    const nested = Stock.transact(stock.key, async (read) => {
      runs += 1;
      await sell();
      read.sold.add(1);
    });

    await expect(nested).rejects.toMatchObject({ code: 'PIPELINE_BUSY', model: 'Stock', key: stock.key, command: 'transact' });
    expect(runs).toBe(1);
    expect(await backend.json(stock.key)).toEqual(stock.toJSON());
    await expect(sell()).resolves.toBe(4);
  });

  test('of another document may run inside, and so may one of the same that the work has left for later', async () => {
    const [stock, other] = [await Stock.create({ left: 5 }), await Stock.create({ left: 1 })];
    let later: Promise<unknown> | undefined;
    let go = (): void => undefined;
    const over = new Promise<void>((resolve) => (go = resolve));

    await Stock.transact(stock.key, async (read) => {
      read.left -= 1;
      await Stock.transact(other.key, (inner) => (inner.left += 1));
      later ??= over.then(() => Stock.transact(stock.key, (again) => (again.left -= 1)));
    });
    go();
    await later;

    expect([(await Stock.get(stock.key)).left, (await Stock.get(other.key)).left]).toEqual([3, 2]);
  });

  test('does not start over for a conflict of another document', async () => {
    const [stock, other] = [await Stock.create({ left: 5 }), await Stock.create({ left: 1 })];
    const outdated = await Stock.get(other.key);
    await other.aupdate({ left: 2 });
    let runs = 0;

    const refused = Stock.transact(stock.key, async () => {
      runs += 1;
      outdated.left = 3;
      await outdated.saveChanges();
    });

    await expect(refused).rejects.toMatchObject({ code: 'VERSION_CONFLICT', key: other.key });
    expect(runs).toBe(1);
  });

  test('starts over with what is stored then', async () => {
    const stock = await Stock.create({ left: 5 });
    const seen: number[] = [];

    await Stock.transact(stock.key, async (read) => {
      seen.push(read.left);
      if (seen.length === 1) await (await Stock.get(stock.key)).aupdate({ left: 50 });
      read.left += 1;
    });

    expect(seen).toEqual([5, 50]);
    expect(await backend.json(stock.key, '$.left')).toBe(51);
  });

  testOnOneServer(backend, 'a cluster has one database')(
    'starts over where it began when the class is bound elsewhere meanwhile',
    async () => {
      const elsewhere = new URL(backend.url);
      elsewhere.pathname = '/15';
      await using there = await connect(elsewhere.href, { models: [Moving] });
      await Moving.deleteByKey('moving');
      const other = await Moving.create({ name: 'moving', n: 500 });
      await using _here = await connect(backend.url, { models: [Moving] });
      await Moving.create({ name: 'moving' });
      let runs = 0;

      await Moving.transact('moving', async (read) => {
        runs += 1;
        if (runs === 1) await Moving.at('moving').n.increase();
        there.bind(Moving);
        read.n.add(1);
      });

      expect(runs).toBe(2);
      expect(await backend.json('Moving:moving')).toEqual({ name: 'moving', n: 2, version: 3 });
      await other.load();
      expect(other.n.value).toBe(500);
      await other.delete();
    },
  );

  test('runs the work ten times more where it is not told how often', async () => {
    const stock = await Stock.create({ left: 5 });
    let runs = 0;

    const tried = Stock.transact(stock.key, async (read) => {
      runs += 1;
      await (await Stock.get(stock.key)).sold.increase();
      read.left += 1;
    });

    await expect(tried).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(runs).toBe(11);
  });

  test('gives up after its retries', async () => {
    const stock = await Stock.create({ left: 5 });
    let runs = 0;

    const work = Stock.transact(
      stock.key,
      async (read) => {
        runs += 1;
        await (await Stock.get(stock.key)).field('left').increase();
        read.left = 0;
        read.sold.add(1);
      },
      { retries: 2 },
    );

    await expect(work).rejects.toMatchObject({ code: 'VERSION_CONFLICT', key: stock.key, command: 'transact' });
    expect(runs).toBe(3);
    expect(await backend.json(stock.key, '$.left')).toBe(8);
  });

  test('gives up when its time is over, however many retries are left', async () => {
    const stock = await Stock.create({ left: 5 });
    let runs = 0;

    const work = Stock.transact(
      stock.key,
      async (read) => {
        runs += 1;
        await (await Stock.get(stock.key)).field('left').increase();
        await sleep(60);
        read.left = 0;
      },
      { retries: 10, timeoutMs: 100 },
    );

    await expect(work).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    expect(runs).toBeLessThanOrEqual(2);
    expect(await backend.json(stock.key, '$.left')).toBe(5 + runs);
  });

  test('does not try again after an error of the work', async () => {
    const stock = await Stock.create({ left: 5 });
    let runs = 0;

    const work = Stock.transact(stock.key, (read) => {
      runs += 1;
      read.left = 0;
      throw new Error('no');
    });

    await expect(work).rejects.toThrow('no');
    expect(runs).toBe(1);
    expect(await backend.json(stock.key, '$.left')).toBe(5);
  });

  test('of a missing document says so', async () => {
    await expect(Stock.transact('none', () => undefined)).rejects.toMatchObject({
      code: 'KEY_NOT_FOUND',
      key: 'Stock:none',
      command: 'transact',
    });
  });

  test('needs a version', async () => {
    const user = await createUser();

    await expect(User.transact(user.key, () => undefined)).rejects.toMatchObject({ code: 'SCHEMA', model: 'User' });
  });

  test.each([NaN, -1, '3' as unknown as number, null as unknown as number])(
    'retries: %p is refused before anything is read',
    async (retries) => {
      const work = jest.fn();

      const sent = await backend.commandsSent(() =>
        expect(Stock.transact('1', work, { retries })).rejects.toThrow('retries must be a number of at least 0'),
      );

      expect([sent, work.mock.calls]).toEqual([[], []]);
    },
  );
});
