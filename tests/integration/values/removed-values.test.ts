import { AtomicRedisModel, dict, Field, list, Model, RedisDict, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Part extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
  @Field(String, { default: 'd' }) name!: string;
  @Field(list(String)) notes!: RedisList<string>;

  label(): string {
    return `${this.name} ${this.n.value}`;
  }
}

@Model()
class Removed extends AtomicRedisModel {
  @Field(list(() => Part)) parts!: RedisList<Part>;
  @Field(list(BigInt)) big!: RedisList<bigint>;
  @Field(dict(() => Part)) named!: RedisDict<Part>;
  @Field(dict(BigInt)) sums!: RedisDict<bigint>;
  @Field(dict(Uint8Array)) files!: RedisDict<Uint8Array>;
  @Field(list(dict(Number))) sets!: RedisList<RedisDict<number>>;
  @Field(dict(list(Number))) rows!: RedisDict<RedisList<number>>;
}

describeOnEveryBackend('values that a verb answers', (backend) => {
  useModels(backend, Removed);

  async function stored(members: object): Promise<Removed> {
    const document = await Removed.create({});
    for (const [name, value] of Object.entries(members)) await backend.overwrite(document.key, `$["${name}"]`, value);
    return document.load();
  }

  test('come with the defaults of what they lack', async () => {
    const document = await stored({ parts: [{ n: 1 }, { n: 2 }], named: { a: { n: 3 }, b: { n: 4 } } });

    const removed = [await document.parts.apop(), await document.named.apop('a'), (await document.named.apopItem())[1]];

    expect(removed.map((part) => part?.toObject())).toEqual([2, 3, 4].map((n) => ({ n, name: 'd', notes: [] })));

    expect([document.parts.length, document.named.size]).toEqual([1, 0]);
    expect(await backend.json(document.key)).toMatchObject({ parts: [{ n: 1 }], named: {} });
  });

  test('of models, lists and dicts are what pop() gives: values with their own members, and without a place', async () => {
    const document = await Removed.create({
      parts: [{ n: 1, name: 'a' }],
      named: { a: { n: 2, name: 'b' } },
      sets: [{ x: 1 }],
      rows: { r: [7] },
    });

    const [part, named, set, row] = [
      (await document.parts.apop()) as Part,
      (await document.named.apopItem())[1],
      (await document.sets.apop()) as RedisDict<number>,
      (await document.rows.apop('r')) as RedisList<number>,
    ];

    expect([part.label(), named.label()]).toEqual(['a 1', 'b 2']);
    expect([part, named].every((one) => one instanceof Part)).toBe(true);
    expect([set.get('x'), row.at(0)]).toEqual([1, 7]);
    for (const gone of [() => part.n.add(1), () => named.notes.append('x'), () => set.set('y', 2), () => row.append(8)])
      expect(gone).toThrow(errorWith({ code: 'STALE_ITEM' }));
    await expect(part.n.increase()).rejects.toMatchObject({ code: 'STALE_ITEM' });
  });

  test.each<[string, unknown, (document: Removed) => Promise<unknown>, string]>([
    ['sums', { a: 'abc' }, ({ sums }) => sums.asetDefault('a', 1n), '$["sums"]["a"]'],
    ['named', { a: 5 }, ({ named }) => named.asetDefault('a', { n: 1 }), '$["named"]["a"]'],
    ['files', { a: 'no!!' }, ({ files }) => files.asetDefault('a', new Uint8Array()), '$["files"]["a"]'],
  ])('asetDefault of %s: what is there already and does not fit is reported, and not taken over', async (name, value, set, path) => {
    const document = await Removed.create({});
    await backend.overwrite(document.key, `$["${name}"]`, value);

    await expect(set(document)).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT', key: document.key, path });

    expect(document.toJSON()).toMatchObject({ [name]: {} });
    expect(document.toObject()).toMatchObject({ sums: {}, named: {}, files: {} });
    expect(await backend.json(document.key, `$["${name}"]`)).toEqual(value);
  });

  const removals: [string, unknown, (document: Removed) => Promise<unknown>, string, string][] = [
    ['big', ['1', '2', 'abc'], ({ big }) => big.apop(), '$["big"][-1]', '"abc"'],
    ['big', ['1', 2, '3'], ({ big }) => big.apop(1), '$["big"][1]', '2'],
    ['parts', [{ n: 1 }, { n: 1, notes: 7 }], ({ parts }) => parts.apop(), '$["parts"][-1]["notes"]', '{"n":1,"notes":7}'],
    ['sums', { a: 'abc' }, ({ sums }) => sums.apop('a'), '$["sums"]["a"]', '"abc"'],
    ['sums', { 'a\\': 'abc' }, ({ sums }) => sums.apop('a\\'), '$["sums"]["a\\\\"]', '"abc"'],
    ['sums', { a: 'abc' }, ({ sums }) => sums.apopItem(), '$["sums"]["a"]', '"abc"'],
  ];

  test.each(removals)(
    '%s %j: what does not fit is handed over with the error, and is gone here too',
    async (name, value, remove, path, text) => {
      const fitting = {
        big: ['1', '2', '3'],
        parts: [{ n: 1 }, { n: 2 }],
        sums: Object.fromEntries(Object.keys(value as object).map((key) => [key, '1'])),
      };
      const document = await stored(fitting);
      await backend.overwrite(document.key, `$["${name}"]`, value);

      const error: unknown = await remove(document).catch((reason: unknown) => reason);

      expect(error).toMatchObject({ code: 'CORRUPT_DOCUMENT', key: document.key, path, removed: text });
      expect((error as Error).message).toContain(text);
      const left = (await backend.json(document.key, `$["${name}"]`)) as object;
      expect(Object.keys((document.toJSON() as Record<string, object>)[name] as object)).toEqual(Object.keys(left));
    },
  );
});
