import { AtomicRedisModel, Field, list, Model, nullable, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Part extends AtomicRedisModel {
  @Field(String) name!: string;
}

@Model()
class Box extends AtomicRedisModel {
  @Field(list(Number)) n!: RedisList<number>;
  @Field(list(Date)) dates!: RedisList<Date>;
  @Field(list(nullable(String))) maybe!: RedisList<string | null>;
  @Field(list(BigInt)) big!: RedisList<bigint>;
  @Field(list(() => Part)) parts!: RedisList<Part>;
  @Field(String, { default: 'ab' }) title!: string;
}

describeOnEveryBackend('RedisList', (backend) => {
  useModels(backend, Box);

  test('is an Array for everything that reads', async () => {
    const { n } = await Box.create({ n: [3, 1, 2] });

    expect(Array.isArray(n)).toBe(true);
    expect(n).toBeInstanceOf(Array);
    expect([n.length, n[0], n.at(-1), n.indexOf(2), n.includes(1), n.join('-')]).toEqual([3, 3, 2, 2, true, '3-1-2']);
    expect(n.map((x) => x * 2)).toEqual([6, 2, 4]);
    expect(n.map((x) => x)).not.toBeInstanceOf(RedisList);
    expect([n.filter((x) => x > 1), n.slice(1), n.concat([9]), [...n], Array.from(n.entries())]).toEqual([
      [3, 2],
      [1, 2],
      [3, 1, 2, 9],
      [3, 1, 2],
      [
        [0, 3],
        [1, 1],
        [2, 2],
      ],
    ]);
    expect(JSON.stringify(n)).toBe('[3,1,2]');
    expect(n).toHaveLength(3);
    expect(n.clone()).toEqual([3, 1, 2]);
    expect(Object.keys(n)).toEqual(['0', '1', '2']);
  });

  test('has no holes', async () => {
    const { n } = await Box.create({ n: [1, 2] });
    const validation = expect.objectContaining({ code: 'VALIDATION' }) as Error;

    expect(() => (n[5] = 1)).toThrow(validation);
    expect(() => (n.length = 5)).toThrow(validation);
    expect(() => delete n[0]).toThrow(errorWith({ code: 'VALIDATION', path: '$["n"][0]' }));
    expect(() => ((n as unknown as Record<string, unknown>)['name'] = 1)).toThrow(validation);
    expect(() => n.insert(7, 1)).toThrow(validation);
    expect(() => n.insert('0' as never, 1)).toThrow(validation);
    expect(() => n.insert(undefined as never, 1)).toThrow(validation);
    expect(() => delete n[2]).toThrow(validation);
    expect([...n]).toEqual([1, 2]);
    n.clear();
    expect(() => delete n[-1]).toThrow(validation);
  });

  test('what is defined in it is assigned', async () => {
    const box = await Box.create({ n: [1, 2] });

    Object.defineProperty(box.n, 0, { value: 9 });
    expect(() => Object.defineProperty(box.n, 1, { value: 'x' })).toThrow(errorWith({ code: 'VALIDATION', path: '$["n"][1]' }));
    await box.saveChanges();

    expect([[...box.n], await backend.json(box.key, '$.n')]).toEqual([
      [9, 2],
      [9, 2],
    ]);
  });

  test('a tool that watches calls does so at the class, and may tidy up at a list', async () => {
    const { n } = await Box.create({ n: [1] });
    const watch = jest.spyOn(RedisList.prototype, 'aappend');

    await n.aappend(2);
    expect(watch).toHaveBeenCalledWith(2);
    watch.mockRestore();

    expect(() => jest.spyOn(n, 'aappend')).toThrow(errorWith({ code: 'VALIDATION', path: '$["n"]["aappend"]' }));
    expect(Reflect.deleteProperty(n, 'aappend')).toBe(true);
    expect(await n.aappend(3)).toBe(3);
  });

  test('checks every item before anything is changed or sent', async () => {
    const box = await Box.create({ n: [1] });
    const bad = 'x' as unknown as number;

    const sent = await backend.commandsSent(async () => {
      expect(() => box.n.push(2, bad)).toThrow(errorWith({ code: 'VALIDATION', path: '$["n"][2]' }));
      expect(() => (box.n[0] = NaN)).toThrow(errorWith({ code: 'VALIDATION', path: '$["n"][0]' }));
      await expect(box.n.aappend(bad)).rejects.toMatchObject({ code: 'VALIDATION' });
      await expect(box.n.aextend([1, bad])).rejects.toMatchObject({ code: 'VALIDATION' });
      await expect(box.n.aset(0, bad)).rejects.toMatchObject({ code: 'VALIDATION' });
      expect(() => box.n.assign([bad])).toThrow(errorWith({ code: 'VALIDATION' }));
      expect(() => box.n.splice(0, 1, bad)).toThrow(errorWith({ code: 'VALIDATION' }));
    });

    expect(sent).toEqual([]);
    expect([...box.n]).toEqual([1]);
  });

  test.each<[unknown, string]>([
    [{}, 'an object'],
    [5, 'the number 5'],
    [true, 'the boolean true'],
    [null, 'null'],
    [undefined, 'nothing'],
    ['ab', 'the text "ab"'],
    [Object('ab'), 'an instance of String'],
    [Promise.resolve([]), 'an instance of Promise'],
    [() => [], 'a function'],
  ])('items that are %p are refused before anything is changed or sent', async (items, found) => {
    const box = await Box.create({ maybe: ['x'] });
    const problem = { field: 'maybe', expected: 'an iterable of items, such as an array', found };
    const refused = errorWith({ code: 'VALIDATION', key: box.key, path: '$["maybe"]', problems: [problem] });

    const sent = await backend.commandsSent(async () => {
      expect(() => box.maybe.assign(items as [])).toThrow(refused);
      expect(() => box.maybe.extend(items as [])).toThrow(refused);
      await expect(box.maybe.aextend(items as [])).rejects.toThrow(refused);
      await box.saveChanges();
    });

    expect([sent, [...box.maybe]]).toEqual([[], ['x']]);
  });

  test('items come from any iterable, but not from the letters of a bound text', async () => {
    const box = await Box.create({});

    box.maybe.assign(new Set(['a']));
    box.maybe.extend(new Map([['b', 1]]).keys());
    await expect(box.maybe.aextend(box.maybe)).resolves.toBe(4);

    expect(await backend.json(box.key, '$.maybe')).toEqual(['a', 'b', 'a', 'b']);
    expect(() => box.maybe.assign(box.field('title') as unknown as [])).toThrow(errorWith({ code: 'VALIDATION' }));
  });

  test('apop takes what the server has, and the local list loses the same item', async () => {
    const box = await Box.create({ n: [1, 2] });
    await backend.send('JSON.ARRAPPEND', box.key, '$.n', '3');

    await expect(box.n.apop()).resolves.toBe(3);
    expect([...box.n]).toEqual([1, 2]);
    await expect(box.n.apop(0)).resolves.toBe(1);
    expect([...box.n]).toEqual([2]);
    expect(await backend.json(box.key, '$.n')).toEqual([2]);
  });

  test('apop takes an item that was never here', async () => {
    const box = await Box.create({ dates: [new Date(1)] });
    await backend.overwrite(box.key, '$["dates"]', [new Date(1), new Date(2)]);

    await expect(box.dates.apop(1)).resolves.toEqual(new Date(2));

    expect([...box.dates]).toEqual([new Date(1)]);
  });

  test('aset replaces an item that was never here only in Redis', async () => {
    const box = await Box.create({ n: [1] });
    await backend.overwrite(box.key, '$["n"]', [1, 2, 3]);

    await box.n.aset(2, 9);
    await box.n.aset(-2, 8);

    expect([[...box.n], Object.keys(box.n), await backend.json(box.key, '$.n')]).toEqual([[1], ['0'], [1, 8, 9]]);
  });

  test('apop of a position that the server lacks is refused', async () => {
    const box = await Box.create({ n: [1, 2] });

    await expect(box.n.apop(2)).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range', path: '$["n"]' });
    await expect(box.n.apop(-3)).rejects.toMatchObject({ code: 'COMMIT_REFUSED' });

    expect(await backend.json(box.key, '$.n')).toEqual([1, 2]);
  });

  test('a null that was popped is told from an empty list by the length', async () => {
    const box = await Box.create({ maybe: ['a', null] });

    await expect(box.maybe.apop()).resolves.toBeNull();
    await expect(box.maybe.apop()).resolves.toBe('a');
    await expect(box.maybe.apop()).resolves.toBeNull();
    expect(box.maybe).toHaveLength(0);
  });

  test('a null is looked for in Redis, as other items without parts', async () => {
    const box = await Box.create({ maybe: ['a', null] });
    await backend.send('JSON.ARRINSERT', box.key, '$.maybe', '0', '"new"');

    await expect(box.maybe.aremove(null)).resolves.toBe(true);

    expect([[...box.maybe], await backend.json(box.key, '$.maybe')]).toEqual([['a'], ['new', 'a']]);
  });

  test.each([-3, -4])('aset of a position before the first item changes nothing: %d', async (index) => {
    const box = await Box.create({ n: [1, 2] });

    for (const list of [box.n, Box.at(box.pk).n])
      await expect(list.aset(index, 9)).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range' });
    await box.n.aset(-2, 8);

    expect([...box.n]).toEqual([8, 2]);
    expect(await backend.json(box.key, '$["n"]')).toEqual([8, 2]);
  });

  test('aset of the last item is one plain command, also where there is none', async () => {
    const [box, empty] = [await Box.create({ n: [1, 2] }), await Box.create({ n: [] })];

    expect(await backend.roundTrips(() => box.n.aset(-1, 9))).toEqual(['JSON.SET']);
    await expect(empty.n.aset(-1, 9)).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range' });

    expect(await backend.json(empty.key, '$["n"]')).toEqual([]);
  });

  test('ainsert and aset out of range change nothing anywhere', async () => {
    const box = await Box.create({ n: [1] });

    await expect(box.n.ainsert(5, 9)).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range' });
    await expect(box.n.aset(5, 9)).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range' });

    expect([...box.n]).toEqual([1]);
    expect(await backend.json(box.key, '$.n')).toEqual([1]);
  });

  test('items with another form at run time', async () => {
    const box = await Box.create({ dates: [new Date(0)], big: [10n ** 30n] });

    await box.dates.aappend(new Date(1));
    await expect(box.dates.apop(0)).resolves.toEqual(new Date(0));
    await expect(box.big.apop()).resolves.toBe(10n ** 30n);
    await expect(box.dates.aremove(new Date(1))).resolves.toBe(true);

    expect(await backend.json(box.key)).toEqual({ n: [], dates: [], maybe: [], big: [], parts: [], title: 'ab' });
  });

  test('sort() sorts only once with its comparison, and that order is stored', async () => {
    const box = await Box.create({ n: [5, 3, 1, 4, 2], dates: [new Date(2), new Date(1), new Date(3)] });
    /** A comparison without a fixed order, like `() => Math.random() - 0.5`, but repeatable. */
    const shuffling = (): (() => number) => {
      let calls = 0;
      return () => Math.sin((calls += 1));
    };
    const plain = [5, 3, 1, 4, 2].sort(shuffling());

    box.n.sort(shuffling());
    box.dates.sort(shuffling());
    await box.saveChanges();

    expect([[...box.n], await backend.json(box.key, '$.n')]).toEqual([plain, plain]);
    expect(await backend.json(box.key)).toEqual(box.toJSON());
  });

  test('a comparison that throws leaves the list as it was', async () => {
    const box = await Box.create({ n: [2, 1] });

    expect(() =>
      box.n.sort(() => {
        throw new Error('stop');
      }),
    ).toThrow('stop');
    await box.saveChanges();

    expect([[...box.n], await backend.json(box.key, '$.n')]).toEqual([
      [2, 1],
      [2, 1],
    ]);
  });

  test.each<[string, number[], (n: RedisList<number>) => Promise<unknown>[], number[]]>([
    ['itself', [1, 2, 1], (n) => [n.aremove(1), n.aremove(1)], [2]],
    ['ainsert()', [1, 2], (n) => [n.ainsert(0, 9), n.aremove(1)], [9, 2]],
    ['aappend() of the item', [2], (n) => [n.aappend(1), n.aremove(1)], [2]],
    ['apop()', [8, 9, 3, 1, 4, 1], (n) => [n.apop(0), n.apop(0), n.aremove(1)], [3, 4, 1]],
    ['aclear()', [1], (n) => [n.aclear(), n.aremove(1)], []],
  ])('aremove() after %s that is under way removes the same item here and in Redis', async (_, init, verbs, left) => {
    const box = await Box.create({ n: init });

    await Promise.all(verbs(box.n));

    expect([[...box.n], await backend.json(box.key, '$.n')]).toEqual([left, left]);
  });

  test('aremove() of an item with parts removes the one at its place, after verbs that are under way too', async () => {
    const box = await Box.create({ parts: ['x', 'a', 'a', 'b'].map((name) => ({ name })) });
    const last = box.parts[2] as Part;

    await Promise.all([box.parts.apop(0), box.parts.aremove({ name: 'a' })]);
    await Promise.all([box.parts.aappend({ name: 'c' }), box.parts.aremove({ name: 'b' })]);

    expect(box.toJSON()).toEqual(await backend.json(box.key));
    expect(box.parts.map(({ name }) => name)).toEqual(['a', 'c']);
    await expect(last.save()).rejects.toMatchObject({ code: 'STALE_ITEM' });
  });

  test('an item with parts that is not in the list is not removed, and nothing is sent for it', async () => {
    const box = await Box.create({ parts: [{ name: 'a' }] });

    const sent = await backend.commandsSent(async () => {
      expect(box.parts.remove({ name: 'b' })).toBe(false);
      expect(await box.parts.aremove({ name: 'b' })).toBe(false);
      await box.saveChanges();
    });

    expect([sent, box.parts.length]).toEqual([[], 1]);
  });

  test.each<[string, [number, ...number[]]]>([
    ['nothing', [] as never],
    ['a position', [1]],
    ['no count', [1, undefined as never]],
    ['no count but an item', [1, undefined as never, 9]],
    ['null', [1, null as never]],
    ['more than there are', [-2, 7]],
    ['less than none', [0, -1, 8]],
  ])('splice() given %s does as that of Array', async (_, given) => {
    const [box, plain] = [await Box.create({ n: [1, 2, 3] }), [1, 2, 3]];

    expect(box.n.splice(...(given as [number, number]))).toEqual(plain.splice(...(given as [number, number])));
    await box.saveChanges();

    expect([[...box.n], await backend.json(box.key, '$.n')]).toEqual([plain, plain]);
  });

  test('an empty change sends nothing', async () => {
    const box = await Box.create({ n: [1] });

    const sent = await backend.commandsSent(async () => {
      expect([box.big.pop(), box.big.shift(), box.n.unshift()]).toEqual([undefined, undefined, 1]);
      box.n.push();
      box.n.extend([]);
      box.n.splice(1, 0);
      box.n.splice(0, NaN);
      box.n.removeRange(1, 1);
      await box.n.aextend([]);
      await box.pipeline(() => void box.n.extend([]));
      await box.saveChanges();
    });

    expect(sent).toEqual([]);
  });

  test.each([1.5, NaN, Infinity, '0' as unknown as number, null as unknown as number])(
    '%p is no position, and nothing is changed or sent',
    async (index) => {
      const { n } = await Box.create({ n: [1, 2] });

      const sent = await backend.commandsSent(async () => {
        await expect(n.aset(index, 9)).rejects.toMatchObject({ code: 'VALIDATION' });
        await expect(n.ainsert(index, 9)).rejects.toMatchObject({ code: 'VALIDATION' });
        await expect(n.apop(index)).rejects.toMatchObject({ code: 'VALIDATION' });
      });

      expect(sent).toEqual([]);
      expect([...n]).toEqual([1, 2]);
    },
  );
});
