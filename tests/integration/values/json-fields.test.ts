import { AtomicRedisModel, dict, Field, json, list, Model, RedisDict, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Place extends AtomicRedisModel {
  @Field(String) city!: string;
}

@Model()
class Keeper extends AtomicRedisModel {
  @Field(() => Place) home!: Place;
  @Field(list(() => Place)) places!: RedisList<Place>;
  @Field(dict(list(Number))) marks!: RedisDict<RedisList<number>>;
  @Field(json(), { default: null }) extra!: unknown;
  @Field(json(), { default: null }) more!: unknown;
}

const INIT = { home: { city: 'A' }, places: [{ city: 'B' }], marks: { x: [1] } };

describeOnEveryBackend('json() fields', (backend) => {
  useModels(backend, Keeper);

  test.each<[string, (keeper: Keeper) => unknown, unknown]>([
    ['a model', ({ home }) => home, { city: 'A' }],
    ['a model in an object', ({ home }) => ({ home }), { home: { city: 'A' } }],
    ['a list of models', ({ places }) => places, [{ city: 'B' }]],
    ['a dict of lists', ({ marks }) => [marks], [{ x: [1] }]],
    ['a whole document', (keeper) => keeper, { ...INIT, extra: null, more: null }],
  ])('hold a copy of %s', async (_, valueOf, copy) => {
    const keeper = await Keeper.create(INIT);

    keeper.extra = valueOf(keeper);
    await keeper.saveChanges();
    keeper.home.city = 'changed';
    keeper.places[0]!.city = 'changed';
    keeper.marks['x']?.append(2);
    await keeper.saveChanges();

    expect(await backend.json(keeper.key, '$.extra')).toEqual(copy);
    expect(keeper.extra).toEqual(copy);
    expect(keeper.toJSON()).toEqual(await backend.json(keeper.key));
  });

  test('hold a copy of one another', async () => {
    const keeper = await Keeper.create({ ...INIT, extra: { deep: [1] } });

    await keeper.aupdate({ more: keeper.field('extra') });
    await keeper.aupdate({ extra: [keeper.more] });

    expect(keeper.toJSON()).toMatchObject({ extra: [{ deep: [1] }], more: { deep: [1] } });
    expect(keeper.toJSON()).toEqual(await backend.json(keeper.key));
  });
});
