import { inspect } from 'node:util';
import { AtomicRedisModel, dict, Field, list, Model, RedisBytes, RedisDatetime, RedisDict, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Inner extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
}

@Model()
class Viewed extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
  @Field(RedisDatetime) at!: RedisDatetime;
  @Field(RedisBytes) bytes!: RedisBytes;
  @Field(BigInt) big!: bigint;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(Date)) dates!: RedisDict<Date>;
  @Field(() => Inner, { nullable: true }) inner!: Inner | null;
  @Field(list(() => Inner)) items!: RedisList<Inner>;
}

const init = {
  n: 1,
  at: new Date(0),
  bytes: new Uint8Array([1]),
  big: 2n ** 64n,
  tags: ['a'],
  dates: { d: new Date(1) },
  inner: { n: 2 },
  items: [{ n: 3 }],
};

describeOnEveryBackend('plain views', (backend) => {
  useModels(backend, Viewed);

  const stored = {
    n: 1,
    at: '1970-01-01T00:00:00.000Z',
    bytes: 'AQ==',
    big: '18446744073709551616',
    tags: ['a'],
    dates: { d: '1970-01-01T00:00:00.001Z' },
    inner: { n: 2 },
    items: [{ n: 3 }],
  };

  test('toJSON and JSON.stringify show the stored form', async () => {
    const viewed = await Viewed.create(init);

    expect(viewed.toJSON()).toEqual(stored);
    expect(JSON.parse(JSON.stringify({ viewed }))).toEqual({ viewed: stored });
    expect(await backend.json(viewed.key)).toEqual(stored);
    expect(JSON.stringify([viewed.n, viewed.at, viewed.bytes, viewed.tags, viewed.dates])).toBe(
      '[1,"1970-01-01T00:00:00.000Z","AQ==",["a"],{"d":"1970-01-01T00:00:00.001Z"}]',
    );
  });

  test('toObject and clone show runtime values, and can be cloned', async () => {
    const viewed = await Viewed.create(init);

    const plain = viewed.toObject();

    expect(plain).toEqual({ ...init, bytes: Buffer.from([1]) });
    expect(viewed.clone()).toEqual(plain);
    expect(structuredClone(plain)).toMatchObject({ n: 1, tags: ['a'], inner: { n: 2 } });
  });

  test('views are detached', async () => {
    const viewed = await Viewed.create(init);
    const [plain, json] = [viewed.toObject(), viewed.toJSON() as { tags: string[]; inner: { n: number }; items: { n: number }[] }];

    plain.tags.push('x');
    plain.at.setFullYear(2000);
    json.tags.push('x');
    json.inner.n = 9;
    (json.items[0] as { n: number }).n = 9;

    expect(viewed.toJSON()).toEqual(stored);
    expect(await backend.commandsSent(() => viewed.saveChanges())).toEqual([]);
  });

  test('util.inspect shows class and fields', async () => {
    const text = inspect(await Viewed.create(init), { depth: 5, breakLength: Infinity });

    expect(text).toMatch(/^Viewed \{ n: 1, at: /);
    expect(text).toContain("tags: [ 'a' ]");
    expect(text).toContain('inner: Inner { n: 2 }');
    expect(text).not.toContain('root');
  });

  test('toEqual compares instances by their fields', async () => {
    const viewed = await Viewed.create(init);
    const read = await Viewed.get(viewed.key);

    expect(read).toEqual(viewed);
    read.tags.append('b');
    expect(read).not.toEqual(viewed);
    expect(viewed.tags).toEqual(['a']);
    expect(viewed.n).toEqual((await Viewed.get(viewed.key)).n);
    expect(viewed.n).not.toEqual(read.items[0]?.n);
    expect([...viewed.items][0]?.toObject()).toEqual({ n: 3 });
  });
});
