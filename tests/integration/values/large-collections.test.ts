import { AtomicRedisModel, dict, Field, list, Model, RedisDict, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Large extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
  @Field(list(Number)) numbers!: RedisList<number>;
  @Field(list(Date)) dates!: RedisList<Date>;
  @Field(dict(Number)) scores!: RedisDict<number>;
}

/** More than a function call can take as arguments. */
const COUNT = 200_000;
const NAMES = 130_000;
const numbers = Array.from({ length: COUNT }, (_, at) => at);

describeOnEveryBackend('large lists and dicts', (backend) => {
  useModels(backend, Large);

  const lengthOf = async (document: Large, path: string): Promise<unknown> =>
    [await backend.send('JSON.ARRLEN', document.key, path)].flat(2)[0];
  const many = (): Record<string, number> => Object.fromEntries(numbers.slice(0, NAMES).map((at) => [`name ${at}`, at]));

  test('a list is put back when a pipeline fails', async () => {
    const large = await Large.create({ numbers });

    const failed = large.pipeline(() => {
      large.numbers.append(-1);
      throw new Error('stop');
    });

    await expect(failed).rejects.toThrow('stop');
    expect(large.numbers).toHaveLength(COUNT);
    expect(large.numbers.at(-1)).toBe(COUNT - 1);
  });

  test('a list is reversed, sorted, filled and spliced', async () => {
    const large = await Large.create({ numbers });

    large.numbers.reverse();
    expect([large.numbers[0], large.numbers.length]).toEqual([COUNT - 1, COUNT]);
    large.numbers.sort((a, b) => a - b);
    expect([large.numbers[0], large.numbers.length]).toEqual([0, COUNT]);
    large.numbers.fill(7, 1);
    expect([large.numbers.slice(0, 2), large.numbers.at(-1), large.numbers.length]).toEqual([[0, 7], 7, COUNT]);
    await large.saveChanges();

    expect(await lengthOf(large, '$.numbers')).toBe(COUNT);
  });

  test('dates are appended at once', async () => {
    const large = await Large.create({});
    const dates = numbers.map((at) => new Date(at));

    await expect(large.dates.aextend(dates)).resolves.toBe(COUNT);

    expect([large.dates.length, large.dates[COUNT - 1]]).toEqual([COUNT, new Date(COUNT - 1)]);
    expect(await lengthOf(large, '$.dates')).toBe(COUNT);
  });

  test('changes of a dict that wait go on waiting when a verb on it fails', async () => {
    const large = await Large.create({});
    await backend.send('DEL', large.key);

    large.scores.update(many());

    await expect(large.scores.asetItem('a', 1)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(large.scores.size).toBe(NAMES);
  });

  test('changes of a dict that were made while others are under way wait when those fail', async () => {
    const large = await Large.create({});
    await backend.send('DEL', large.key);

    large.scores['a'] = 1;
    const failed = large.saveChanges();
    large.scores.update(many());

    await expect(failed).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(large.scores.size).toBe(NAMES + 1);
  });

  test('changes of a pipeline inside of another one are handed over', async () => {
    const large = await Large.create({});

    const { replies } = await large.pipeline(() =>
      large.pipeline(() => {
        for (let count = 0; count < COUNT; count += 1) large.n.add(1);
      }),
    );

    expect(replies).toHaveLength(COUNT);
    expect(await backend.json(large.key, '$.n')).toBe(COUNT);
  });
});
