import { inspect } from 'node:util';
import {
  AtomicRedisModel,
  dict,
  Field,
  json,
  list,
  Model,
  RedisBytes,
  RedisDatetime,
  RedisDict,
  RedisInt,
  RedisList,
  ValidationError,
  type Json,
} from 'redatom';
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

@Model()
class Listed extends AtomicRedisModel {
  @Field(list(BigInt)) bigs!: RedisList<bigint>;
  @Field(list(Uint8Array)) bytes!: RedisList<Uint8Array>;
  @Field(list(Date)) dates!: RedisList<Date>;
  @Field(list(json())) any!: RedisList<Json>;
  @Field(list(String)) none!: RedisList<string>;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(list(list(BigInt))) lists!: RedisList<RedisList<bigint>>;
  @Field(list(dict(list(Uint8Array)))) dicts!: RedisList<RedisDict<RedisList<Uint8Array>>>;
  @Field(list(() => Inner)) items!: RedisList<Inner>;
}

const listed = {
  bigs: [2n ** 64n],
  bytes: [new Uint8Array([1])],
  dates: [new Date(1)],
  any: [{ a: 1 }],
  tags: ['a', 'b'],
  lists: [[1n], []],
  dicts: [{ x: [new Uint8Array([1])] }],
  items: [{ n: 1 }],
};

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
  useModels(backend, Viewed, Listed);

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

  test('lists show on their own what the document shows of them', async () => {
    const created = await Listed.create(listed);
    const shown = { bigs: ['18446744073709551616'], bytes: ['AQ=='], dates: ['1970-01-01T00:00:00.001Z'], any: [{ a: 1 }], none: [] };
    const expected = { ...shown, tags: ['a', 'b'], lists: [['1'], []], dicts: [{ x: ['AQ=='] }], items: [{ n: 1 }] };

    for (const one of [created, await Listed.get(created.key)]) {
      expect(one.toJSON()).toEqual(expected);
      for (const [name, list] of Object.entries(expected)) {
        expect(JSON.stringify({ list: Reflect.get(one, name) as unknown })).toBe(JSON.stringify({ list }));
      }
      expect(JSON.stringify([one.lists[0], one.dicts[0], one.dicts])).toBe('[["1"],{"x":["AQ=="]},[{"x":["AQ=="]}]]');
    }
    created.dates[0]?.setTime(2);
    expect(JSON.stringify(created.dates)).toBe('["1970-01-01T00:00:00.002Z"]');
    created.dates[0]?.setTime(NaN);
    for (const view of [created, created.dates]) expect(() => JSON.stringify(view)).toThrow(ValidationError);
  });

  test('views of lists and dicts are detached', async () => {
    const one = await Listed.get((await Listed.create(listed)).key);

    (one.items.toJSON() as { n: number }[]).push({ n: 2 });
    for (const view of [one.items, one.dicts[0], one.tags]) (view?.toJSON() as Record<string, unknown>)['0'] = 'changed';
    ((one.items.toJSON() as { n: number }[])[0] as { n: number }).n = 9;
    (one.dicts[0]?.toJSON() as { x: string[] }).x.push('y');

    expect(one.toJSON()).toEqual(await backend.json(one.key));
    expect(await backend.commandsSent(() => one.saveChanges())).toEqual([]);
  });

  test('a list looks like an array to all else', async () => {
    const { tags, bigs } = await Listed.create(listed);
    const names: string[] = [];
    for (const name in tags as object) names.push(name);

    expect(inspect(tags)).toBe("[ 'a', 'b' ]");
    expect(inspect(bigs)).toBe('[ 18446744073709551616n ]');
    expect(tags).toEqual(['a', 'b']);
    expect(bigs).toEqual([2n ** 64n]);
    expect([...tags, ...tags.map((tag) => tag)]).toStrictEqual(['a', 'b', 'a', 'b']);
    expect([names, Object.keys(tags), Reflect.ownKeys(tags)]).toEqual([
      ['0', '1'],
      ['0', '1'],
      ['0', '1', 'length'],
    ]);
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

  test('util.inspect shows class and value of a bound value', async () => {
    const { n, at } = await Viewed.create(init);

    expect(inspect(n)).toBe('RedisInt(1)');
    expect(inspect(at)).toBe(`RedisDatetime(${inspect(init.at)})`);
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
    expect(viewed).not.toEqual({});
    expect(viewed.inner).not.toEqual({});
  });
});
