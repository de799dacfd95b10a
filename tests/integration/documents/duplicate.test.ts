import { AtomicRedisModel, enumOf, Field, Key, list, literal, Model, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

@Model({ ttl: 100 })
class Note extends AtomicRedisModel {
  @Field(list(String)) lines!: RedisList<string>;
}

@Model()
class Large extends AtomicRedisModel {
  @Key() @Field(BigInt) id!: bigint;
}

@Model()
class Spoken extends AtomicRedisModel {
  @Key() @Field(literal('de', 'en', '7', 8, true)) id!: 'de' | 'en' | '7' | 8 | true;
}

@Model()
class Daily extends AtomicRedisModel {
  @Key() @Field(Date) id!: Date;
}

@Model()
class Timed extends AtomicRedisModel {
  @Key() @Field(Date, { format: 'epochSeconds' }) id!: Date;
}

@Model()
class Numbered extends AtomicRedisModel {
  @Key() @Field(RedisInt) id!: RedisInt;
}

@Model()
class Ranked extends AtomicRedisModel {
  @Key() @Field(enumOf({ Low: 1, High: 2.5 })) id!: number;
}

/** For each type of key: how to create a document, some pks with their stored form, and texts that are no pk of that type. */
const KEYS: [string, () => Promise<AtomicRedisModel>, Record<string, unknown>, unknown[]][] = [
  [
    'a bigint',
    () => Large.create({ id: 1n }),
    { '2': '2', '-40000000000000000000': '-40000000000000000000' },
    ['1e3', '02', '"2"', '2.5', 'x'],
  ],
  [
    'one of some',
    () => Spoken.create({ id: 'de' }),
    { en: 'en', '7': '7', '8': 8, true: true },
    ['"en"', '"xx"', 'xx', '9', 'false', 'null'],
  ],
  [
    'a date',
    () => Daily.create({ id: new Date(0) }),
    { '2001-02-03T04:05:06.700Z': '2001-02-03T04:05:06.700Z' },
    ['2001-02-03', '5', 'x', '"2001-02-03T04:05:06.700Z"'],
  ],
  [
    'a date as a number',
    () => Timed.create({ id: new Date(0) }),
    { '1.5': 1.5, '-2': -2 },
    ['1.50', '1.00001', 'x', '"1"', '2001-02-03T04:05:06.700Z'],
  ],
  [
    'a whole number',
    () => Numbered.create({ id: 1 }),
    { '1000': 1000, '-3': -3 },
    ['"abc"', '1e3', '1.5', 'abc', ' 4', '9007199254740992', '-0', '{}'],
  ],
  ['a number of an enum', () => Ranked.create({ id: 1 }), { '2.5': 2.5 }, ['2', '2.50', 'High']],
];

describeOnEveryBackend('duplicate', (backend) => {
  useModels(backend, User, Note, Large, Spoken, Daily, Timed, Numbered, Ranked);

  test('stores a copy of the local values under another pk', async () => {
    const note = await Note.create({ lines: ['a'] });
    note.lines.append('local');

    const copy = await note.duplicate();

    expect(copy.pk).not.toBe(note.pk);
    expect(await backend.json(copy.key)).toEqual({ lines: ['a', 'local'] });
    expect(await backend.json(note.key)).toEqual({ lines: ['a'] });
    expect(await copy.ttl()).toBeGreaterThan(90);
  });

  test('the copy is independent', async () => {
    const note = await Note.create({ lines: ['a'] });
    const copy = await note.duplicate('copy');

    await copy.lines.aappend('b');
    copy.lines.append('c');

    expect([...note.lines]).toEqual(['a']);
    expect(await backend.json(note.key)).toEqual({ lines: ['a'] });
    expect(copy.key).toBe('Note:copy');
  });

  test('a model with a key field needs the new pk, which becomes that field', async () => {
    const user = await createUser({ score: 3, address: { city: 'Paris' } });

    await expect(user.duplicate()).rejects.toMatchObject({ code: 'VALIDATION', model: 'User' });
    const copy = await user.duplicate('grace');

    expect(copy.username).toBe('grace');
    expect(await backend.json('User:grace')).toEqual({ ...user.toJSON(), username: 'grace' });
  });

  test.each(KEYS)('takes exactly the pks that documents have whose key is %s', async (_, create, taken, refused) => {
    const document = await create();
    const model = document.constructor as typeof User;

    for (const [pk, id] of Object.entries(taken)) {
      const copy = await document.duplicate(pk);
      expect([copy.pk, await backend.json(copy.key)]).toEqual([pk, { id }]);
      expect((await model.get(pk)).toObject()).toEqual(copy.toObject());
    }
    const sent = await backend.commandsSent(async () => {
      for (const pk of refused) {
        await expect(document.duplicate(pk as string)).rejects.toMatchObject({
          code: 'VALIDATION',
          problems: [expect.objectContaining({ field: 'id' })],
        });
      }
    });
    expect(sent).toEqual([]);
  });

  test.each([
    [5, 'the number 5'],
    [null, 'null'],
    [{}, 'an object'],
  ])('refuses %j as the pk of a copy, as other verbs do', async (pk, found) => {
    const refusal = new TypeError(`a key or pk must be text, found ${found}`);

    await expect((await createUser()).duplicate(pk as never)).rejects.toThrow(refusal);
    await expect((await Note.create()).duplicate(pk as never)).rejects.toThrow(refusal);
  });

  test('refuses a pk that UTF-8 cannot carry', async () => {
    await expect((await createUser()).duplicate('\ud800')).rejects.toMatchObject({ code: 'VALIDATION', model: 'User' });
    await expect((await Note.create()).duplicate('\ud800')).rejects.toMatchObject({ code: 'VALIDATION', model: 'Note' });
  });

  test('does not overwrite', async () => {
    const [user, other] = [await createUser({ score: 1 }), await createUser({ score: 2 })];

    await expect(user.duplicate(other.pk)).rejects.toMatchObject({ code: 'KEY_EXISTS', key: other.key });

    expect(await backend.json(other.key, '$.score')).toBe(2);
  });

  test('duplicateMany stores several', async () => {
    const note = await Note.create({ lines: ['a'] });

    const copies = await note.duplicateMany(3);

    expect(new Set([note.pk, ...copies.map(({ pk }) => pk)]).size).toBe(4);
    for (const copy of copies) expect(await backend.json(copy.key)).toEqual({ lines: ['a'] });
    await expect(note.duplicateMany(0)).resolves.toEqual([]);
  });

  test.each([
    [-1, 'the number -1'],
    [1.5, 'the number 1.5'],
    [NaN, 'the number NaN'],
    ['2', 'the text "2"'],
    [undefined, 'nothing'],
  ])('duplicateMany(%p) is refused before anything is sent', async (count, found) => {
    const note = await Note.create();
    const refused = new RangeError(`duplicateMany() takes a whole number of copies, at least 0, found ${found}`);

    const sent = await backend.commandsSent(() => expect(note.duplicateMany(count as number)).rejects.toThrow(refused));

    expect(sent).toEqual([]);
  });
});
