import { AtomicRedisModel, Field, Model, RedisFloat, RedisInt } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Numbers extends AtomicRedisModel {
  @Field(RedisInt) i!: RedisInt;
  @Field(RedisFloat, { default: 0 }) f!: RedisFloat;
  @Field(Number, { default: 0 }) plain!: number;
}

describeOnEveryBackend('numbers near their limits', (backend) => {
  useModels(backend, Numbers);

  const floats: [string, number, (numbers: Numbers) => unknown, number][] = [
    ['multiply', 4e9, ({ f }) => f.multiply(4e9), 1.6e19],
    ['multiply by a negative', 4e9, ({ f }) => f.multiply(-4e9), -1.6e19],
    ['add', 9.2e18, ({ f }) => f.add(9e17), 1.01e19],
    ['subtract', -9.2e18, ({ f }) => f.subtract(9e17), -1.01e19],
    ['add and add', 2 ** 62, ({ f }) => (f.add(2 ** 62), f.add(2 ** 62)), 3 * 2 ** 62],
    ['add a fraction', 2 ** 53, ({ f }) => f.add(2.5), 2 ** 53 + 2],
    ['multiply by a fraction', 2 ** 53, ({ f }) => f.multiply(2.5), 2.5 * 2 ** 53],
    ['add ones', 2 ** 53, ({ f }) => (f.add(1), f.add(1)), 2 ** 53],
    ['increase', 9.2e18, ({ f }) => f.increase(9e17), 1.01e19],
    ['subtract towards zero', 1e19, ({ f }) => f.subtract(1e18), 9e18],
    ['add towards zero', -1e19, ({ f }) => f.add(1e18), -9e18],
    ['decrease towards zero', 2 ** 63, ({ f }) => f.decrease(2 ** 53), 2 ** 63 - 2 ** 53],
    ['decrease far out', 1e308, ({ f }) => f.decrease(1), 1e308],
  ];

  test.each(floats)('%s of %p is in Redis what it is here, beyond 64 bits too', async (_, start, change, expected) => {
    const numbers = await Numbers.create({ f: start });

    await numbers.pipeline(() => change(numbers));

    expect(numbers.f.value).toBe(expected);
    expect(await backend.json(numbers.key, '$.f')).toBe(expected);
  });

  test('a float that is whole is stored as other whole numbers are, where they are exact', async () => {
    const numbers = await Numbers.create({ f: 1 });

    await numbers.pipeline(() => numbers.f.add(1));

    expect(await backend.jsonText(numbers.key, '$.f')).toBe('[2]');
  });

  test('an increment beyond 64 bits is right, of a plain number too', async () => {
    const numbers = await Numbers.create({ f: 9.2e18, plain: -9.2e18 });

    await expect(numbers.f.increase(9e17)).resolves.toBe(1.01e19);
    await expect(numbers.field('plain').decrease(9e17)).resolves.toBe(-1.01e19);
    expect(await backend.json(numbers.key)).toMatchObject({ f: 1.01e19, plain: -1.01e19 });
  });

  test.each<[string, number, (numbers: Numbers) => Promise<unknown>, number]>([
    ['decrease', 1e19, ({ f }) => f.decrease(1e18), 9e18],
    ['decrease by one', 5e18, ({ f }) => f.decrease(1), 5e18],
    ['increase', -1e19, ({ f }) => f.increase(1e18), -9e18],
    ['saveChanges', 1e19, (numbers) => (numbers.f.subtract(1e18), numbers.saveChanges()), 9e18],
    ['a lock', 1e19, (numbers) => numbers.withLock('work', ({ f }) => f.subtract(1e18), { saveAtEnd: true }), 9e18],
  ])('%s towards zero from %p is done once, and said to be done', async (_, start, act, expected) => {
    const numbers = await Numbers.create({ f: start });

    await act(numbers);

    expect(numbers.f.value).toBe(expected);
    expect(await backend.json(numbers.key, '$.f')).toBe(expected);
  });

  test('a float far below zero, which is not known here, is increased', async () => {
    const numbers = await Numbers.create({ f: 0 });
    await backend.overwrite(numbers.key, '$.f', -5e18);

    await expect(numbers.f.increase(1)).resolves.toBe(-5e18);
  });

  test('large operands are right also where the number is another one than is known here', async () => {
    const numbers = await Numbers.create({ f: 0 });
    await backend.overwrite(numbers.key, '$.f', 9.2e18);

    await expect(numbers.f.increase(9e17)).resolves.toBe(1.01e19);
    expect(await backend.json(numbers.key, '$.f')).toBe(1.01e19);
  });

  test('a sum that no double can hold is refused as a whole', async () => {
    const numbers = await Numbers.create({ f: 1, i: 1 });
    await backend.overwrite(numbers.key, '$.f', 1.7e308);

    const refused = numbers.pipeline(() => {
      numbers.i.add(1);
      numbers.f.add(1e15);
      numbers.f.add(1.7e308);
      numbers.f.add(-1.7e308);
    });

    await expect(refused).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'above-max', path: '$["f"]' });
    expect(await backend.json(numbers.key)).toMatchObject({ f: 1.7e308, i: 1 });
  });

  const stale: [string, number, number, (numbers: Numbers) => Promise<unknown>][] = [
    ['increase', Number.MAX_SAFE_INTEGER, 5, ({ i }) => i.increase(5)],
    ['decrease', -Number.MAX_SAFE_INTEGER, -5, ({ i }) => i.decrease(5)],
    ['adjust', Number.MAX_SAFE_INTEGER, 5, ({ i }) => i.adjust(5)],
    ['adjust without an end', Number.MAX_SAFE_INTEGER, 5, ({ i }) => i.adjust(5, { max: Infinity })],
  ];

  test.each(stale)('%s by an instance that does not know how far a counter is leaves it readable', async (_, start, by, act) => {
    const numbers = await Numbers.create({ i: 0 });
    const other = await Numbers.get(numbers.key);
    await other.i.increase(start);

    await expect(act(numbers)).rejects.toMatchObject({ code: expect.stringMatching(/CORRUPT_DOCUMENT|COMMIT_REFUSED/) as string });

    expect(numbers.i.value).toBe(0);
    expect((await Numbers.get(numbers.key)).i.value).toBe(start);
    await expect(other.i.increase(-by)).resolves.toBe(start - by);
  });

  test('many instances that do not know how far a counter is leave it readable together', async () => {
    const numbers = await Numbers.create({ i: 0 });
    const others = await Promise.all(Array.from({ length: 8 }, () => Numbers.get(numbers.key)));
    await numbers.i.increase(Number.MAX_SAFE_INTEGER - 3);

    const outcomes = await Promise.allSettled(others.map(({ i }) => i.increase(2)));

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await Numbers.get(numbers.key)).i.value).toBe(Number.MAX_SAFE_INTEGER - 1);
  });

  test.each([
    ['9223372036854775807', 1],
    ['-9223372036854775808', -1],
  ])('a whole number of another writer, %s, is left as it was where one more would run over', async (stored, by) => {
    const numbers = await Numbers.create({ i: 0 });
    await backend.send('JSON.SET', numbers.key, '$.i', stored);

    await expect(numbers.i.increase(by)).rejects.toMatchObject({
      code: expect.stringMatching(/CORRUPT_DOCUMENT|COMMIT_REFUSED/) as string,
    });

    expect(await backend.jsonText(numbers.key, '$.i')).toBe(`[${stored}]`);
    expect(numbers.i.value).toBe(0);
    expect(numbers.isStale).toBe(false);
  });

  test('a float that would run over from a number that is not known here is left as it was', async () => {
    const numbers = await Numbers.create({ f: 0 });
    await backend.send('JSON.SET', numbers.key, '$.f', '9223372036854775807');

    await expect(numbers.f.increase(1)).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'above-max' });

    expect(await backend.jsonText(numbers.key, '$.f')).toBe('[9223372036854775807]');
    await numbers.load();
    await expect(numbers.f.increase(1)).resolves.toBe(2 ** 63);
  });

  test.each([0, 1, 2, 7, 48, 49, 63, 64, 65])('the answer is exact where %p is left to the last whole number', async (left) => {
    const numbers = await Numbers.create({ i: 0 });
    await backend.overwrite(numbers.key, '$.i', Number.MAX_SAFE_INTEGER - left - 1);

    await expect(numbers.i.increase(1)).resolves.toBe(Number.MAX_SAFE_INTEGER - left);
    expect(numbers.i.value).toBe(Number.MAX_SAFE_INTEGER - left);
  });

  test('an increment that goes too far is taken back by a second request, one that does not is one command', async () => {
    const numbers = await Numbers.create({ i: 0 });
    await backend.overwrite(numbers.key, '$.i', 2 ** 52);

    expect(await backend.roundTrips(() => numbers.i.increase(1))).toEqual(['JSON.NUMINCRBY']);
    numbers.i.value = 0;
    await numbers.saveChanges();
    await backend.overwrite(numbers.key, '$.i', Number.MAX_SAFE_INTEGER);
    const sent = await backend.roundTrips(() => numbers.i.increase(1).catch(() => undefined));
    expect(sent).toEqual(['JSON.NUMINCRBY', 'EVALSHA']);
  });
});
