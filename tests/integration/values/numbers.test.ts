import { AtomicRedisModel, Field, Model, RedisFloat, RedisInt } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Numbers extends AtomicRedisModel {
  @Field(RedisInt) i!: RedisInt;
  @Field(RedisFloat, { default: 0 }) f!: RedisFloat;
  @Field(Number, { default: 0 }) plain!: number;
}

const MAX = Number.MAX_SAFE_INTEGER;

describeOnEveryBackend('numbers', (backend) => {
  useModels(backend, Numbers);

  const stored = (numbers: Numbers): Promise<unknown> => backend.json(numbers.key);

  test.each([1.5, NaN, Infinity, -Infinity, MAX + 1, '7' as unknown as number, null as unknown as number])(
    '%p does not fit a RedisInt, and nothing is changed or sent',
    async (bad) => {
      const numbers = await Numbers.create({ i: 4 });

      const sent = await backend.commandsSent(async () => {
        expect(() => (numbers.i.value = bad)).toThrow(errorWith({ code: 'VALIDATION', path: '$["i"]' }));
        expect(() => numbers.i.add(bad)).toThrow(errorWith({ code: 'VALIDATION' }));
        await expect(numbers.i.increase(bad)).rejects.toMatchObject({ code: 'VALIDATION' });
        await expect(numbers.aupdate({ i: bad })).rejects.toMatchObject({ code: 'VALIDATION' });
        await numbers.saveChanges();
      });

      expect(sent).toEqual([]);
      expect(numbers.i.value).toBe(4);
    },
  );

  test.each([NaN, Infinity, '7' as unknown as number])('%p does not fit a RedisFloat or a Number', async (bad) => {
    const numbers = await Numbers.create({ f: 0.5 });

    expect(() => (numbers.f.value = bad)).toThrow(errorWith({ code: 'VALIDATION' }));
    expect(() => numbers.f.multiply(bad)).toThrow(errorWith({ code: 'VALIDATION' }));
    expect(() => (numbers.plain = bad)).toThrow(errorWith({ code: 'VALIDATION' }));
    await expect(numbers.f.increase(bad)).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  test('the value in hand stays the one of its field', async () => {
    const numbers = await Numbers.create({ i: 4 });
    const [bound, plain] = [numbers.i, numbers.field('plain')];

    await numbers.aupdate({ i: 5, plain: 6 });
    await numbers.load();

    expect([numbers.i, numbers.field('plain')].map((one, at) => one === [bound, plain][at])).toEqual([true, true]);
    expect([bound.value, plain.value]).toEqual([5, 6]);
  });

  test('a result that is no whole number is refused by the commit, wherever the operands came from', async () => {
    const numbers = await Numbers.create({ i: 4 });
    await backend.overwrite(numbers.key, '$["i"]', 5);

    await expect(numbers.pipeline(() => numbers.i.multiply(0.5))).rejects.toMatchObject({
      code: 'COMMIT_REFUSED',
      reason: 'not-an-integer',
      found: '2.5',
      path: '$["i"]',
    });

    expect(await stored(numbers)).toMatchObject({ i: 5 });
    expect(numbers.i.value).toBe(4);
  });

  test('a result beyond what JSON readers agree on is refused', async () => {
    const numbers = await Numbers.create({ i: MAX - 1 });

    await expect(numbers.i.increase(1)).resolves.toBe(MAX);
    await expect(numbers.i.increase(1)).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'above-max' });
    await expect(numbers.pipeline(() => numbers.i.multiply(2))).rejects.toMatchObject({ code: 'VALIDATION' });

    expect(await backend.jsonText(numbers.key, '$.i')).toBe('[9007199254740991]');
  });

  test('a counter that others have raised that far is refused too', async () => {
    const numbers = await Numbers.create({ i: MAX - 10 });
    const other = await Numbers.get(numbers.key);
    await other.i.increase(10);

    await expect(numbers.i.increase(5)).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'above-max' });

    expect(await stored(numbers)).toMatchObject({ i: MAX });
  });

  test.each([
    [MAX, 5, '9007199254740996'],
    [1.5, 1, '2.5'],
  ])('tells that %p in Redis, which was not known here, and %p make no RedisInt', async (stored, by, found) => {
    const numbers = await Numbers.create({ i: 3 });
    await backend.overwrite(numbers.key, '$.i', stored);

    await expect(numbers.i.increase(by)).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT', key: numbers.key, path: '$["i"]', found });

    expect(numbers.i.value).toBe(3);
    numbers.i.value = 7;
    await numbers.saveChanges();
    expect((await Numbers.get(numbers.key)).i.value).toBe(7);
  });

  const written: [string, (numbers: Numbers) => unknown][] = [
    ['an assignment', (numbers) => (numbers.i.value = 1)],
    ['update()', (numbers) => numbers.update({ i: 1 })],
    ['save()', (numbers) => numbers.save()],
  ];

  test.each(written)('adjust keeps its bounds on what %s before it writes in the same commit', async (_, write) => {
    const numbers = await Numbers.create({ i: 1 });
    const before = await backend.jsonText(numbers.key);

    const work = numbers.pipeline(async () => {
      await write(numbers);
      await numbers.i.adjust(1, { max: 2 });
      await numbers.i.adjust(5, { max: 3 });
    });

    await expect(work).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'above-max', found: '7' });
    expect(await backend.jsonText(numbers.key)).toBe(before);
    expect(numbers.i.value).toBe(1);
    await write(numbers);
    await expect(numbers.i.adjust(50, { max: 3 })).rejects.toMatchObject({ reason: 'above-max', found: '51' });
  });

  test('adjust keeps its bounds, on what the server holds', async () => {
    const numbers = await Numbers.create({ i: 5, f: 1 });
    await backend.overwrite(numbers.key, '$["i"]', 1);

    await expect(numbers.i.adjust(-2, { min: 0 })).rejects.toMatchObject({
      code: 'COMMIT_REFUSED',
      reason: 'below-min',
      found: '-1',
      key: numbers.key,
      path: '$["i"]',
    });
    await expect(numbers.i.adjust(-1, { min: 0 })).resolves.toBe(0);
    await expect(numbers.f.adjust(2.5, { max: 3 })).rejects.toMatchObject({ reason: 'above-max', found: '3.5' });
    await expect(numbers.pipeline(() => numbers.i.adjust(10, { max: 5 }))).rejects.toMatchObject({ reason: 'above-max', index: 0 });

    expect(numbers.i.value).toBe(0);
    expect(await stored(numbers)).toMatchObject({ i: 0, f: 1 });
  });

  test('increase takes over what the server has, others included', async () => {
    const numbers = await Numbers.create({ i: 1 });
    await backend.overwrite(numbers.key, '$["i"]', 100);

    await expect(numbers.i.increase(5)).resolves.toBe(105);

    expect(numbers.i.value).toBe(105);
  });

  test('fifty increases at the same time are fifty', async () => {
    const numbers = await Numbers.create({});

    const seen = await Promise.all(Array.from({ length: 50 }, () => numbers.i.increase()));

    expect(new Set(seen).size).toBe(50);
    expect(await stored(numbers)).toMatchObject({ i: 50 });
  });

  test('fractions that are added in one commit give here what they give in Redis', async () => {
    const numbers = await Numbers.create({ f: 0.1, plain: 0.1 });
    await numbers.pipeline(() => numbers.f.add(0));

    const { replies } = await numbers.pipeline(() => {
      numbers.f.add(0.2);
      numbers.f.add(0.3);
      numbers.f.subtract(1e-7);
      numbers.field('plain').add(0.2);
      numbers.field('plain').add(0.3);
    });
    numbers.f.add(0.7);
    numbers.f.add(0.1);
    await numbers.saveChanges();

    expect(numbers.plain).toBe(0.1 + 0.2 + 0.3);
    expect(numbers.f.value).toBe(0.1 + 0.2 + 0.3 - 1e-7 + 0.7 + 0.1);
    expect(await stored(numbers)).toMatchObject({ f: numbers.f.value, plain: numbers.plain });
    const first = 0.1 + 0.2 + 0.3 - 1e-7;
    expect(replies).toEqual([first, first, first, numbers.plain, numbers.plain]);
  });

  test('operations keep their order: ×2 and then +1', async () => {
    const numbers = await Numbers.create({ i: 10 });

    await numbers.pipeline(() => {
      numbers.i.multiply(2);
      numbers.i.add(1);
      numbers.i.multiply(3);
    });

    expect(numbers.i.value).toBe(63);
    expect(await stored(numbers)).toMatchObject({ i: 63 });
  });

  test('behave like numbers', async () => {
    const { i, f } = await Numbers.create({ i: 255, f: 1.25 });

    expect([i.valueOf(), +i, i.toString(16), f.toFixed(1), f.toPrecision(2), f.toExponential(1), String(i)]).toEqual([
      255,
      255,
      'ff',
      '1.3',
      '1.3',
      '1.3e+0',
      '255',
    ]);
    expect((i as unknown as number) > 200).toBe(true);
    expect(i.clone()).toBe(255);
    expect(`${i.key} ${i.fieldPath}`).toMatch(/^Numbers:.* i$/);
  });

  test('very large and very small fractions keep their value', async () => {
    for (const value of [1e21, 1e-10, 0.1 + 0.2, -0.5, 5e-324, 1.7976931348623157e308, 12345678.9]) {
      const numbers = await Numbers.create({ f: value });
      expect((await Numbers.get(numbers.key)).f.value).toBe(value);
    }
  });

  test.each([
    { min: 'a' as unknown as number },
    { max: NaN },
    { max: null as unknown as number },
    { min: 5, max: 1 },
    { min: 0.5, max: 0 },
    { min: Infinity, max: -Infinity },
  ])('adjust within %p is refused before anything is sent', async (bounds) => {
    const numbers = await Numbers.create({ i: 5, f: 5 });
    const refused = { code: 'VALIDATION', model: 'Numbers', key: numbers.key };

    const sent = await backend.commandsSent(async () => {
      await expect(numbers.i.adjust(1, bounds)).rejects.toMatchObject({ ...refused, path: '$["i"]' });
      await expect(numbers.f.adjust(1, bounds)).rejects.toMatchObject({ ...refused, path: '$["f"]' });
      await expect(numbers.pipeline(() => numbers.i.adjust(1, bounds))).rejects.toMatchObject(refused);
    });

    expect([sent, numbers.i.value, numbers.f.value]).toEqual([[], 5, 5]);
  });

  test('adjust within bounds that leave one number says which does not fit', async () => {
    const numbers = await Numbers.create({ i: 5 });

    await expect(numbers.i.adjust(1, { min: 6, max: 6 })).resolves.toBe(6);
    await expect(numbers.i.adjust(1, { min: 7.5, max: 6 })).rejects.toMatchObject({
      problems: [{ field: 'i', expected: 'a max that is not below the min of 7.5', found: 'the number 6' }],
    });
  });
});
