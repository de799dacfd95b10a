import { AtomicRedisModel, dict, Field, list, Model, RedisDict, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Pair extends AtomicRedisModel {
  @Field(RedisInt) c!: RedisInt;
  @Field(String) s!: string;
}

@Model()
class Forms extends AtomicRedisModel {
  @Field(list(Date)) dates!: RedisList<Date>;
  @Field(list(Number)) numbers!: RedisList<number>;
  @Field(list(() => Pair)) pairs!: RedisList<Pair>;
  @Field(list(dict(Date))) days!: RedisList<RedisDict<Date>>;
}

const DATES = '["2001-01-01T00:00:00+00:00","2002-01-01T00:00:00Z","2003-01-01T00:00:00.000Z"]';

describeOnEveryBackend('values that other writers stored in an equal form', (backend) => {
  useModels(backend, Forms);

  async function stored(name: string, json: string): Promise<Forms> {
    const forms = await Forms.create({});
    await backend.send('JSON.SET', forms.key, `$.${name}`, json);
    return forms.load();
  }

  const removals: [string, string, (forms: Forms) => unknown, number][] = [
    ['remove() of a date', 'dates', ({ dates }) => dates.remove(dates[0] as Date), 2],
    ['aremove() of a date', 'dates', ({ dates }) => dates.aremove(new Date('2002-01-01')), 2],
    ['apop() of a date', 'dates', ({ dates }) => dates.apop(0), 2],
    ['remove() of a number', 'numbers', ({ numbers }) => numbers.remove(1), 3],
    ['aremove() of a number', 'numbers', ({ numbers }) => numbers.aremove(2), 3],
    ['aremove() of a negative number', 'numbers', ({ numbers }) => numbers.aremove(-3), 3],
    ['apop() of a number', 'numbers', ({ numbers }) => numbers.apop(0), 3],
    ['aremove() of a model', 'pairs', ({ pairs }) => pairs.aremove({ c: 1, s: 'q' }), 1],
    ['remove() of an item', 'pairs', ({ pairs }) => pairs.remove(pairs[0] as Pair), 1],
    ['apop() of a model', 'pairs', ({ pairs }) => pairs.apop(0), 1],
    ['apop() of a dict', 'days', ({ days }) => days.apop(0), 1],
  ];
  const JSONS: Record<string, string> = {
    dates: DATES,
    numbers: '[1.0,2.0,1,-3.0]',
    pairs: '[{"s":"q","c":1},{"s":"r","c":2}]',
    days: '[{"b":"2001-01-01T00:00:00Z","a":"2002-01-01T00:00:00Z"},{}]',
  };

  test.each(removals)('%s: both sides lose it', async (_, name, remove, left) => {
    const forms = await stored(name, JSONS[name] as string);

    expect(await remove(forms)).toBeTruthy();
    await forms.saveChanges();

    const here = (forms.toObject() as unknown as Record<string, unknown[]>)[name];
    expect(here).toHaveLength(left);
    expect((await forms.load()).toObject()).toMatchObject({ [name]: here });
  });

  test('of equal numbers the first one is removed, whatever its form', async () => {
    const [whole, fraction] = [await stored('numbers', '[5,1,2,1.0]'), await stored('numbers', '[5,1.0,2,1]')];

    for (const forms of [whole, fraction]) {
      await expect(forms.numbers.aremove(1)).resolves.toBe(true);
      expect(await backend.json(forms.key, '$.numbers')).toEqual([5, 2, 1]);
      expect([...forms.numbers]).toEqual([5, 2, 1]);
    }
  });

  test('aremove() of what is only here leaves the local list as it is', async () => {
    const forms = await Forms.create({ numbers: [1, 2], dates: [new Date(1)] });
    await backend.overwrite(forms.key, '$.numbers', [2]);
    await backend.overwrite(forms.key, '$.dates', []);

    await expect(forms.numbers.aremove(1)).resolves.toBe(false);
    await expect(forms.dates.aremove(new Date(1))).resolves.toBe(false);

    expect([[...forms.numbers], [...forms.dates]]).toEqual([[1, 2], [new Date(1)]]);
  });
});
