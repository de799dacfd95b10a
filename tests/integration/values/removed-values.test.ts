import { AtomicRedisModel, dict, Field, list, Model, RedisDict, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Part extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
  @Field(String, { default: 'd' }) name!: string;
  @Field(list(String)) notes!: RedisList<string>;
}

@Model()
class Removed extends AtomicRedisModel {
  @Field(list(() => Part)) parts!: RedisList<Part>;
  @Field(list(BigInt)) big!: RedisList<bigint>;
  @Field(dict(() => Part)) named!: RedisDict<Part>;
  @Field(dict(BigInt)) sums!: RedisDict<bigint>;
  @Field(dict(Uint8Array)) files!: RedisDict<Uint8Array>;
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

    await expect(document.parts.apop()).resolves.toEqual({ n: 2, name: 'd', notes: [] });
    await expect(document.named.apop('a')).resolves.toEqual({ n: 3, name: 'd', notes: [] });
    await expect(document.named.apopItem()).resolves.toEqual(['b', { n: 4, name: 'd', notes: [] }]);

    expect([document.parts.length, document.named.size]).toEqual([1, 0]);
    expect(await backend.json(document.key)).toMatchObject({ parts: [{ n: 1 }], named: {} });
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
