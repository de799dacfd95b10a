import { AtomicRedisModel, Field, list, Model, pipeline, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

/** Without a key: an item of a list is known by what it holds. */
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
