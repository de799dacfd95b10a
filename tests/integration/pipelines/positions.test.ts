import { AtomicRedisModel, Field, list, Model, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Item extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
}

@Model()
class Basket extends AtomicRedisModel {
  @Field(list(String)) tags!: RedisList<string>;
  @Field(list(() => Item)) items!: RedisList<Item>;
}

describeOnEveryBackend('positions from the end in a pipeline', (backend) => {
  useModels(backend, Item, Basket);

  test('keep their order among changes at the same place by its position from the start', async () => {
    const basket = await Basket.create({ tags: ['a', 'b', 'c'] });

    await basket.pipeline(async () => {
      await basket.tags.aset(-1, 'x');
      basket.tags[2] = 'y';
      await basket.tags.aset(-1, 'z');
      await basket.tags.aset(-2, 'w');
    });

    expect([...basket.tags]).toEqual(['a', 'w', 'z']);
    expect(await backend.json(basket.key, '$.tags')).toEqual(['a', 'w', 'z']);
  });

  test('are one write when the same one is set twice', async () => {
    const basket = await Basket.create({ tags: ['a', 'b'] });

    const { replies } = await basket.pipeline(async () => {
      await basket.tags.aset(-1, 'x');
      await basket.tags.aset(-1, 'z');
    });

    expect(replies).toHaveLength(2);
    expect(await backend.json(basket.key, '$.tags')).toEqual(['a', 'z']);
  });

  test('make no item stale that is changed after it was set', async () => {
    const basket = await Basket.create({ items: [{ count: 1 }, { count: 2 }] });

    await basket.pipeline(async () => {
      await basket.items.aset(-1, { count: 5 });
      basket.items[1]?.count.add(1);
    });

    expect(await backend.json(basket.key, '$.items')).toEqual([{ count: 1 }, { count: 6 }]);
  });
});

const outside: [string, (basket: Basket) => Promise<unknown>][] = [
  ['aset(1)', ({ tags }) => tags.aset(1, 'x')],
  ['aset(-2)', ({ tags }) => tags.aset(-2, 'x')],
  ['ainsert(2)', ({ tags }) => tags.ainsert(2, 'x')],
  ['ainsert(-2)', ({ tags }) => tags.ainsert(-2, 'x')],
];

describeOnEveryBackend('positions that a list does not have any more when the same commit has replaced it', (backend) => {
  useModels(backend, Item, Basket);

  const refused = { code: 'COMMIT_REFUSED', reason: 'out-of-range', path: '$["tags"]' };
  const stored = { tags: ['a', 'b', 'c'], items: [] };

  test.each(outside)('%s in a pipeline refuses all of it', async (_, act) => {
    const basket = await Basket.create(stored);

    const work = basket.pipeline(async () => {
      basket.tags.assign(['z']);
      await act(basket);
    });

    await expect(work).rejects.toMatchObject(refused);
    expect(await backend.json(basket.key)).toEqual(stored);
    expect(basket.toJSON()).toEqual(stored);
    expect(basket.isStale).toBe(false);
  });

  test.each(outside)('%s after a local change is refused, and the change waits', async (_, act) => {
    const basket = await Basket.create(stored);
    basket.tags.assign(['z']);

    await expect(act(basket)).rejects.toMatchObject(refused);
    expect(await backend.json(basket.key)).toEqual(stored);

    await basket.saveChanges();
    expect(await backend.json(basket.key)).toEqual({ ...stored, tags: ['z'] });
  });
});
