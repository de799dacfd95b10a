import { AtomicRedisModel, dict, Field, list, Model, RedisDict, RedisInt, RedisList, RedisStr } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Line extends AtomicRedisModel {
  @Field(RedisStr) title!: RedisStr;
  @Field(RedisInt) count!: RedisInt;
}

@Model()
class Note extends AtomicRedisModel {
  @Field(RedisStr) text!: RedisStr;
  @Field(RedisInt) views!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(list(() => Line)) lines!: RedisList<Line>;
  @Field(() => Line, { default: () => ({ title: 'head' }) }) head!: Line;
  @Field(dict(String), { nullable: true }) marks!: RedisDict<string> | null;
}

describeOnEveryBackend('a verb on a value with unsaved local changes', (backend) => {
  useModels(backend, Note);

  const stored = async (note: Note): Promise<unknown> => backend.json(note.key, '$');
  const newNote = (): Promise<Note> =>
    Note.create({ text: 'old', views: 1, tags: ['a'], lines: [{ title: 'one' }, { title: 'two' }, { title: 'three' }] });

  test('writes them first, in one step: a text', async () => {
    const note = await newNote();
    note.text.value = 'new';
    await note.text.aappend('!');
    expect(note.text.value).toBe('new!');
    expect(await stored(note)).toMatchObject({ text: 'new!' });
    expect(await backend.commandsSent(() => note.saveChanges())).toEqual([]);
  });

  test('writes them first, in one step: a number and a list', async () => {
    const note = await newNote();
    note.views.add(10);
    note.tags.append('b');
    await expect(note.views.increase(5)).resolves.toBe(16);
    await expect(note.tags.aappend('c')).resolves.toBe(3);
    expect(note.views.value).toBe(16);
    expect(await stored(note)).toMatchObject({ views: 16, tags: ['a', 'b', 'c'] });
  });

  test('finds an item without a key that was changed or moved here', async () => {
    const note = await newNote();
    const [, two] = [...note.lines] as [Line, Line, Line];
    two.title.value = 'TWO';
    note.lines.shift();
    await two.count.increase(3);
    expect(await stored(note)).toMatchObject({ lines: [{ title: 'TWO', count: 3 }, { title: 'three' }] });
    two.title.value = 'again';
    await note.pipeline(() => {
      two.count.add(1);
      two.title.append('!');
    });
    expect(await stored(note)).toMatchObject({ lines: [{ title: 'again!', count: 4 }, { title: 'three' }] });
    await two.title.save();
  });

  const replaced: [string, (note: Note) => Promise<unknown>][] = [
    ['a verb', (note) => note.head.count.increase(1)],
    ['a verb that puts one value', (note) => note.head.aupdate({ count: 6 })],
    ['a pipeline', (note) => note.pipeline(() => note.head.count.add(1))],
  ];

  test.each(replaced)('writes what came before them as well, so that nothing is overtaken: %s', async (_, act) => {
    const note = await newNote();
    note.head.title.value = 'first';
    note.views.add(1);
    note.update({ head: { title: 'second', count: 5 } });
    await act(note);
    await note.saveChanges();
    expect(note.head.toJSON()).toEqual({ title: 'second', count: 6 });
    expect(await stored(note)).toMatchObject({ head: { title: 'second', count: 6 }, views: 2 });
  });

  test('writes what came before it where the verb needs it: a dict in the place of null', async () => {
    const note = await newNote();
    note.update({ marks: { a: '1' } });

    await note.marks?.aclear();

    expect(await stored(note)).toMatchObject({ marks: {} });
  });

  test('keeps them for later when the verb is refused or the pipeline throws', async () => {
    const note = await newNote();
    note.views.add(10);
    await expect(note.views.adjust(-100, { min: 0 })).rejects.toMatchObject({ code: 'COMMIT_REFUSED', model: 'Note' });
    const failing = note.pipeline(() => {
      note.views.add(1);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(note.views.value).toBe(11);
    await note.saveChanges();
    expect(await stored(note)).toMatchObject({ views: 11 });
  });

  test('keeps them for later when the item of the verb is no longer in the list', async () => {
    const note = await newNote();
    const [one, two] = [...note.lines] as [Line, Line, Line];
    one.title.value = 'ONE';
    note.lines.splice(1, 1);
    await expect(two.count.increase()).rejects.toMatchObject({ code: 'STALE_ITEM' });
    await note.saveChanges();
    expect(await stored(note)).toMatchObject({ lines: [{ title: 'ONE' }, { title: 'three' }] });
  });

  const parts: [string, { save: (note: Note) => Promise<unknown>; change: (note: Note) => unknown; expected: object }][] = [
    [
      'a nested model',
      { save: ({ head }) => head.save(), change: ({ head }) => (head.title.value = 'B'), expected: { head: { title: 'B' } } },
    ],
    ['a list', { save: ({ tags }) => tags.save(), change: ({ tags }) => tags.append('b'), expected: { tags: ['a', 'b'] } }],
    ['a field', { save: ({ text }) => text.save(), change: ({ text }) => (text.value = 'B'), expected: { text: 'B' } }],
    ['a number', { save: ({ views }) => views.save(), change: ({ views }) => views.add(1), expected: { views: 2 } }],
  ];

  test.each(parts)('writes what is changed while the save of its part is under way: %s', async (_, { save, change, expected }) => {
    const note = await newNote();

    const saved = save(note);
    change(note);
    await saved;
    await note.saveChanges();

    expect(note.toJSON()).toMatchObject(expected);
    expect(await stored(note)).toMatchObject(expected);
    expect(await backend.commandsSent(() => note.saveChanges())).toEqual([]);
  });

  const reads: [string, (note: Note) => unknown, (note: Note) => Promise<unknown>][] = [
    ['a text', (note) => (note.text.value = 'B'), ({ text }) => text.load()],
    ['a list', (note) => note.update({ tags: ['b'] }), ({ tags }) => tags.load()],
    ['a nested model', (note) => note.update({ head: { title: 'B', count: 1 } }), ({ head }) => head.load()],
  ];

  test.each(reads)('gives them up for what is stored when its place is read: %s', async (_, change, read) => {
    const note = await newNote();
    const before = note.toJSON();
    change(note);

    await read(note);

    expect(note.toJSON()).toEqual(before);
    expect(await backend.commandsSent(() => note.saveChanges())).toEqual([]);
  });

  test('reads an item of a list to which others were appended', async () => {
    const note = await newNote();
    const [one] = [...note.lines] as [Line];
    await backend.overwrite(note.key, '$["lines"][0]["count"]', 7);
    note.lines.append({ title: 'four' });

    await one.load();
    await note.saveChanges();

    expect(one.count.value).toBe(7);
    expect(note.toJSON()).toEqual(await backend.json(note.key));
  });

  test('does not read the neighbour of an item that an insertion has moved', async () => {
    const note = await newNote();
    const [, two] = [...note.lines] as [Line, Line];
    note.lines.insert(0, { title: 'zero' });

    await expect(two.load()).rejects.toMatchObject({ code: 'STALE_ITEM', path: '$["lines"][2]', command: 'load' });
    await note.saveChanges();
    await two.load();

    expect(two.title.value).toBe('two');
  });

  test('keeps what it was to save, and what was changed meanwhile, when the save of a part is refused', async () => {
    const note = await newNote();
    note.head.title.value = 'A';
    await backend.overwrite(note.key, '$.head', 'no model');

    const refused = note.head.title.save();
    note.head.count.add(3);
    await expect(refused).rejects.toMatchObject({ key: note.key });
    await backend.overwrite(note.key, '$.head', { title: 'old', count: 1 });
    await note.saveChanges();

    expect(await stored(note)).toMatchObject({ head: { title: 'A', count: 4 } });
  });
});
