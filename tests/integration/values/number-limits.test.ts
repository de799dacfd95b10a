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
    ['add ones', 2 ** 53, ({ f }) => (f.add(1), f.add(1)), 2 ** 53],
    ['increase', 9.2e18, ({ f }) => f.increase(9e17), 1.01e19],
  ];

  test.each(floats)('%s of %p is in Redis what it is here, beyond 64 bits too', async (_, start, change, expected) => {
    const numbers = await Numbers.create({ f: start });

    await numbers.pipeline(() => change(numbers));

    expect(numbers.f.value).toBe(expected);
    expect(await backend.json(numbers.key, '$.f')).toBe(expected);
  });

  test('an increment beyond 64 bits is right, of a plain number too', async () => {
    const numbers = await Numbers.create({ f: 9.2e18, plain: -9.2e18 });

    await expect(numbers.f.increase(9e17)).resolves.toBe(1.01e19);
    await expect(numbers.field('plain').decrease(9e17)).resolves.toBe(-1.01e19);
    expect(await backend.json(numbers.key)).toMatchObject({ f: 1.01e19, plain: -1.01e19 });
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
});
