import { AtomicRedisModel, dict, Field, list, Model, nullable, RedisDict, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Part extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
  @Field(list(Number)) runs!: RedisList<number>;
}

@Model()
class Whole extends AtomicRedisModel {
  @Field(dict(() => Part)) parts!: RedisDict<Part>;
  @Field(dict(nullable(() => Part))) maybe!: RedisDict<Part | null>;
  @Field(() => Part, { nullable: true }) part!: Part | null;
  @Field(list(() => Part)) items!: RedisList<Part>;
}

const start = { parts: { a: { count: 1 }, b: { count: 2 } }, maybe: { a: { count: 3 } }, part: { count: 4 }, items: [{ count: 1 }] };

describeOnEveryBackend('what a user holds when a pipeline is undone', (backend) => {
  useModels(backend, Part, Whole);

  /** Runs `work` in a pipeline that fails, and resolves to what `work` returned. */
  async function heldIn(whole: Whole, work: (whole: Whole) => Part | null | undefined): Promise<Part> {
    let held: Part | null | undefined;
    const failed = whole.pipeline((it) => {
      held = work(it);
      throw new Error('stop');
    });
    await expect(failed).rejects.toThrow('stop');
    return held as Part;
  }

  const replaced: [string, (whole: Whole) => Part | null | undefined][] = [
    ['a member', ({ parts }) => parts.set('a', { count: 9 }).get('a')],
    ['a member of a dict that loses another one', ({ parts }) => (parts.delete('b'), parts.set('a', { count: 9 }).get('a'))],
    ['a member that may be null', ({ maybe }) => (maybe.set('a', null), maybe.set('a', { count: 9 }).get('a'))],
    ['a member that is removed and comes again', ({ parts }) => (parts.delete('a'), parts.set('a', { count: 9 }).get('a'))],
    ['a nested model', (whole) => (whole.update({ part: null }), whole.update({ part: { count: 9 } }), whole.part)],
    ['an item of a list that looks the same', ({ items }) => (items.splice(0, 1, { count: 1 }), items[0])],
  ];

  test.each(replaced)('is no way to what it had replaced: %s', async (_, replace) => {
    const whole = await Whole.create(start);
    const stored = await backend.json(whole.key);

    const held = await heldIn(await Whole.get(whole.key), replace);

    await expect(held.count.increase()).rejects.toMatchObject({ code: 'STALE_ITEM' });
    expect(await backend.json(whole.key)).toEqual(stored);
  });

  const kept: [string, (whole: Whole) => Part | null | undefined, path: string][] = [
    [
      'a member',
      ({ parts }) => {
        const held = parts.get('a');
        parts.set('a', { count: 9 });
        return held;
      },
      '$.parts.a.count',
    ],
    [
      'a member of a dict that had lost another one',
      ({ parts }) => {
        parts.delete('b');
        const held = parts.get('a');
        held?.count.add(5);
        parts.set('a', { count: 9 }).get('a')?.count.add(5);
        return held;
      },
      '$.parts.a.count',
    ],
    [
      'a member of a dict that had lost another one, seen as a whole',
      ({ parts }) => {
        parts.delete('b');
        const held = parts.get('a');
        held?.runs.append(5);
        parts.toJSON();
        return held;
      },
      '$.parts.a.count',
    ],
    [
      'a member of a dict that was assigned',
      ({ parts }) => {
        parts.delete('b');
        const held = parts.get('a');
        parts.assign({ a: { count: 9 } });
        parts.clear();
        return held;
      },
      '$.parts.a.count',
    ],
    ['a member of a dict that was assigned before', ({ parts }) => (parts.assign({ a: { count: 9 } }), parts.get('a')), '$.parts.a.count'],
    [
      'a nested model',
      (whole) => {
        const held = whole.part;
        whole.update({ part: null });
        whole.update({ part: { count: 9 } });
        return held;
      },
      '$.part.count',
    ],
  ];

  test('is what an earlier pipeline has made of it', async () => {
    const whole = await Whole.create(start);
    await whole.pipeline(({ parts }) => parts.get('a')?.runs.append(5));

    await heldIn(whole, ({ parts }) => (parts.clear(), undefined));

    expect(whole.toJSON()).toEqual(await backend.json(whole.key));
  });

  test.each(kept)('is in its place again: %s', async (_, replace, path) => {
    const whole = await Whole.create(start);
    const before = (await backend.json(whole.key, path)) as number;
    const read = await Whole.get(whole.key);

    const held = await heldIn(read, replace);

    expect(read.toJSON()).toEqual(whole.toJSON());
    expect(held.count.value).toBe(before);
    await expect(held.count.increase()).resolves.toBe(before + 1);
    expect(await backend.json(whole.key, path)).toBe(before + 1);
  });
});
