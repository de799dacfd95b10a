import {
  AtomicRedisModel,
  dict,
  enumOf,
  Field,
  list,
  literal,
  Model,
  RedisBytes,
  RedisDatetime,
  RedisDict,
  RedisInt,
  RedisList,
} from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Inner extends AtomicRedisModel {
  @Field(Number) n!: number;
}

@Model()
class Typed extends AtomicRedisModel {
  @Field(String, { default: '' }) text!: string;
  @Field(RedisInt) whole!: RedisInt;
  @Field(Boolean, { default: false }) flag!: boolean;
  @Field(BigInt, { default: 0n }) big!: bigint;
  @Field(RedisDatetime, { default: new Date(0) }) at!: RedisDatetime;
  @Field(Uint8Array, { default: new Uint8Array() }) bytes!: Uint8Array;
  @Field(enumOf({ Red: 'red' }), { default: 'red' }) colour!: string;
  @Field(literal(1, 2), { default: 1 }) level!: 1 | 2;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(Number)) scores!: RedisDict<number>;
  @Field(() => Inner, { nullable: true }) inner!: Inner | null;
  @Field(list(() => Inner)) items!: RedisList<Inner>;
}

@Model()
class Pages extends AtomicRedisModel {
  @Field(RedisBytes, { default: new Uint8Array() }) cover!: RedisBytes;
  @Field(list(Uint8Array)) inside!: RedisList<Uint8Array>;
  @Field(dict(Uint8Array)) loose!: RedisDict<Uint8Array>;
}

@Model()
class Book extends Pages {
  @Field(() => Pages, { default: {} }) part!: Pages;
  @Field(list(() => Pages)) parts!: RedisList<Pages>;
}

const misfits: [string, unknown, string][] = [
  ['text', 5, '$["text"]'],
  ['text', null, '$["text"]'],
  ['whole', 2.5, '$["whole"]'],
  ['whole', '7', '$["whole"]'],
  ['flag', 1, '$["flag"]'],
  ['big', 12, '$["big"]'],
  ['big', '1.5', '$["big"]'],
  ['at', 'yesterday', '$["at"]'],
  ['at', 17, '$["at"]'],
  ['bytes', 'not base64!', '$["bytes"]'],
  ['colour', 'blue', '$["colour"]'],
  ['level', 3, '$["level"]'],
  ['tags', { a: 1 }, '$["tags"]'],
  ['tags', ['a', 7], '$["tags"][1]'],
  ['scores', [], '$["scores"]'],
  ['scores', { 'a b': 'x' }, '$["scores"]["a b"]'],
  ['inner', { n: 'x' }, '$["inner"]["n"]'],
  ['inner', {}, '$["inner"]["n"]'],
  ['items', [{ n: 1 }, { n: null }], '$["items"][1]["n"]'],
  ['items', [null], '$["items"][0]'],
];

describeOnEveryBackend('a document that does not fit its class', (backend) => {
  useModels(backend, Typed, Book);

  /** Some values are checked only when they are accessed. */
  async function readAll(key: string): Promise<unknown> {
    return (await Typed.get(key)).toObject();
  }

  test.each(misfits)('%s: %j is reported with its place', async (field, value, path) => {
    const typed = await Typed.create({});
    await backend.overwrite(typed.key, `$["${field}"]`, value);

    await expect(readAll(typed.key)).rejects.toMatchObject({
      code: 'CORRUPT_DOCUMENT',
      model: 'Typed',
      key: typed.key,
      path,
      expected: expect.any(String) as string,
      found: expect.any(String) as string,
    });
  });

  test('all that is wrong with it is listed, in the order of the fields', async () => {
    const typed = await Typed.create({ items: [{ n: 1 }, { n: 2 }] });
    await backend.overwrite(typed.key, '$["whole"]', '7');
    await backend.overwrite(typed.key, '$["tags"]', { a: 1 });
    await backend.overwrite(typed.key, '$["items"][1]["n"]', null);
    await backend.overwrite(typed.key, '$["items"][0]', []);
    await backend.overwrite(typed.key, '$["scores"]', { one: 1, two: '2', three: '3' });

    const told = errorWith({
      path: '$["whole"]',
      expected: 'a whole number between -(2^53 - 1) and 2^53 - 1',
      found: 'the text "7"',
      problems: [
        { field: 'whole', expected: 'a whole number between -(2^53 - 1) and 2^53 - 1', found: 'the text "7"' },
        { field: 'tags', expected: 'a list', found: 'an object' },
        { field: 'scores.two', expected: 'a finite number', found: 'the text "2"' },
        { field: 'scores.three', expected: 'a finite number', found: 'the text "3"' },
        { field: 'items[0]', expected: 'an object for Inner', found: 'a list of 0' },
        { field: 'items[1].n', expected: 'a finite number', found: 'null' },
      ],
      message: expect.stringContaining('found the text "7"; 5 more, see problems') as string,
    });
    await expect(Typed.get(typed.key)).rejects.toEqual(told);
    await expect(typed.load()).rejects.toEqual(told);
  });

  test.each(['[]', '7', 'null', '"text"'])('%s instead of a document is reported', async (json) => {
    await backend.send('JSON.SET', 'Typed:other', '$', json);

    await expect(Typed.get('other')).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT', key: 'Typed:other', path: '$' });
  });

  const reads: Record<string, (typed: Typed) => unknown> = {
    get: ({ key }) => Typed.get(key),
    find: ({ key }) => Typed.find(key),
    getMany: ({ key }) => Typed.getMany([key]).then(({ corrupt }) => Promise.reject(corrupt[0] as Error)),
    scan: ({ pk }) => Typed.scan({ pkPrefix: pk }).next(),
    load: (typed) => typed.load(),
    withLock: (typed) => typed.withLock('work', () => undefined),
    lock: (typed) => typed.lock('work'),
    withLockFromKey: ({ key }) => Typed.withLockFromKey(key, 'work', () => undefined),
    lockFromKey: ({ key }) => Typed.lockFromKey(key, 'work'),
  };

  test.each(Object.entries(reads))('is told with the verb that has read it: %s', async (command, read) => {
    const typed = await Typed.create({});
    await backend.overwrite(typed.key, '$["tags"]', 7);

    const told = Promise.resolve(typed).then(read);

    await expect(told).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT', command, key: typed.key });
  });

  test('leaves an instance that is loaded as it was', async () => {
    const typed = await Typed.create({ tags: ['a'], whole: 3 });
    await backend.overwrite(typed.key, '$["tags"]', 7);
    await backend.overwrite(typed.key, '$["whole"]', 99);

    await expect(typed.load()).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT', path: '$["tags"]' });
    await expect(typed.tags.load()).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT', path: '$["tags"]' });

    expect([...typed.tags]).toEqual(['a']);
    expect(typed.whole.value).toBe(3);
  });

  test('large whole numbers that a double cannot hold are reported, not rounded', async () => {
    const typed = await Typed.create({});
    await backend.send('JSON.SET', typed.key, '$["whole"]', '9007199254740993');

    await expect(readAll(typed.key)).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT', path: '$["whole"]' });
  });

  test.each<[string, (book: Book) => unknown, string?]>([
    ['toObject', (book) => book.toObject()],
    ['clone of a document', (book) => book.clone()],
    ['iteration', (book) => [...book]],
    ['build', (book) => Book.build(book)],
    ['value', (book) => book.cover.value],
    ['clone of a value', (book) => book.cover.clone()],
    ['an item', (book) => book.inside[1], '["inside"][1]'],
    ['clone of a list', (book) => book.inside.clone(), '["inside"][1]'],
    ['a member', (book) => book.loose.get('b'), '["loose"]["b"]'],
    ['clone of a dict', (book) => book.loose.clone(), '["loose"]["b"]'],
    ['toObject of a part', (book) => book.part.toObject(), '["part"]["inside"][1]'],
    ['toObject around a part', (book) => book.toObject(), '["part"]["loose"]["b"]'],
    ['clone of a list of parts', (book) => book.parts.clone(), '["parts"][0]["cover"]'],
  ])('text that is no base64 is reported with its place where bytes are read: %s', async (_, read, place = '["cover"]') => {
    const pages = {
      cover: new Uint8Array(3),
      inside: [new Uint8Array(3), new Uint8Array(3)],
      loose: { a: new Uint8Array(3), b: new Uint8Array(3) },
    };
    const { key } = await Book.create({ ...pages, part: pages, parts: [pages] });
    await backend.overwrite(key, `$${place}`, '!!!!');
    const book = await Book.get(key);

    expect(() => read(book)).toThrow(
      errorWith({ code: 'CORRUPT_DOCUMENT', key, path: `$${place}`, expected: 'bytes as base64 text', found: 'the text "!!!!"' }),
    );
  });
});
