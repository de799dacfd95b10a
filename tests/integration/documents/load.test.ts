import { AtomicRedisModel, dict, Field, list, Model, RedisDict, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

@Model()
class Dish extends AtomicRedisModel {
  @Field(RedisInt) price!: RedisInt;
  @Field(list(String)) parts!: RedisList<string>;
}

@Model()
class Menu extends AtomicRedisModel {
  @Field(list(() => Dish)) dishes!: RedisList<Dish>;
  @Field(dict(() => Dish)) byName!: RedisDict<Dish>;
  @Field(() => Dish) special!: Dish;
}

const dish = (price: number): { price: number; parts: string[] } => ({ price, parts: [] });
const menu = { dishes: [dish(1), dish(2), dish(3)], byName: { soup: dish(4) }, special: dish(5) };

describeOnEveryBackend('load', (backend) => {
  useModels(backend, User, Menu);

  test('refreshes this instance, and values that were taken from it before', async () => {
    const user = await createUser({ tags: ['a'], score: 1, settings: { a: '1' } });
    const { tags, score, settings } = user;
    await backend.overwrite(user.key, '$', { ...user.toJSON(), email: 'new', tags: ['x', 'y'], score: 9, settings: { b: '2' } });

    await expect(user.load()).resolves.toBe(user);

    expect(user.email).toBe('new');
    expect([...tags]).toEqual(['x', 'y']);
    expect(score.value).toBe(9);
    expect(settings.clone()).toEqual({ b: '2' });
    expect(user.tags).toBe(tags);
  });

  test('drops local changes that were not saved', async () => {
    const user = await createUser();
    user.email = 'unsaved';
    user.score.add(5);

    await user.load();
    await user.saveChanges();

    expect(user.email).toBe('');
    expect(await backend.json(user.key)).toMatchObject({ email: '', score: 0 });
  });

  test('says when the document is gone, and leaves the local values', async () => {
    const user = await createUser({ score: 3 });
    await backend.send('DEL', user.key);

    await expect(user.load()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });

    expect(user.score.value).toBe(3);
  });

  test('of one value refreshes that value only', async () => {
    const user = await createUser({ tags: ['a'], settings: { a: '1' }, score: 1 });
    await backend.overwrite(user.key, '$', { ...user.toJSON(), email: 'new', tags: ['x'], score: 9, settings: { b: '2' } });

    await user.tags.load();
    await user.score.load();
    await user.settings.load();

    expect(user.toJSON()).toMatchObject({ email: '', tags: ['x'], score: 9, settings: { b: '2' } });
  });

  test('of a value whose path is gone says so', async () => {
    const user = await createUser();
    await backend.send('JSON.DEL', user.key, '$["score"]');
    await backend.send('JSON.DEL', user.key, '$["tags"]');

    await expect(user.score.load()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key, path: '$["score"]' });
    await expect(user.tags.load()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', path: '$["tags"]' });
  });

  test('of a value that was changed locally forgets that change and no other', async () => {
    const user = await createUser();
    user.email = 'kept';
    user.score.add(5);

    await user.score.load();
    await user.saveChanges();

    expect(await backend.json(user.key)).toMatchObject({ email: 'kept', score: 0 });
  });

  test.each<[string, (changed: Menu) => unknown, (changed: Menu) => { load(): Promise<unknown> } | undefined]>([
    ['an item, when the list was reversed', ({ dishes }) => dishes.reverse(), ({ dishes }) => dishes[0]],
    ['a list in an item, when one was removed before it', ({ dishes }) => dishes.shift(), ({ dishes }) => dishes[0]?.parts],
    ['a number of an item, when that was replaced', ({ dishes }) => (dishes[1] = Dish.build(dish(9))), ({ dishes }) => dishes[1]?.price],
    ['a member of a dict that was replaced', ({ byName }) => byName.assign({ soup: dish(9) }), ({ byName }) => byName['soup']],
    ['a number of a model that was replaced', (it) => it.update({ special: dish(9) }), ({ special }) => special.price],
  ])('of what lies in unsaved changes is refused, because it would read another value: %s', async (_, change, find) => {
    const changed = await Menu.create(menu);
    change(changed);
    const before = changed.toJSON();

    await expect(find(changed)?.load()).rejects.toMatchObject({ code: 'STALE_ITEM', command: 'load' });
    expect(changed.toJSON()).toEqual(before);

    await changed.saveChanges();
    await find(changed)?.load();
    expect(await backend.json(changed.key)).toEqual(before);
    expect(changed.toJSON()).toEqual(before);
  });

  test('of an item beside one that waits to be appended, or was changed, reads it', async () => {
    const changed = await Menu.create(menu);
    await backend.overwrite(changed.key, '$["dishes"][1]["price"]', 20);
    changed.dishes.append(dish(7));
    changed.dishes[0]?.price.add(1);

    await changed.dishes[1]?.load();

    expect(changed.dishes.map(({ price }) => price.value)).toEqual([1 + 1, 20, 3, 7]);
  });

  test('of an item that verbs before it have moved reads that item', async () => {
    const changed = await Menu.create(menu);
    const [, second, third] = [...changed.dishes] as [Dish, Dish, Dish];

    await Promise.all([changed.dishes.apop(0), second.load(), third.price.load()]);

    expect(changed.toJSON()).toEqual(await backend.json(changed.key));
    expect([second.price.value, third.price.value]).toEqual([2, 3]);
  });
});
