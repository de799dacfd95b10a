import { inspect } from 'node:util';
import { AtomicRedisModel, dict, Field, list, Model, nullable, RedisDict, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Tool extends AtomicRedisModel {
  @Field(RedisInt) uses!: RedisInt;
  @Field(list(Number)) runs!: RedisList<number>;
}

@Model()
class Box extends AtomicRedisModel {
  @Field(dict(Number)) n!: RedisDict<number>;
  @Field(dict(nullable(Number))) maybe!: RedisDict<number | null>;
  @Field(dict(() => Tool)) tools!: RedisDict<Tool>;
  @Field(dict(dict(BigInt))) deep!: RedisDict<RedisDict<bigint>>;
}

describeOnEveryBackend('RedisDict', (backend) => {
  useModels(backend, Box);

  test('reads like an object and like a Map', async () => {
    const { n } = await Box.create({ n: { b: 2, a: 1 } });

    expect([n['a'], n.get('b'), n['none'], n.get('none')]).toEqual([1, 2, undefined, undefined]);
    expect(['a' in n, 'none' in n, n.has('a'), n.size]).toEqual([true, false, true, 2]);
    expect(Object.keys(n)).toEqual(['b', 'a']);
    expect({ ...n }).toEqual({ b: 2, a: 1 });
    expect([[...n], [...n.keys()], [...n.values()], [...n.entries()]]).toEqual([
      [
        ['b', 2],
        ['a', 1],
      ],
      ['b', 'a'],
      [2, 1],
      [
        ['b', 2],
        ['a', 1],
      ],
    ]);
    expect(JSON.stringify(n)).toBe('{"b":2,"a":1}');
    expect(n.clone()).toEqual({ b: 2, a: 1 });
    expect(`${n as unknown as string}`).toBe('[object Object]');
  });

  test('a verb is not overwritten by assignment, but its name can be set', async () => {
    const box = await Box.create({ n: { size: 7, update: 8 } });

    expect(box.n.size).toBe(2);
    expect([box.n.get('size'), box.n.get('update')]).toEqual([7, 8]);
    expect(() => ((box.n as unknown as Record<string, unknown>)['update'] = 1)).toThrow(/set\("update", value\)/);
    box.n.set('update', 9);
    expect(typeof box.n.update).toBe('function');
    expect(box.n.get('update')).toBe(9);
  });

  test('what is defined in it is set, and symbols name no members', async () => {
    const box = await Box.create({ n: { a: 1 } });
    const symbol = Symbol('s');

    Object.defineProperty(box.n, 'a', { value: 2, configurable: true });
    expect(() => Object.defineProperty(box.n, 'b', { value: 'x', configurable: true })).toThrow(errorWith({ code: 'VALIDATION' }));
    expect(() => Object.assign(box.n, { [symbol]: 3 })).toThrow(errorWith({ code: 'VALIDATION' }));
    expect(Reflect.defineProperty(box.n, symbol, { value: 3, configurable: true })).toBe(false);
    expect(Object.getOwnPropertyDescriptor(box.n, symbol)).toBeUndefined();
    await box.saveChanges();

    expect([box.n.clone(), await backend.json(box.key, '$.n')]).toEqual([{ a: 2 }, { a: 2 }]);
  });

  test('a member under the name of a verb is never enumerated with the verb as its value', async () => {
    const box = await Box.create({ n: { a: 1, size: 7, key: 8, get: 9 } });
    const refused = errorWith({ code: 'VALIDATION', key: box.key, path: '$["n"]["size"]' });
    const walks: Record<string, (n: object) => unknown> = {
      spread: (n) => ({ ...n }),
      assign: (n) => Object.assign({}, n),
      entries: (n) => Object.entries(n),
      values: (n) => Object.values(n) as unknown,
      forIn: (n) => {
        for (const name in n) if (name === 'none') break;
      },
    };

    for (const walk of Object.values(walks)) expect(() => walk(box.n)).toThrow(refused);
    expect(() => ({ ...box.n })).toThrow(/get\("size"\), entries\(\) or clone\(\), because the name is that of a verb, found the number 7/);
    await expect((async () => Box.create({ n: { ...box.n, extra: 1 } }))()).rejects.toThrow(refused);

    expect([box.n.clone(), Object.fromEntries(box.n), JSON.parse(JSON.stringify(box.n))]).toEqual(
      new Array(3).fill({ a: 1, size: 7, key: 8, get: 9 }),
    );
    expect([[...box.n.keys()], 'size' in box.n, box.n.has('key')]).toEqual([['a', 'size', 'key', 'get'], true, true]);
    expect(inspect(box.n)).toBe('{ a: 1, size: 7, key: 8, get: 9 }');
    expect((await Box.create({ n: box.n })).n.clone()).toEqual(box.n.clone());
    box.n.delete('size');
    box.n.delete('key');
    box.n.delete('get');
    expect({ ...box.n }).toEqual({ a: 1 });
  });

  test('checks every value before anything is changed or sent', async () => {
    const box = await Box.create({ n: { a: 1 } });
    const bad = 'x' as unknown as number;

    const sent = await backend.commandsSent(async () => {
      expect(() => (box.n['b'] = bad)).toThrow(errorWith({ code: 'VALIDATION', path: '$["n"]["b"]' }));
      expect(() => box.n.update({ c: 1, b: bad })).toThrow(errorWith({ code: 'VALIDATION' }));
      await expect(box.n.asetItem('b', bad)).rejects.toMatchObject({ code: 'VALIDATION', path: '$["n"]["b"]' });
      await expect(box.n.aupdate({ c: 1, b: bad })).rejects.toMatchObject({ code: 'VALIDATION' });
      await expect(box.n.asetDefault('b', bad)).rejects.toMatchObject({ code: 'VALIDATION' });
      expect(() => box.n.assign({ b: bad })).toThrow(errorWith({ code: 'VALIDATION' }));
      await box.saveChanges();
    });

    expect(sent).toEqual([]);
    expect(box.n.clone()).toEqual({ a: 1 });
  });

  test('apop gives the exact value: fractions, large numbers, models, empty lists, null', async () => {
    const box = await Box.create({ n: { f: 2.75, big: 9_007_199_254_740_991 }, tools: { t: { uses: 2 } }, maybe: { none: null } });

    await expect(box.n.apop('f')).resolves.toBe(2.75);
    await expect(box.n.apop('big')).resolves.toBe(9_007_199_254_740_991);
    const tool = (await box.tools.apop('t')) as Tool;
    expect(JSON.parse(JSON.stringify(tool))).toEqual({ uses: 2, runs: [] });
    await expect(box.maybe.apop('none', 5)).resolves.toBeNull();
    await expect(box.maybe.apop('none', 5)).resolves.toBe(5);

    expect(await backend.json(box.key)).toEqual({ n: {}, maybe: {}, tools: {}, deep: {} });
    expect(box.toJSON()).toEqual(await backend.json(box.key));
  });

  test('apop and apopItem take what the server has', async () => {
    const box = await Box.create({ n: { a: 1 } });
    await backend.overwrite(box.key, '$["n"]', { theirs: 5 });

    await expect(box.n.apop('a')).resolves.toBeUndefined();
    await expect(box.n.apopItem()).resolves.toEqual(['theirs', 5]);
    await expect(box.n.apopItem()).rejects.toMatchObject({ code: 'EMPTY_DICT', key: box.key, path: '$["n"]' });
    expect(box.n.size).toBe(0);
  });

  test('apopItem reads the value that it takes, and not the whole dict', async () => {
    const box = await Box.create({ n: { a: 1, b: 2 } });

    const run = await backend.commandsRun(() => box.n.apopItem());

    const read = run.filter(({ name }) => name === 'JSON.GET').map(({ args }) => args);
    const [left] = box.n.keys();
    expect(read).toEqual([expect.stringContaining(`$.n[\\"${left === 'a' ? 'b' : 'a'}\\"]`)]);
  });

  test('apopItem empties a dict pair by pair', async () => {
    const names = ['a', ' b', 'c\\d', `'"`, 'é'];
    const box = await Box.create({ n: Object.fromEntries(names.map((name, at) => [name, at])) });
    const seen: Record<string, number> = {};

    for (const _ of names) {
      const [name, value] = await box.n.apopItem();
      seen[name] = value;
    }

    expect(seen).toEqual(Object.fromEntries(names.map((name, at) => [name, at])));
    expect(await backend.json(box.key, '$.n')).toEqual({});
  });

  test('asetDefault of a present null keeps it', async () => {
    const box = await Box.create({ maybe: { none: null } });

    await expect(box.maybe.asetDefault('none', 5)).resolves.toBeNull();
    await expect(box.maybe.asetDefault('new', 5)).resolves.toBe(5);
  });

  test('values are bound: verbs of models and dicts inside', async () => {
    const box = await Box.create({ tools: { 'a b': { uses: 1 } }, deep: { x: { y: 1n } } });

    await box.tools['a b']?.uses.increase(2);
    await box.tools['a b']?.runs.aappend(7);
    await box.deep['x']?.asetItem('z', 2n ** 70n);
    await box.pipeline(() => {
      box.tools['new'] = { uses: 1 } as unknown as Tool;
      box.tools['new']?.uses.add(4);
      delete box.deep['x']?.['y'];
    });

    expect(await backend.json(box.key)).toMatchObject({
      tools: { 'a b': { uses: 3, runs: [7] }, new: { uses: 5, runs: [] } },
      deep: { x: { z: String(2n ** 70n) } },
    });
    expect(box.toJSON()).toEqual(await backend.json(box.key));
  });

  test('a value that was removed refuses verbs, and one that is set again is another', async () => {
    const box = await Box.create({ tools: { a: { uses: 1 } } });
    const before = box.tools['a'] as Tool;

    delete box.tools['a'];
    box.tools.set('a', { uses: 5 });

    expect(() => before.uses.add(1)).toThrow(errorWith({ code: 'STALE_ITEM' }));
    box.tools['a']?.uses.add(1);
    await box.saveChanges();
    expect(await backend.json(box.key, '$.tools.a.uses')).toBe(6);
  });

  test('20 writers of different names all win', async () => {
    const box = await Box.create({});

    await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        const mine = await Box.get(box.key);
        await mine.pipeline(() => (mine.n[`name ${at}`] = at));
      }),
    );

    expect(Object.keys((await backend.json(box.key, '$.n')) as object)).toHaveLength(20);
  });
});
