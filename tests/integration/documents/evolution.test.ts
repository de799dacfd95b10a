import { AtomicRedisModel, dict, Field, list, Model, RedisDatetime, RedisDict, RedisInt, RedisList, RedisStr } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Part extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
  @Field(list(String)) notes!: RedisList<string>;
}

/** A class that has grown: its oldest documents hold only `i`. */
@Model()
class Grown extends AtomicRedisModel {
  @Field(RedisInt) i!: RedisInt;
  @Field(Boolean, { default: false }) flag!: boolean;
  @Field(RedisStr, { default: 'start' }) text!: RedisStr;
  @Field(RedisInt, { default: 7 }) count!: RedisInt;
  @Field(list(String), { default: ['first'] }) tags!: RedisList<string>;
  @Field(dict(String)) settings!: RedisDict<string>;
  @Field(() => Part, { default: () => ({ n: 1 }) }) part!: Part;
  @Field(list(() => Part)) parts!: RedisList<Part>;
  @Field(list(list(() => Part))) rows!: RedisList<RedisList<Part>>;
  @Field(list(dict(() => Part))) named!: RedisList<RedisDict<Part>>;
  @Field(RedisDatetime, { default: new Date(0) }) at!: RedisDatetime;
  @Field(String, { nullable: true }) note!: string | null;
}

@Model()
class Required extends AtomicRedisModel {
  @Field(RedisInt) i!: RedisInt;
  @Field(String) name!: string;
}

describeOnEveryBackend('documents older than their class', (backend) => {
  useModels(backend, Grown, Required);
  let count = 0;

  async function old(stored: object = { i: 5 }): Promise<Grown> {
    count += 1;
    await backend.send('JSON.SET', `Grown:old ${count}`, '$', JSON.stringify(stored));
    return Grown.get(`old ${count}`);
  }

  test('load with the defaults of what they lack, and are not changed by that', async () => {
    const grown = await old();

    expect(grown.toObject()).toEqual({
      i: 5,
      flag: false,
      text: 'start',
      count: 7,
      tags: ['first'],
      settings: {},
      part: { n: 1, notes: [] },
      parts: [],
      rows: [],
      named: [],
      at: new Date(0),
      note: null,
    });
    await grown.saveChanges();
    expect(await backend.json(grown.key)).toEqual({ i: 5 });
    expect((await Grown.getMany([grown.key])).corrupt).toEqual([]);
  });

  const verbs: [string, (grown: Grown) => unknown, object][] = [
    ['assignment', (grown) => grown.aupdate({ flag: true }), { flag: true }],
    ['increase', (grown) => grown.count.increase(2), { count: 9 }],
    ['increase within bounds', (grown) => grown.count.adjust(2, { max: 50 }), { count: 9 }],
    ['add, queued', (grown) => grown.pipeline(() => grown.count.add(2)), { count: 9 }],
    ['text append', (grown) => grown.text.aappend('!'), { text: 'start!' }],
    ['list append', (grown) => grown.tags.aappend('x'), { tags: ['first', 'x'] }],
    ['list append, queued', (grown) => grown.pipeline(() => grown.tags.append('x', 'y')), { tags: ['first', 'x', 'y'] }],
    ['list assignment, queued', (grown) => grown.pipeline(() => (grown.tags[0] = 'x')), { tags: ['x'] }],
    ['list pop', (grown) => grown.tags.apop(), { tags: [] }],
    ['dict set', (grown) => grown.settings.asetItem('a', '1'), { settings: { a: '1' } }],
    ['dict set, queued', (grown) => grown.pipeline(() => (grown.settings['a'] = '1')), { settings: { a: '1' } }],
    ['dict default', (grown) => grown.settings.asetDefault('a', '1'), { settings: { a: '1' } }],
    ['a verb in a nested model', (grown) => grown.part.n.increase(2), { part: { n: 3, notes: [] } }],
    ['a verb in a list in a nested model', (grown) => grown.part.notes.aappend('x'), { part: { n: 1, notes: ['x'] } }],
    ['append of a model', (grown) => grown.parts.aappend({ n: 4 }), { parts: [{ n: 4, notes: [] }] }],
    ['a date that is moved', (grown) => grown.pipeline(() => grown.at.addMs(1500)), { at: '1970-01-01T00:00:01.500Z' }],
    ['a nullable field', (grown) => grown.aupdate({ note: 'n' }), { note: 'n' }],
  ];

  test.each(verbs)('%s works on what they lack, and adds no more than that', async (_, verb, expected) => {
    const grown = await old();

    await verb(grown);

    expect(await backend.json(grown.key)).toEqual({ i: 5, ...expected });
    expect(grown.toJSON()).toMatchObject(expected);
    await grown.load();
    expect(grown.toJSON()).toMatchObject(expected);
  });

  const local: [string, (grown: Grown) => unknown, (grown: Grown) => Promise<unknown>, object][] = [
    ['a dict', ({ settings }) => settings.set('a', '1'), ({ settings }) => settings.asetItem('b', '2'), { settings: { b: '2' } }],
    ['a model', ({ part }) => (part.n.value = 3), ({ part }) => part.notes.aappend('x'), { part: { n: 1, notes: ['x'] } }],
    ['a model in it', ({ part }) => part.notes.append('x'), ({ part }) => part.n.increase(), { part: { n: 2, notes: [] } }],
  ];

  test.each(local)(
    'what was changed elsewhere in %s waits, and is no part of the default that goes before a verb',
    async (_, change, verb, stored) => {
      const grown = await old();
      change(grown);

      await verb(grown);

      expect(await backend.json(grown.key)).toEqual({ i: 5, ...stored });
      await grown.saveChanges();
      expect((await Grown.get(grown.key)).toJSON()).toEqual(grown.toJSON());
    },
  );

  test('the default that is put before a verb has none of the changes of a pipeline that was under way and is refused', async () => {
    const grown = await old();

    const refused = grown.pipeline(() => {
      grown.tags.append('x');
      void grown.i.adjust(-9, { min: 0 });
    });
    const verb = grown.tags.aappend('y');

    await expect(refused).rejects.toMatchObject({ code: 'COMMIT_REFUSED' });
    await verb;
    expect(await backend.json(grown.key)).toEqual({ i: 5, tags: ['first', 'y'] });
  });

  test('a counter that they lack is looked at before the first write, so nothing is copied', async () => {
    const grown = await old();

    const run = await backend.commandsRun(() => grown.count.increase(2));

    expect(run.map(({ name }) => name)).not.toContain('COPY');
  });

  test('a pipeline counts and answers the changes, not the defaults that are put before them', async () => {
    const grown = await old();

    const { replies } = await grown.pipeline(() => {
      grown.tags.append('x');
      grown.part.notes.append('y');
      grown.tags.append('z');
      grown.count.add(2);
      grown.i.add(1);
    });
    const refused = grown.pipeline(async () => {
      grown.parts.append({ n: 1 });
      await grown.i.adjust(1, { max: 0 });
    });

    expect(replies).toEqual([3, 1, 3, 9, 6]);
    await expect(refused).rejects.toMatchObject({ code: 'COMMIT_REFUSED', index: 1 });
    expect(await backend.json(grown.key)).toEqual({ i: 6, tags: ['first', 'x', 'z'], part: { n: 1, notes: ['y'] }, count: 9 });
  });

  test('a position beyond the default of a list that they lack is refused, and nothing is put there', async () => {
    const grown = await old();

    await expect(grown.tags.apop(5)).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range', found: 'a list of 1' });
    await expect(grown.tags.aset(5, 'x')).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range', found: 'a list of 1' });
    await expect(grown.rows.ainsert(5, [])).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range' });

    expect(await backend.json(grown.key)).toEqual({ i: 5 });
    expect(grown.isStale).toBe(false);
  });

  test('a counter that they lack keeps its bounds', async () => {
    const grown = await old();

    await expect(grown.count.adjust(2, { max: 8 })).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'above-max', found: '9' });

    expect(await backend.json(grown.key)).toEqual({ i: 5 });
  });

  test.each(verbs)('%s does not disturb a default that another writer has replaced meanwhile', async (_, verb) => {
    const grown = await old();
    const other = await Grown.get(grown.key);

    await verb(grown);
    await verb(other);
    await Promise.all([grown.load(), other.load()]);

    expect(grown.toJSON()).toEqual(other.toJSON());
  });

  test('members that a nested model lacks are filled in too', async () => {
    const grown = await old({ i: 5, part: {}, parts: [{ n: 2 }] });

    await grown.part.notes.aappend('x');
    await grown.part.n.increase(1);

    expect(await backend.json(grown.key)).toEqual({ i: 5, part: { notes: ['x'], n: 1 }, parts: [{ n: 2 }] });
    expect(grown.parts[0]?.notes).toHaveLength(0);
  });

  test.each<[string, (grown: Grown) => unknown]>([
    ['that assigned it', (grown) => grown.update({ count: 1 })],
    ['that saved all', (grown) => grown.save()],
    ['that assigned the model around it', (grown) => grown.update({ part: { n: 5 } })],
    ['that saved the model around it', (grown) => grown.part.save()],
  ])('what they lack is put there by the next verb after a pipeline %s and failed', async (_, change) => {
    const grown = await old({ i: 5, part: {} });
    const failed = grown.pipeline(async () => {
      await change(grown);
      throw new Error('stop');
    });
    await expect(failed).rejects.toThrow('stop');

    await expect(grown.count.increase()).resolves.toBe(8);
    await expect(grown.part.n.increase()).resolves.toBe(1);

    expect(await backend.json(grown.key)).toEqual({ i: 5, part: { n: 1 }, count: 8 });
  });

  const oldItems = { i: 5, parts: [{ n: 1 }, { n: 2 }], rows: [[{ n: 3 }]], named: [{ a: { n: 4 } }] };
  const first = (grown: Grown): Part => grown.parts[0] as Part;

  test.each<[string, (grown: Grown) => unknown, object]>([
    ['a number', (grown) => first(grown).n.increase(4), { parts: [{ n: 5 }, { n: 2 }] }],
    ['the list that it lacks', (grown) => first(grown).notes.aappend('x'), { parts: [{ n: 1, notes: ['x'] }, { n: 2 }] }],
    [
      'both, queued',
      (grown) => grown.pipeline(() => (first(grown).notes.append('x'), first(grown).n.add(1))),
      { parts: [{ n: 2, notes: ['x'] }, { n: 2 }] },
    ],
    [
      'both, local',
      (grown) => (first(grown).notes.append('x'), first(grown).n.add(1), grown.saveChanges()),
      { parts: [{ n: 2, notes: ['x'] }, { n: 2 }] },
    ],
    ['an item of an item', (grown) => grown.rows[0]?.[0]?.n.increase(1), { rows: [[{ n: 4 }]] }],
    ['a member of an item', (grown) => grown.named[0]?.['a']?.n.increase(1), { named: [{ a: { n: 5 } }] }],
    ['the item, saved', (grown) => first(grown).save(), { parts: [{ n: 1, notes: [] }, { n: 2 }] }],
  ])('a verb on an item of a list that lacks members works, and so does the next one: %s', async (_, verb, expected) => {
    const grown = await old(oldItems);

    await verb(grown);

    expect(await backend.json(grown.key)).toEqual({ ...oldItems, ...expected });
    await first(grown).notes.aappend('y');
    await grown.parts[1]?.n.increase(1);
    await grown.rows[0]?.[0]?.notes.aappend('z');
    expect(await backend.json(grown.key)).toMatchObject({ parts: [{}, { n: 3 }], rows: [[{ notes: ['z'] }]] });
    expect(JSON.parse(JSON.stringify(grown))).toMatchObject((await backend.json(grown.key)) as object);
  });

  test('after save() or a pipeline that failed, an item that lacked members is still the same', async () => {
    const [saved, queued, undone] = [await old(oldItems), await old(oldItems), await old(oldItems)];

    await saved.save();
    await queued.pipeline(() => queued.save());
    const failed = undone.pipeline(() => {
      undone.update({ parts: [], rows: [] });
      first(undone).n.add(1);
    });
    await expect(failed).rejects.toThrow(TypeError);

    for (const grown of [saved, queued, undone]) {
      await expect(first(grown).n.increase()).resolves.toBe(2);
      await expect(grown.rows[0]?.[0]?.n.increase()).resolves.toBe(4);
    }
  });

  test('an item that lacks members is another one when one of the others differs, or what it lacked has come otherwise', async () => {
    const [changed, filled, cut] = [await old(oldItems), await old(oldItems), await old(oldItems)];
    await backend.overwrite(changed.key, '$["parts"][0]["n"]', 9);
    await backend.overwrite(filled.key, '$["parts"][0]["notes"]', ['x']);
    await backend.overwrite(cut.key, '$["parts"][0]', {});

    for (const grown of [changed, filled, cut]) await expect(first(grown).n.increase()).rejects.toMatchObject({ code: 'STALE_ITEM' });
  });

  test('what no field stands for any more is shown nowhere, and kept by all that write', async () => {
    const part = { n: 1, notes: [], gone: 'secret' };
    const stored = { i: 5, gone: 'secret', part, parts: [part], rows: [[part]], named: [{ a: part }] };
    const grown = await old(stored);
    const shown = (): string => JSON.stringify([grown, grown.parts, grown.rows[0], grown.named, grown.toObject(), grown.parts.clone()]);

    expect(shown()).not.toContain('secret');
    await grown.parts[0]?.n.increase(0);
    expect(shown()).not.toContain('secret');
    expect(grown.toJSON()).toMatchObject({ parts: [{ n: 1, notes: [] }], rows: [[{ n: 1 }]], named: [{ a: { n: 1 } }] });
    await grown.part.save();
    await grown.save();
    expect(await backend.json(grown.key)).toMatchObject(stored);
  });

  test('save() writes the whole of the new form', async () => {
    const grown = await old();

    await grown.save();

    expect(await backend.json(grown.key)).toEqual(grown.toJSON());
  });

  test.each<[string, (grown: Grown) => unknown]>([
    ['a verb', (grown) => Promise.all([grown.count.increase(), grown.at.save()])],
    ['saveChanges()', (grown) => (grown.update({ count: 1 }), grown.at.value.setTime(5), grown.saveChanges())],
    ['save()', (grown) => grown.save()],
  ])('what was put there by %s is no more looked for', async (_, fill) => {
    const grown = await old();
    await fill(grown);

    const sent = await backend.commandsSent(async () => {
      await grown.count.increase();
      await grown.at.save();
    });

    expect(sent).toEqual(['JSON.NUMINCRBY', 'JSON.SET']);
  });

  test('a required field that is missing is named', async () => {
    await backend.send('JSON.SET', 'Required:1', '$', '{"i":1}');

    await expect(Required.get('1')).rejects.toMatchObject({
      code: 'CORRUPT_DOCUMENT',
      model: 'Required',
      key: 'Required:1',
      path: '$["name"]',
      found: 'nothing',
    });
  });
});
