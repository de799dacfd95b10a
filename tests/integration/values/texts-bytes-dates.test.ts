import { AtomicRedisModel, enumOf, Field, json, Model, RedisBytes, RedisDatetime, RedisStr, RedisValue } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

enum Colour {
  Red = 'red',
  Blue = 'blue',
}

@Model()
class Values extends AtomicRedisModel {
  @Field(RedisStr, { default: '' }) text!: RedisStr;
  @Field(RedisBytes, { default: new Uint8Array() }) bytes!: RedisBytes;
  @Field(RedisDatetime, { default: new Date(0) }) at!: RedisDatetime;
  @Field(RedisDatetime, { default: new Date(0), format: 'epochMs' }) ms!: RedisDatetime;
  @Field(RedisDatetime, { default: new Date(0), format: 'epochSeconds' }) seconds!: RedisDatetime;
  @Field(String, { default: '' }) plain!: string;
  @Field(Date, { default: new Date(0) }) day!: Date;
  @Field(enumOf(Colour), { default: Colour.Red }) colour!: Colour;
  @Field(json(), { default: null }) any!: unknown;
  @Field(BigInt, { default: 0n }) big!: bigint;
}

describeOnEveryBackend('texts', (backend) => {
  useModels(backend, Values);

  test('behave like String', async () => {
    const { text } = await Values.create({ text: 'Ada Lovelace' });

    expect([text.length, text.toUpperCase(), text.includes('Love'), text.slice(0, 3), text.split(' '), [...text].length]).toEqual([
      12,
      'ADA LOVELACE',
      true,
      'Ada',
      ['Ada', 'Lovelace'],
      12,
    ]);
    expect(`${String(text)}!`).toBe('Ada Lovelace!');
    expect(text.clone()).toBe('Ada Lovelace');
  });

  test.each(['', '"', '\\', '\n\t\u0000', 'é😀', '\u2028', 'x'.repeat(1_000_000)])('round trip of text', async (text) => {
    const values = await Values.create({ text });

    await values.text.aappend(text);

    expect((await Values.get(values.key)).text.value).toBe(text + text);
  });

  test('ill-formed Unicode is refused before anything is sent', async () => {
    const values = await Values.create({});

    await expect(values.text.aappend('\ud800')).rejects.toMatchObject({ code: 'VALIDATION', path: '$["text"]' });
    expect(() => (values.plain = 'x\udc00')).toThrow(errorWith({ code: 'VALIDATION' }));
  });

  test('field() gives a plain text its verbs', async () => {
    const values = await Values.create({ plain: 'a' });

    await values.field('plain').aappend('b');
    values.field('plain').append('c');

    expect(values.plain).toBe('abc');
    expect(await backend.json(values.key, '$.plain')).toBe('ab');
  });

  test('appends of two writers are both kept', async () => {
    const values = await Values.create({ text: 'a' });
    const other = await Values.get(values.key);

    await values.text.aappend('b');
    await other.pipeline(() => other.text.append('c'));

    expect(await backend.json(values.key, '$.text')).toBe('abc');
  });
});

describeOnEveryBackend('bytes', (backend) => {
  useModels(backend, Values);

  test('behave like a Buffer that is read', async () => {
    const { bytes } = await Values.create({ bytes: new Uint8Array([0, 1, 255]) });

    expect([bytes.length, bytes.value[2], bytes.readUInt16BE(0), bytes.toString('hex'), [...bytes], bytes.at(-1)]).toEqual([
      3,
      255,
      1,
      '0001ff',
      [0, 1, 255],
      255,
    ]);
    expect(bytes.equals(Buffer.from([0, 1, 255]))).toBe(true);
  });

  test('every byte comes back', async () => {
    const all = Uint8Array.from({ length: 256 }, (_, at) => at);
    const values = await Values.create({ bytes: all.subarray(0) });

    expect(Buffer.compare((await Values.get(values.key)).bytes.value, all)).toBe(0);
    values.bytes.value = all.subarray(10, 12);
    await values.saveChanges();
    expect([...(await Values.get(values.key)).bytes]).toEqual([10, 11]);
  });

  test('what is no bytes is refused', async () => {
    const values = await Values.create({});

    expect(() => (values.bytes.value = 'text' as unknown as Uint8Array)).toThrow(errorWith({ code: 'VALIDATION' }));
  });
});

describeOnEveryBackend('dates', (backend) => {
  useModels(backend, Values);
  const moment = new Date('2026-03-05T09:30:00.125Z');

  test('are stored in three formats, and read as the same instant', async () => {
    const values = await Values.create({ at: moment, ms: moment, seconds: moment });

    expect(await backend.json(values.key)).toMatchObject({ at: '2026-03-05T09:30:00.125Z', ms: 1772703000125, seconds: 1772703000.125 });
    const read = await Values.get(values.key);
    for (const date of [read.at, read.ms, read.seconds]) expect(date.value).toEqual(moment);
  });

  test('behave like Date', async () => {
    const { at } = await Values.create({ at: moment });

    expect([at.getTime(), at.getUTCFullYear(), at.toISOString(), at.valueOf(), +at]).toEqual([
      moment.getTime(),
      2026,
      '2026-03-05T09:30:00.125Z',
      moment.getTime(),
      moment.getTime(),
    ]);
    expect((at as unknown as number) > 0).toBe(true);
  });

  test.each([
    ['2024-01-02T03:04:05', '2024-01-02T03:04:05.000Z'],
    ['2024-01-02T03:04:05.678901', '2024-01-02T03:04:05.678Z'],
    ['2024-01-02T03:04:05+02:00', '2024-01-02T01:04:05.000Z'],
    ['2024-01-02T03:04:05.5Z', '2024-01-02T03:04:05.500Z'],
    ['2024-01-02 03:04:05', '2024-01-02T03:04:05.000Z'],
    ['2024-01-02T03:04Z', '2024-01-02T03:04:00.000Z'],
    ['2024-01-02 03:04', '2024-01-02T03:04:00.000Z'],
    ['+002024-01-02T03:04+0530', '2024-01-01T21:34:00.000Z'],
  ])('%s of another writer is read as %s, moved in Redis, and not rewritten by others', async (stored, instant) => {
    const values = await Values.create({});
    await backend.overwrite(values.key, '$["at"]', stored);

    await values.load();
    expect(values.at.toISOString()).toBe(instant);
    values.plain = 'changed';
    await values.saveChanges();
    expect(await backend.json(values.key, '$.at')).toBe(stored);
    await values.pipeline(() => values.at.addMs(1500));

    expect(await backend.json(values.key, '$.at')).toBe(new Date(Date.parse(instant) + 1500).toISOString());
    expect(values.at.value.getTime()).toBe(Date.parse(instant) + 1500);
  });

  test('moves by two writers are both kept', async () => {
    const values = await Values.create({ at: moment, ms: moment });
    const other = await Values.get(values.key);

    for (const writer of [values, other]) {
      await writer.pipeline(() => {
        writer.at.addMs(1000);
        writer.ms.addMs(1000);
      });
    }

    expect(await backend.json(values.key)).toMatchObject({ at: '2026-03-05T09:30:02.125Z', ms: moment.getTime() + 2000 });
  });

  test.each(['0001-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z', '2000-02-29T23:59:59.999Z', '9999-12-31T23:59:59.999Z'])(
    'the server moves %s as JavaScript does',
    async (text) => {
      const values = await Values.create({});
      for (const ms of [1, -1, 86_400_000, -86_400_000, 31_556_952_000, -987_654_321_012]) {
        const start = new Date(text);
        values.at.value = start;
        await values.saveChanges();
        const expected = new Date(start.getTime() + ms).toISOString();

        await values.pipeline(() => values.at.addMs(ms));

        expect(await backend.json(values.key, '$.at')).toBe(expected);
        expect(values.at.toISOString()).toBe(expected);
      }
    },
  );

  test.each([
    [-1, 0.5],
    [-1000, 0.5],
    [-1000, -0.5],
    [0, -0.9],
    [0, 0.9],
    [86_400_000, -0.25],
    [-86_400_000, 0.25],
    [-62_135_596_800_000, -1.75],
  ])('%d ms from 1970 moved by %d ms are the same date here and in Redis', async (from, by) => {
    const values = await Values.create({ at: new Date(from), ms: new Date(from), seconds: new Date(from) });

    await values.pipeline(() => {
      for (const date of [values.at, values.ms, values.seconds, values.at, values.ms, values.seconds]) date.addMs(by);
    });

    expect(await backend.json(values.key)).toEqual(values.toJSON());
    expect(values.at.getTime()).toBe(Math.trunc(Math.trunc(from + by) + by) + 0);
  });

  test.each([
    ['at', 8.64e15, 5, 'above-max', '+275760-09-13T00:00:00.005Z'],
    ['at', -8.64e15, -1, 'below-min', '-271821-04-19T23:59:59.999Z'],
    ['ms', 8.64e15, 5, 'above-max', '8640000000000005'],
    ['seconds', 8.64e15, 1000, 'above-max', '8640000000001'],
  ] as const)('%s at %d of another writer is not moved by %d to where no date is', async (name, ms, by, reason, found) => {
    const values = await Values.create({});
    const last = await Values.create({ [name]: new Date(ms) });
    const stored = (await backend.json(last.key, `$.${name}`)) as string;
    await backend.overwrite(values.key, `$["${name}"]`, stored);

    await expect(values.pipeline(() => values[name].addMs(by))).rejects.toMatchObject({
      code: 'COMMIT_REFUSED',
      reason,
      found,
      command: 'addMs',
    });

    expect(await backend.json(values.key, `$.${name}`)).toBe(stored);
    expect(values[name].getTime()).toBe(0);
  });

  test.each([8.64e15, -8.64e15])('all kinds of dates are moved to the last one there is, %d', async (ms) => {
    const near = new Date(ms - Math.sign(ms) * 1000);
    const values = await Values.create({ at: near, ms: near, seconds: near });

    await values.pipeline(() => {
      for (const date of [values.at, values.ms, values.seconds]) date.addMs(Math.sign(ms) * 1000);
    });

    expect(values.at.getTime()).toBe(ms);
    expect(await backend.json(values.key)).toEqual(values.toJSON());
  });

  test('moves of one number are sent as one', async () => {
    const values = await Values.create({});

    const { replies } = await values.pipeline(() => {
      values.ms.addMs(1000);
      values.ms.addMs(500);
    });

    expect(replies).toEqual([1500, 1500]);
  });

  test.each(['5', null, undefined, Infinity, 5n])('%p is nothing to move by', async (ms) => {
    const values = await Values.create({});

    for (const date of [values.at, values.ms]) expect(() => date.addMs(ms as number)).toThrow(errorWith({ code: 'VALIDATION' }));

    expect(values.at.getTime()).toBe(0);
    expect(await backend.commandsSent(() => values.saveChanges())).toEqual([]);
  });

  test('what is no date is refused', async () => {
    const values = await Values.create({});

    expect(() => (values.at.value = new Date(NaN))).toThrow(errorWith({ code: 'VALIDATION', path: '$["at"]' }));
    expect(() => (values.at.value = '2024-01-01' as unknown as Date)).toThrow(errorWith({ code: 'VALIDATION' }));
    expect(() => values.at.addMs(NaN)).toThrow(errorWith({ code: 'VALIDATION' }));
  });

  test('a Date that is changed from inside is noticed', async () => {
    const values = await Values.create({ day: moment });

    values.day.setUTCFullYear(2030);
    values.at.value.setUTCFullYear(2031);
    await values.saveChanges();

    expect(await backend.json(values.key)).toMatchObject({ day: '2030-03-05T09:30:00.125Z', at: '2031-01-01T00:00:00.000Z' });
  });
});

describeOnEveryBackend('other values', (backend) => {
  useModels(backend, Values);

  test('have a bound value with load, save and clone', async () => {
    const values = await Values.create({ colour: Colour.Red, big: 5n, any: { a: [1, null] } });
    const colour = values.field('colour');

    expect(values.field('big')).toBeInstanceOf(RedisValue);
    await backend.overwrite(values.key, '$["colour"]', 'blue');
    await values.field('colour').load();
    expect(values.colour).toBe(Colour.Blue);
    values.big = 2n ** 80n;
    await values.field('big').save();
    expect(await backend.json(values.key, '$.big')).toBe(String(2n ** 80n));
    expect([values.field('big').value, values.field('any').clone(), String(colour)]).toEqual([2n ** 80n, { a: [1, null] }, 'blue']);
  });

  test('refuse what does not fit', async () => {
    const values = await Values.create({});

    expect(() => (values.colour = 'green' as Colour)).toThrow(errorWith({ code: 'VALIDATION' }));
    expect(() => (values.big = 5 as unknown as bigint)).toThrow(errorWith({ code: 'VALIDATION' }));
    expect(() => (values.any = () => 1)).toThrow(errorWith({ code: 'VALIDATION' }));
    expect(() => (values.any = { deep: [NaN] })).toThrow(errorWith({ code: 'VALIDATION', path: '$["any"]["deep"][0]' }));
  });

  test('JSON that was read cannot be changed unseen', async () => {
    const values = await Values.create({ any: { a: [1] } });

    expect(() => (values.any as { a: number[] }).a.push(2)).toThrow(TypeError);
    values.any = { a: [1, 2] };
    await values.saveChanges();
    expect(await backend.json(values.key, '$.any')).toEqual({ a: [1, 2] });
  });

  test('field() of a name that is none is an error of the program', async () => {
    const values = await Values.create({});

    expect(() => values.field('nothing' as 'plain')).toThrow(/Values has no field "nothing"/);
  });
});
