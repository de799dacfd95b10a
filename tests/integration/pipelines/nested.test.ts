import { setTimeout as sleep } from 'node:timers/promises';
import { AtomicRedisModel, Field, list, Model, pipeline, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

/** Has no key field, so an item of a list is recognized by its content. */
@Model()
class Line extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
}

@Model()
class Order extends AtomicRedisModel {
  @Field(list(() => Line)) lines!: RedisList<Line>;
}

describeOnEveryBackend('a pipeline inside another', (backend) => {
  useModels(backend, User, Line, Order);

  const rounds: [string, (order: Order, line: Line) => Promise<unknown>][] = [
    [
      'before it',
      async (order, line) => {
        line.count.value = 1;
        await order.pipeline(() => (line.count.value = 7));
      },
    ],
    [
      'after it',
      async (order, line) => {
        await order.pipeline(() => (line.count.value = 1));
        line.count.value = 7;
      },
    ],
    [
      'before and after one that fails',
      async (order, line) => {
        line.count.value = 1;
        const failed = order.pipeline(() => {
          line.count.value = 2;
          throw new Error('inner');
        });
        await failed.catch(() => undefined);
        line.count.add(6);
      },
    ],
    [
      'after one that fails',
      async (order, line) => {
        const failed = order.pipeline(() => {
          line.count.value = 2;
          throw new Error('inner');
        });
        await failed.catch(() => undefined);
        line.count.value = 7;
      },
    ],
  ];

  test.each(rounds)('finds an item without a key that the outer one changed %s', async (_, change) => {
    const order = await Order.create({ lines: [{ count: 0 }, { count: 0 }] });

    await order.pipeline(() => change(order, order.lines[0] as Line));

    expect(await backend.json(order.key, '$.lines')).toEqual([{ count: 7 }, { count: 0 }]);

    await backend.overwrite(order.key, '$.lines[0].count', 8);
    await expect(order.pipeline(() => change(order, order.lines[0] as Line))).rejects.toMatchObject({ code: 'STALE_ITEM' });
    expect(order.toJSON()).toEqual({ lines: [{ count: 7 }, { count: 0 }] });
  });

  test('joins the outer one, which commits both', async () => {
    const user = await createUser();

    const outer = await user.pipeline(async () => {
      user.score.add(1);
      const inner = await user.pipeline(() => user.score.add(10));
      expect(inner).toEqual({ committed: false, replies: [] });
      expect(await backend.json(user.key, '$.score')).toBe(0);
      user.score.add(100);
    });

    expect(outer.committed).toBe(true);
    expect(await backend.json(user.key, '$.score')).toBe(111);
  });

  test('that throws takes back its own part only, when the error is caught', async () => {
    const user = await createUser({ tags: ['a'], settings: { a: '1' } });

    await user.pipeline(async () => {
      user.score.add(1);
      await user
        .pipeline(() => {
          user.score.add(10);
          user.update({ tags: ['b'], settings: {} });
          throw new Error('inner');
        })
        .catch(() => undefined);
      user.tags.append('z');
    });

    expect(await backend.json(user.key)).toMatchObject({ score: 1, tags: ['a', 'z'], settings: { a: '1' } });
    expect(user.toJSON()).toEqual(await backend.json(user.key));
  });

  test('is undone with the outer one', async () => {
    const user = await createUser({ score: 5 });

    await user
      .pipeline(async () => {
        await user.pipeline(() => user.score.add(10));
        throw new Error('outer');
      })
      .catch(() => undefined);

    expect(user.score.value).toBe(5);
    expect(await backend.json(user.key, '$.score')).toBe(5);
  });

  /** Runs a nested pipeline that changes the score and then fails, and makes `change` in the outer one meanwhile. */
  async function failWhile(user: User, change: () => unknown): Promise<void> {
    const failed = user.pipeline(async () => {
      user.score.add(1);
      await sleep(10);
      throw new Error('inner');
    });
    await change();
    await expect(failed).rejects.toThrow('inner');
  }

  const meanwhile: [string, (user: User) => unknown][] = [
    ['changed the same place', (user) => user.score.add(10)],
    ['changed it by a verb that waits', (user) => user.score.increase(10)],
    ['wrote all of it', (user) => user.save()],
  ];

  test.each(meanwhile)('that fails says that the local values may differ when the outer one %s meanwhile', async (_, change) => {
    const user = await createUser();

    await user.pipeline(() => failWhile(user, () => change(user)));

    expect(user.isStale).toBe(true);
    await user.load();
    expect(user.isStale).toBe(false);
    expect(user.toJSON()).toEqual(await backend.json(user.key));
  });

  test('that fails is undone when the outer one changed other places meanwhile, or the same one before and after', async () => {
    const user = await createUser();

    await user.pipeline(async () => {
      user.score.add(100);
      await failWhile(user, () => [user.tags.append('a'), user.expire(60_000)]);
      user.score.add(10);
    });

    expect(user.isStale).toBe(false);
    expect(user.toJSON()).toMatchObject({ score: 110, tags: ['a'] });
    expect(user.toJSON()).toEqual(await backend.json(user.key));
  });

  test('says that the local values may differ when it changed the same place at the same time as the outer one, which fails', async () => {
    const user = await createUser();

    const failed = user.pipeline(async () => {
      const inner = user.pipeline(async () => {
        user.score.add(1);
        await sleep(10);
      });
      user.score.add(10);
      await inner;
      throw new Error('outer');
    });

    await expect(failed).rejects.toThrow('outer');
    expect(user.isStale).toBe(true);
  });

  test('leaves no doubt when both changed the same place one after the other, and the outer one fails', async () => {
    const user = await createUser({ score: 5 });

    const failed = user.pipeline(async () => {
      user.score.add(1);
      await user.pipeline(async () => {
        user.score.add(10);
        await user.pipeline(() => user.score.add(100));
      });
      user.score.add(1000);
      throw new Error('outer');
    });

    await expect(failed).rejects.toThrow('outer');
    expect([user.score.value, user.isStale]).toEqual([5, false]);
  });

  test('of another document commits by itself, at its own end', async () => {
    const [user, other] = [await createUser(), await createUser()];

    await user.pipeline(async () => {
      user.score.add(1);
      const { committed } = await other.pipeline(() => other.score.add(10));
      expect(committed).toBe(true);
      expect(await backend.json(other.key, '$.score')).toBe(10);
      expect(await backend.json(user.key, '$.score')).toBe(0);
    });

    expect(await backend.json(user.key, '$.score')).toBe(1);
  });

  test('of another document takes no lock of one that the outer one is about to change', async () => {
    const [user, other] = [await createUser(), await createUser()];
    const needsReply = (command: string): object => ({ code: 'PIPELINE_NEEDS_REPLY', command, key: user.key });

    await user.pipeline(() =>
      other.pipeline(async () => {
        await expect(User.withLockFromKey(user.key, 'work', () => 'in')).rejects.toMatchObject(needsReply('withLockFromKey'));
        await expect(User.deleteByKey(user.key)).rejects.toMatchObject(needsReply('deleteByKey'));
      }),
    );

    await expect(user.exists()).resolves.toBe(true);
  });

  test('of one of several documents joins them', async () => {
    const [user, other] = [await createUser(), await createUser()];

    await pipeline([user, other], async () => {
      await other.pipeline(() => other.score.add(10));
      expect(await backend.json(other.key, '$.score')).toBe(0);
    });

    expect(await backend.json(other.key, '$.score')).toBe(10);
  });

  test('of more documents than the outer one is refused, because two commits cannot be one', async () => {
    const [user, other] = [await createUser(), await createUser()];

    await user.pipeline(async () => {
      await expect(
        pipeline([user, other], () => {
          user.score.add(1);
          other.score.add(1);
        }),
      ).rejects.toMatchObject({ code: 'PIPELINE_BUSY' });
    });

    expect(user.score.value).toBe(0);
    expect(other.score.value).toBe(0);
    expect(await backend.json(user.key, '$.score')).toBe(0);
    expect(await backend.json(other.key, '$.score')).toBe(0);
  });
});
