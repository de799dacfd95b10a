import { setTimeout as sleep } from 'node:timers/promises';
import { RedisTree, TreeTypeError, ValidationError } from 'redatom/tree';
import { describeOnEveryBackend } from '../../support/backends';

describeOnEveryBackend('TreeNode', (backend) => {
  let tree: RedisTree;
  beforeAll(async () => {
    tree = new RedisTree({ client: await backend.readyClient(), namespace: 'store' });
  });
  beforeEach(() => backend.flush());
  afterAll(() => tree.close());

  describe('values', () => {
    test.each([
      [null],
      [true],
      [''],
      ['ü😀\u0000'],
      [0],
      [-1.5],
      [1e300],
      [9007199254740991],
      [[]],
      [{}],
      [[{ a: [] }]],
      [{ a: { b: {} } }],
    ])('keeps %j', async (value) => {
      await tree.root().set('value', value);
      expect(await tree.at('value').val()).toEqual(value);
    });

    test('answers the default for what is missing, and null for a stored null', async () => {
      await tree.root().set('nothing', null);
      expect(await tree.at('nothing').val('default')).toBeNull();
      expect(await tree.at('missing').val('default')).toBe('default');
      expect(await tree.at('nothing.below').val(7)).toBe(7);
    });

    test('refuses what JSON has no form for before anything is sent', async () => {
      const cycle: { self?: unknown } = {};
      cycle.self = cycle;
      let deep: unknown = 1;
      for (let level = 0; level < 130; level++) deep = [deep];
      await tree.root().set('kept', { a: 1 }, { expire: 100 });
      const sent = await backend.commandsSent(async () => {
        for (const value of [NaN, Infinity, () => 1, undefined, 10n, Symbol('s'), cycle, deep, { a: { b: NaN } }, new Map(), '\ud800']) {
          await expect(tree.root().set('kept', value)).rejects.toThrow(ValidationError);
        }
      });
      expect(sent).toEqual([]);
      expect(await tree.at('kept').val()).toEqual({ a: 1 });
      expect(await tree.at('kept').timeToLive()).toBe(100);
    });

    test('says which value it refuses', async () => {
      const refused = (message: string): object => ({ code: 'VALIDATION', path: 'kept.a', message });
      const deep = Array.from({ length: 119 }).reduce<unknown>((inner) => [inner], 1);

      await expect(tree.at('kept').set('a', new Map())).rejects.toMatchObject(
        refused('value: kept.a expects a plain JSON value, found an instance of Map'),
      );
      await expect(tree.at('kept').set('a', { b: [NaN] })).rejects.toMatchObject(
        refused('value: kept.a.b[0] expects a finite number, found the number NaN'),
      );
      await expect(tree.at('kept').set('a', deep)).rejects.toMatchObject(
        refused('value: kept.a expects at most 120 levels with its path, found more'),
      );
    });

    test('replaces a subtree by a scalar and back, without leaving anything', async () => {
      await tree.root().set('s', { k: 1, l: { m: 2 } });
      await tree.root().set('s', 5);
      expect(await tree.at('s.k').val()).toBeUndefined();
      await tree.root().set('s.k.z', 6);
      expect(await tree.root().val()).toEqual({ s: { k: { z: 6 } } });
      await tree.root().set('s', [1]);
      await tree.root().set('s.k', 7);
      expect(await tree.root().val()).toEqual({ s: { k: 7 } });
    });

    test('holds a scalar at the root, until something is stored below it', async () => {
      await tree.root().assign('whole');
      expect(await tree.root().val()).toBe('whole');
      await tree.root().set('a.b', 1);
      expect(await tree.root().val()).toEqual({ a: { b: 1 } });
    });

    test('sends one script per verb and never walks the keys', async () => {
      await tree.at('a').assign({ b: 1 });
      const node = tree.at('a');
      const verbs = [
        ...[
          () => node.set('b', 1),
          () => node.val(),
          () => node.get('b').add(1),
          () => node.exists(),
          () => node.keys(),
          () => node.size(),
        ],
        ...[() => node.expire(10), () => node.timeToLive(), () => node.children(), () => node.delete('b'), () => node.clear()],
      ];
      for (const verb of verbs) await verb();
      for (const verb of verbs) expect(await backend.roundTrips(verb)).toEqual(['EVALSHA']);
      // On a cluster, the commands of all servers are counted.
    });

    test.each([
      ['clear', () => tree.at('only').clear()],
      ['delete', () => tree.root().delete('only')],
    ])('is empty, and still there, when %s takes the last of it', async (_, remove) => {
      await tree.root().set('only', 1);

      expect(await remove()).toBe(true);

      expect(await tree.root().val()).toEqual({});
      expect(await tree.root().exists()).toBe(true);
      expect(await tree.root().children()).toEqual([]);
    });

    test('frees every key when the root is cleared', async () => {
      await tree.at('a.b').assign(1, { expire: 100 });
      await tree.root().expire(100);
      expect(await tree.root().clear()).toBe(true);
      expect(await tree.root().clear()).toBe(false);
      expect(await backend.send('DBSIZE')).toBe(0);
    });
  });

  describe('add', () => {
    test('counts from nothing, keeps the time to live and answers the total', async () => {
      expect(await tree.at('n.m').add(2)).toBe(2);
      await tree.at('n').expire(100);
      await tree.at('n.m').expire(50);
      expect(await tree.at('n.m').add(0.5)).toBe(2.5);
      expect(await tree.at('n.m').timeToLive()).toBe(50);
    });

    test('loses nothing when many add without a lock', async () => {
      await Promise.all(Array.from({ length: 1000 }, () => tree.at('count').add(1)));
      expect(await tree.at('count').val()).toBe(1000);
    });

    test.each(['text', [1], { a: 1 }, true, null])('refuses to add to %j', async (value) => {
      await tree.root().set('x', value);
      await expect(tree.at('x').add(1)).rejects.toThrow(TreeTypeError);
      expect(await tree.at('x').val()).toEqual(value);
    });

    const most = Number.MAX_SAFE_INTEGER;

    test.each([
      [most - 1, 1, most],
      [1 - most, -1, -most],
      [0.1, 0.2, 0.1 + 0.2],
    ])('to %d adds %d', async (present, count, total) => {
      await tree.root().set('x', present);
      expect(await tree.at('x').add(count)).toBe(total);
      expect(await tree.at('x').val()).toBe(total);
    });

    test.each([
      [most, 1],
      [-most, -1],
      [1e300, 1],
      [2 ** 53, 0.5],
    ])('to %d does not add %d: the total would not be exact', async (present, count) => {
      await tree.root().set('x', present);
      const found = 'a total beyond the exact numbers';
      await expect(tree.at('x').add(count)).rejects.toMatchObject({ code: 'TREE_TYPE', found });
      expect(await tree.at('x').val()).toBe(present);
    });

    test('refuses counts that are not exact', async () => {
      for (const count of [NaN, Infinity, 2 ** 53]) await expect(tree.at('x').add(count)).rejects.toThrow(RangeError);
    });
  });

  describe('time to live', () => {
    test('ends when another program removes the value, or the document', async () => {
      const place = tree.at('a.b');
      const removals = [
        ['JSON.DEL', '$["a"]["b"]'],
        ['JSON.DEL', '$["a"]'],
        ['JSON.DEL', '$'],
      ];
      for (const [command = '', path = ''] of removals) {
        await tree.at('a').set('b', 1, { expire: 100 });
        if (path !== '$["a"]["b"]') await tree.at('a').expire(50);
        await backend.send(command, 'tree:{store}:document', path);

        expect(await place.add(1)).toBe(1);

        expect(await place.timeToLive()).toBe(-1);
        await tree.root().clear();
      }
    });

    test('ends a subtree as a unit, with what was stored below it later', async () => {
      await tree.root().set('a', { b: 1 }, { expire: 0.1 });
      await tree.at('a').set('c', 2);
      await tree.root().set('other', 3);
      expect(await tree.at('a.c').timeToLive()).toBe(1);
      await sleep(130);
      expect(await tree.at('a.c').val()).toBeUndefined();
      expect(await tree.at('a').exists()).toBe(false);
      expect(await tree.root().val()).toEqual({ other: 3 });
      expect(await tree.root().keys()).toEqual(['other']);
    });

    test('is the shortest of the node and the ones above', async () => {
      await tree.root().set('a.b', 1, { expire: 50 });
      expect(await tree.at('a').timeToLive()).toBe(-1);
      await tree.at('a').expire(20);
      expect(await tree.at('a.b').timeToLive()).toBe(20);
      await tree.root().expire(90);
      expect(await tree.at('a.b').timeToLive()).toBe(20);
      expect(await tree.at('missing').timeToLive()).toBe(-2);
    });

    test('ends when the path or one above is written, not when one below is', async () => {
      await tree.root().set('a.b', { c: 1 }, { expire: 50 });
      await tree.at('a.b').set('c', 2);
      expect(await tree.at('a.b').timeToLive()).toBe(50);
      await tree.at('a').assign({ b: { c: 3 } });
      expect(await tree.at('a.b').timeToLive()).toBe(-1);
      await tree.at('a.b').expire(50);
      await tree.at('a').set('b', 1);
      expect(await tree.at('a.b').timeToLive()).toBe(-1);
      await tree.at('a.b').expire(50);
      await tree.at('a').delete('b');
      await tree.at('a').set('b', 1);
      expect(await tree.at('a.b').timeToLive()).toBe(-1);
    });

    test('does not touch a neighbour with a longer name', async () => {
      await tree.root().assign({ a: 1, ab: 2 });
      await tree.at('ab').expire(50);
      await tree.root().set('a', 3);
      expect(await tree.at('ab').timeToLive()).toBe(50);
    });

    test('takes fractions, and refuses what is not a positive number', async () => {
      await tree.root().set('x', 1, { expire: 0.001 });
      await sleep(5);
      expect(await tree.at('x').exists()).toBe(false);
      expect(await tree.at('x').expire(1)).toBe(false);
      await tree.root().set('long', 1, { expire: 8e12 });
      expect(await tree.at('long').timeToLive()).toBe(8e12);
      for (const seconds of [0, -1, NaN, Infinity, 1e13, 1e300, '1' as never]) {
        await expect(tree.root().set('x', 1, { expire: seconds })).rejects.toThrow(RangeError);
        await expect(tree.root().expire(seconds)).rejects.toThrow(RangeError);
      }
    });

    test('removes more due paths than one batch', async () => {
      await tree.root().assign(Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`k${index}`, index])));
      await Promise.all(Array.from({ length: 250 }, (_, index) => tree.at(`k${index}`).expire(0.05)));
      await sleep(80);
      expect(await tree.root().val()).toEqual({});
    });
  });

  describe('children', () => {
    test('are the leaves below, or the nodes directly below', async () => {
      await tree.root().assign({ x: 1, y: { z: [1], empty: {} }, 'with.dot': null });
      const leaves: string[][] = [];
      for await (const leaf of tree.root().iterChildren()) leaves.push([...leaf.path]);
      expect(leaves).toEqual([['x'], ['y', 'z'], ['with.dot']]);
      expect((await tree.root().children()).map(({ path }) => path)).toEqual([['x'], ['y'], ['with.dot']]);
      expect(await tree.at('x').children()).toEqual([]);
      expect((await tree.at('x').iterChildren().next()).done).toBe(true);
    });

    test('have names and a number; a scalar and a missing node have neither', async () => {
      await tree.root().assign({ o: { a: 1, b: 2 }, l: [1, 2, 3], s: 'text' });
      expect(await tree.at('o').size()).toBe(2);
      expect(await tree.at('l').size()).toBe(3);
      for (const path of ['s', 'missing']) {
        await expect(tree.at(path).size()).rejects.toThrow(TreeTypeError);
        await expect(tree.at(path).keys()).rejects.toThrow(TreeTypeError);
      }
      await expect(tree.at('l').keys()).rejects.toMatchObject({ code: 'TREE_TYPE', expected: 'an object', found: 'array' });
    });
  });

  test('compares values, also of two trees', async () => {
    await tree.root().assign({ a: { x: 1, y: [2] }, b: { y: [2], x: 1 }, one: 1, two: 2, t: 'a', u: 'b' });
    const other = new RedisTree({ client: await backend.readyClient(), namespace: 'other' });
    expect(await tree.at('a').equals(tree.at('b'))).toBe(true);
    expect(await tree.at('a').equals(other.at('a'))).toBe(false);
    expect(await tree.at('missing').equals(other.at('missing'))).toBe(true);
    expect(await tree.at('one').compareTo(tree.at('two'))).toBe(-1);
    expect(await tree.at('u').compareTo(tree.at('t'))).toBe(1);
    expect(await tree.at('t').compareTo(tree.at('t'))).toBe(0);
    await expect(tree.at('one').compareTo(tree.at('t'))).rejects.toThrow(
      new TreeTypeError('two numbers or two texts', 'a value of type number and a value of type string', {
        command: 'compareTo',
        key: 'tree:{store}',
        path: 'one',
      }),
    );
    await other.close();
  });

  test('reads subtrees whole while others write them', async () => {
    const writers = [1, 2].map(async (writer) => {
      for (let round = 0; round < 200; round++) {
        const mark = `${writer}-${round}`;
        await tree.root().set('subtree', { a: mark, b: { c: mark, d: { e: mark } } });
      }
    });
    const reader = (async () => {
      for (let round = 0; round < 400; round++) {
        const value = (await tree.at('subtree').val()) as { a: string } | undefined;
        if (value !== undefined) expect(value).toEqual({ a: value.a, b: { c: value.a, d: { e: value.a } } });
      }
    })();
    await Promise.all([...writers, reader]);
  });

  test('reads beside 100,000 foreign keys with the commands that it takes without, none of which looks for keys', async () => {
    const namesOfARead = async (): Promise<string[]> =>
      (await backend.commandsRun(() => tree.at('a').val())).map(({ name }) => name).filter((name) => name !== 'ECHO');
    await tree.root().assign({ a: { b: 1, c: 2 } });
    await tree.at('a').val();
    const without = await namesOfARead();
    await backend.send('EVAL', "for i = 1, 100000 do redis.call('SET', KEYS[1] .. i, i) end", '1', 'tree:{store}:foreign');

    expect(await namesOfARead()).toEqual(without);
    expect(without).toContain('JSON.GET');
    expect(without.filter((name) => /^(KEYS|SCAN)$/.test(name))).toEqual([]);
  });
});
