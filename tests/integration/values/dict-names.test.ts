import { AtomicRedisModel, dict, Field, Model, nullable, RedisDict, RedisInt } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Entry extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
}

@Model()
class Book extends AtomicRedisModel {
  @Field(dict(Number)) words!: RedisDict<number>;
  @Field(dict(() => Entry)) entries!: RedisDict<Entry>;
  @Field(dict(nullable(Number))) maybe!: RedisDict<number | null>;
  @Field(String, { default: 'kept' }) other!: string;
}

const ordinary = [
  '',
  'a.b',
  '*',
  '[0]',
  '$',
  '..',
  "it's",
  'say "hi"',
  'in side',
  'trail ',
  '\ttab',
  '\t tab and blank \n',
  '\u00a0no-break\u2003',
  'a]',
  '["x"]',
  'é😀',
  '\u0001',
  'line\nbreak',
  '@',
  '?(@)',
  '0',
  '-1',
  'a:b',
];
const verbNames = ['size', 'get', 'set', 'update', 'delete', 'clear', 'keys', 'has', 'key', 'save', 'toJSON', 'values'];
const objectNames = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then'];
/** Sent after a dot, where they could be taken for something else. */
const wordsOfQueries = [
  ...['true', 'false', 'null', 'nil', 'not', 'and', 'or', 'AND', 'in', 'NaN', 'Infinity', 'inf'],
  ...[
    'length',
    'count',
    'size',
    'type',
    'root',
    'self',
    'match',
    'search',
    'value',
    'NX',
    'XX',
    'e1',
    'E',
    'x0',
    '_',
    '__',
    '_0',
    'a_b',
    'ABC',
  ],
];
const awkward = [' lead', ' ', ' \tlead', 'back\\slash', `both ' and "`, '\\'];

describeOnEveryBackend('names in a dict', (backend) => {
  useModels(backend, Book);

  test.each([...ordinary, ...verbNames, ...wordsOfQueries, ...objectNames, ...awkward].map((name) => [JSON.stringify(name), name]))(
    '%s is a name like others',
    async (_, name) => {
      const book = await Book.create({ words: { neighbour: 1, n: 2 } });
      const stored = async (): Promise<unknown[]> => Object.entries((await backend.json(book.key, '$.words')) as object).sort();
      const rest = [
        ['n', 2],
        ['neighbour', 1],
      ];
      const withName = (value: number): unknown[] => [...rest, [name, value]].sort();

      await book.words.asetItem(name, 5);
      expect(await stored()).toEqual(withName(5));
      expect([book.words.get(name), book.words.has(name), book.words.size]).toEqual([5, true, 3]);
      await book.pipeline(() => book.words.set(name, 6));
      expect(await stored()).toEqual(withName(6));
      expect((await Book.get(book.key)).words.get(name)).toBe(6);
      await expect(book.words.apop(name)).resolves.toBe(6);
      expect(await stored()).toEqual(rest);
      await book.words.aupdate(new Map([[name, 7]]));
      await expect(book.words.adelItem(name)).resolves.toBe(true);
      book.words.set(name, 8);
      await book.saveChanges();
      expect(await stored()).toEqual(withName(8));
      expect(book.words.delete(name)).toBe(true);
      await book.saveChanges();

      expect(await stored()).toEqual(rest);
      expect(await backend.json(book.key, '$.other')).toBe('kept');
      expect([...book.words.entries()].sort()).toEqual(rest);
    },
  );

  test.each([...ordinary, ...objectNames].map((name) => [JSON.stringify(name), name]))(
    'a model under %s is reached by its verbs',
    async (_, name) => {
      const book = await Book.create({ entries: { n: { n: 1 } } });

      book.entries.set(name, { n: 2 });
      await book.saveChanges();
      await book.entries.get(name)?.n.increase(40);

      expect(Object.fromEntries(Object.entries((await backend.json(book.key, '$.entries')) as object))).toEqual({
        n: { n: 1 },
        [name]: { n: 42 },
      });
    },
  );

  test('ill-formed Unicode is refused before anything is sent', async () => {
    const book = await Book.create({});

    const sent = await backend.commandsSent(async () => {
      await expect(book.words.asetItem('\ud800', 1)).rejects.toMatchObject({ code: 'VALIDATION' });
      await expect(book.words.adelItem('\ud800')).rejects.toMatchObject({ code: 'VALIDATION' });
      expect(() => book.words.set('\ud800', 1)).toThrow(errorWith({ code: 'VALIDATION' }));
    });

    expect(sent).toEqual([]);
  });

  test.each([undefined, null, 5, Symbol('name'), {}])('a name that is no text is refused before anything is sent: %p', async (name) => {
    const book = await Book.create({});

    const sent = await backend.commandsSent(async () => {
      await expect(book.words.asetItem(name as never, 1)).rejects.toMatchObject({ code: 'VALIDATION' });
      await expect(book.words.adelItem(name as never)).rejects.toMatchObject({ code: 'VALIDATION' });
      expect(() => book.words.set(name as never, 1)).toThrow(errorWith({ code: 'VALIDATION' }));
      await expect(book.words.aupdate(new Map([[name as never, 1]]))).rejects.toMatchObject({ code: 'VALIDATION' });
    });

    expect([sent, book.words.size]).toEqual([[], 0]);
  });

  test('names that RedisJSON cannot test or address are refused where a verb would need it', async () => {
    const book = await Book.create({});

    book.entries.set('back\\slash', { n: 1 });
    await book.saveChanges();

    const sent = await backend.commandsSent(async () => {
      await expect(book.words.asetDefault(' lead', 1)).rejects.toMatchObject({ code: 'VALIDATION' });
      await expect(book.maybe.asetItem(' lead', null)).rejects.toMatchObject({ code: 'VALIDATION', path: '$["maybe"][" lead"]' });
      expect(() => book.maybe.update({ a: 1, ' lead': null })).toThrow(errorWith({ code: 'VALIDATION' }));
      await expect(book.entries.get('back\\slash')?.n.increase()).rejects.toMatchObject({ code: 'VALIDATION' });
      await book.saveChanges();
    });

    expect(sent).toEqual([]);
    expect(await backend.json(book.key)).toEqual({ words: {}, entries: { 'back\\slash': { n: 1 } }, maybe: {}, other: 'kept' });
  });
});
