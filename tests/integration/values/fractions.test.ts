import { AtomicRedisModel, Field, list, Model, RedisFloat, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Sample extends AtomicRedisModel {
  @Field(RedisFloat, { default: 0 }) value!: RedisFloat;
  @Field(RedisInt) seen!: RedisInt;
}

@Model()
class Series extends AtomicRedisModel {
  @Field(list(Number)) numbers!: RedisList<number>;
  @Field(list(() => Sample)) samples!: RedisList<Sample>;
}

/** RedisJSON reads it as 0.2. */
const READ_OFF = 0.19999999999999998;

describeOnEveryBackend('fractions that RedisJSON reads off by their last bits', (backend) => {
  useModels(backend, Series);

  test.each([
    [READ_OFF, 0.2],
    [0.9999999999999999, 1],
    [123456789012345680000, 123456789012345670000],
    [9.461244931678019e-8, 9.461244931678021e-8],
  ])('are the same when an item without a key is guarded: %d, which is %d there', async (sent, there) => {
    const series = await Series.create({ samples: [{ value: sent }] });
    const [sample] = [...series.samples] as [Sample];

    expect(await backend.json(series.key, '$.samples[0].value')).toBe(there);
    await sample.seen.increase();
    await series.pipeline(() => sample.seen.add(1));
    await series.load();
    await sample.seen.increase();

    expect(await backend.json(series.key, '$.samples')).toEqual([{ value: there, seen: 3 }]);
  });

  test.each<[string, (series: Series) => Promise<unknown>, unknown]>([
    ['apop()', ({ numbers }) => numbers.apop(), 0.2],
    ['aremove()', ({ numbers }) => numbers.aremove(READ_OFF), true],
    ['aremove() of what is stored', ({ numbers }) => numbers.aremove(0.2), true],
    ['remove()', async (series) => (series.numbers.remove(READ_OFF), series.saveChanges()), expect.anything()],
  ])('%s removes them here and in Redis', async (_, remove, answer) => {
    const series = await Series.create({ numbers: [1, READ_OFF] });

    expect(await remove(series)).toEqual(answer);

    expect([...series.numbers]).toEqual([1]);
    expect(await backend.json(series.key, '$.numbers')).toEqual([1]);
  });

  test('are found by the number that was read from Redis', async () => {
    const series = await Series.create({ numbers: [1, 0.3, 5] });
    await backend.send('JSON.NUMINCRBY', series.key, '$.numbers[1]', '-0.1');
    await series.load();
    expect(series.numbers[1]).toBe(READ_OFF);

    expect(await series.numbers.aremove(READ_OFF)).toBe(true);

    expect([...series.numbers]).toEqual([1, 5]);
    expect(await backend.json(series.key, '$.numbers')).toEqual([1, 5]);
  });

  test.each([
    [0.9999999999999999, 1],
    [123456789012345680000, 123456789012345670000],
  ])('are found by the number that was sent, and by what it became: %d, which is %d there', async (sent, there) => {
    for (const number of [sent, there]) {
      const series = await Series.create({ numbers: [5, sent] });
      const read = await Series.get(series.key);

      expect(await series.numbers.aremove(number)).toBe(true);
      read.numbers.remove(number);

      expect([[...series.numbers], [...read.numbers]]).toEqual([[5], [5]]);
      expect(await backend.json(series.key, '$.numbers')).toEqual([5]);
    }
  });

  const large = ['9007199254740993', '10000000000000001', '-10000000000000001', '18446744073709551615', '123456789012345680000'];

  test.each(large)('are removed as whole numbers that are not exact are: %s, by the number that was read', async (text) => {
    const series = await Series.create({ numbers: [1] });
    await backend.send('JSON.ARRAPPEND', series.key, '$.numbers', text);
    await series.load();

    expect(await series.numbers.aremove(Number(text))).toBe(true);
    await series.load();

    expect([...series.numbers]).toEqual([1]);
  });

  test.each([
    [2 ** 53, 2 ** 53 - 1],
    [2 ** 53, 2 ** 53 + 2],
    [1e16, 1e16 + 2],
    [-1e16, -1e16 - 2],
  ])('do not make %d the same as its neighbour %d', async (number, stored) => {
    const series = await Series.create({ numbers: [stored], samples: [{ value: number }] });
    await backend.overwrite(series.key, '$["samples"][0]["value"]', stored);

    expect(await series.numbers.aremove(number)).toBe(false);
    await expect(series.samples[0]?.seen.increase()).rejects.toMatchObject({ code: 'STALE_ITEM' });

    expect(await backend.json(series.key)).toMatchObject({ numbers: [stored], samples: [{ value: stored, seen: 0 }] });
  });

  test('do not make whole numbers, or fractions that differ by more, the same', async () => {
    const series = await Series.create({ numbers: [Number.MAX_SAFE_INTEGER - 1, 0.2000000000000004] });

    expect(await series.numbers.aremove(Number.MAX_SAFE_INTEGER)).toBe(false);
    expect(await series.numbers.aremove(0.2)).toBe(false);
    await backend.send('JSON.ARRAPPEND', series.key, '$.numbers', '2.0000000000000004');
    expect(await series.numbers.aremove(2)).toBe(false);
    expect(await backend.json(series.key, '$.numbers')).toHaveLength(3);
    expect(series.numbers).toHaveLength(2);
  });

  test.each([
    [0.25, 0.2500000000000005],
    [0.25, -0.25],
    [2251799813685249.5, 2251799813685251],
    [-2251799813685249.5, -2251799813685251],
  ])('do not make items the same that hold fractions which differ by more: %d and %d', async (read, stored) => {
    const series = await Series.create({});
    await backend.overwrite(series.key, '$["samples"]', [{ value: read, seen: 0 }]);
    await series.load();
    await backend.overwrite(series.key, '$["samples"][0]["value"]', stored);

    await expect(series.samples[0]?.seen.increase()).rejects.toMatchObject({ code: 'STALE_ITEM' });
  });
});
