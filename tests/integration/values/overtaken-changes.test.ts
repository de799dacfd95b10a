import { AtomicRedisModel, dict, Field, list, Model, RedisDict, RedisInt, RedisList, RedisStr } from 'redatom';
import { describeOnEveryBackend, describeOnEveryServer } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Line extends AtomicRedisModel {
  @Field(String) title!: string;
  @Field(Number, { default: 0 }) count!: number;
}

@Model()
class Note extends AtomicRedisModel {
  @Field(RedisStr) text!: RedisStr;
  @Field(RedisInt) views!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(String)) marks!: RedisDict<string>;
  @Field(list(() => Line)) lines!: RedisList<Line>;
}

type Failing = [string, (note: Note, signal: AbortSignal) => Promise<unknown>];

const BECAUSE = 'in a cluster each verb waits for what was called before it';

describeOnEveryServer('local changes whose write fails while later verbs are under way', BECAUSE, (backend) => {
  useModels(backend, Note);

  const newNote = (): Promise<Note> => Note.create({ text: 'old', views: 1 });

  /** Starts a write that takes a local change along, and gives it up before it is sent. */
  function giveUp(note: Note, write: Failing[1]): Promise<void> {
    const limit = new AbortController();
    note.text.value = 'first';
    const failed = expect(write(note, limit.signal)).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    limit.abort();
    return failed;
  }

  const writes: Failing[] = [
    ['saveChanges()', (note, signal) => note.saveChanges({ signal })],
    ['save()', (note, signal) => note.save({ signal })],
    ['a verb', (note, signal) => note.text.aappend('!', { signal })],
    ['a pipeline', (note, signal) => note.pipeline(() => note.text.append('!'), { signal })],
  ];

  const later: [string, (note: Note) => Promise<unknown>][] = [
    ['a verb', (note) => note.aupdate({ text: 'second' })],
    ['a verb of two fields', (note) => note.aupdate({ text: 'second', views: 2 })],
    ['saveChanges()', (note) => ((note.text.value = 'second'), note.saveChanges())],
  ];

  describe.each(writes)('%s', (_, write) => {
    test.each(later)('are not written over what is done after them: %s', async (__, act) => {
      const note = await newNote();

      await Promise.all([giveUp(note, write), act(note)]);

      expect(note.isStale).toBe(true);
      await expect(note.saveChanges()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      expect(await backend.json(note.key, '$.text')).toBe('second');
      await note.load();
      await note.saveChanges();
      expect(note.toJSON()).toEqual(await backend.json(note.key));
    });

    test('wait again beside verbs of other places, and those that fail as well', async () => {
      const note = await newNote();

      const failed = giveUp(note, write);
      const later = note.aupdate({ text: 'second' }, { signal: AbortSignal.abort() }).catch(() => undefined);
      await Promise.all([failed, later, note.views.increase()]);

      expect(note.isStale).toBe(false);
      await note.saveChanges();
      expect(note.toJSON()).toMatchObject({ text: 'first', views: 2 });
      expect(await backend.json(note.key)).toMatchObject({ text: 'first', views: 2 });
    });
  });

  test('wait behind a write that was sent before them', async () => {
    const note = await newNote();
    const limit = new AbortController();
    note.text.value = 'first';

    const done = note.saveChanges();
    note.text.value = 'second';
    const failed = note.saveChanges({ signal: limit.signal }).catch((error: { code: string }) => error.code);
    limit.abort();

    await done;
    expect(await failed).toBe('REDIS_CONNECTION');
    expect([note.isStale, note.text.value]).toEqual([false, 'second']);
    await note.saveChanges();
    expect(await backend.json(note.key, '$.text')).toBe('second');
  });

  test('are newer than a verb that was sent before them as one command, and wait', async () => {
    const note = await newNote();

    const done = note.text.aappend('!');
    const failed = giveUp(note, (same, signal) => same.saveChanges({ signal }));
    await Promise.all([done, failed]);

    expect(note.isStale).toBe(false);
    await note.saveChanges();
    expect(await backend.json(note.key, '$.text')).toBe('first');
  });

  test('wait again in their order when several writes fail', async () => {
    const note = await newNote();
    const limit = new AbortController();

    note.tags.append('a');
    const first = note.saveChanges({ signal: limit.signal });
    note.tags.append('b');
    const second = note.tags.aappend('c', { signal: limit.signal });
    limit.abort();

    expect((await Promise.allSettled([first, second])).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([note.isStale, [...note.tags]]).toEqual([false, ['a', 'b']]);
    await note.saveChanges();
    expect(await backend.json(note.key, '$.tags')).toEqual(['a', 'b']);
  });

  const ofItem: [string, (line: Line) => unknown][] = [
    ['the same field', (line) => (line.title = 'second')],
    ['another field', (line) => (line.count = 2)],
  ];

  test.each(ofItem)('go with what is changed meanwhile in an item without a key: %s', async (_, change) => {
    const note = await Note.create({ text: 'old', lines: [{ title: 'a' }, { title: 'b' }] });
    const limit = new AbortController();
    const [, line] = [...note.lines] as [Line, Line];

    line.title = 'first';
    const failed = expect(note.saveChanges({ signal: limit.signal })).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    change(line);
    limit.abort();
    await failed;
    await note.saveChanges();

    expect(note.toJSON()).toEqual(await backend.json(note.key));
  });

  test('are not written unnoticed over a verb that has no answer yet', async () => {
    const note = await newNote();

    const failed = giveUp(note, (same, signal) => same.saveChanges({ signal }));
    const done = note.text.aappend('!');
    await failed;
    await Promise.all([done, note.saveChanges()]);

    expect([note.isStale, await backend.json(note.key, '$.text')]).toEqual([true, 'first']);
  });

  const whilePipeline: [string, (note: Note, failed: Promise<void>) => Promise<void>, boolean][] = [
    ['before the other write has failed', (note, failed) => ((note.text.value = 'second'), failed), true],
    ['after the other write has failed', (note, failed) => failed.then(() => void (note.text.value = 'second')), false],
  ];

  test.each(whilePipeline)('are not written over what a pipeline changes %s', async (_, change, isStale) => {
    const note = await newNote();

    const failed = giveUp(note, (same, signal) => same.saveChanges({ signal }));
    await note.pipeline(() => change(note, failed));

    expect(note.isStale).toBe(isStale);
    if (!isStale) await note.saveChanges();
    expect(await backend.json(note.key, '$.text')).toBe('second');
  });

  test('that the server refused are treated alike', async () => {
    const note = await newNote();
    await backend.overwrite(note.key, '$.views', 'no number');
    note.update({ text: 'first' });
    note.views.add(1);

    const refused = expect(note.saveChanges()).rejects.toMatchObject({ code: 'PATH_MISMATCH' });
    await Promise.all([refused, note.aupdate({ text: 'second' })]);

    expect(note.isStale).toBe(true);
    expect(await backend.json(note.key, '$.text')).toBe('second');
  });
});

describeOnEveryBackend('local changes that wait again', (backend) => {
  useModels(backend, Note);

  const givenUp: [string, (note: Note) => Promise<unknown>][] = [
    ['a pipeline that throws', (note) => note.pipeline(() => (note.marks.set('a', 'never'), Promise.reject(new Error('no'))))],
    ['a call that is not sent', (note) => note.saveChanges({ signal: AbortSignal.abort() })],
  ];

  test.each(givenUp)('after %s are sent before and after verbs of their place, in their order', async (_, giveUp) => {
    const note = await Note.create({ text: 'x', marks: { old: '1' } });
    note.marks.clear();
    note.marks.set('a', '1');
    await expect(giveUp(note)).rejects.toThrow();

    await note.marks.asetItem('b', '2');

    expect([note.isStale, { ...note.marks }]).toEqual([false, { a: '1', b: '2' }]);
    expect(await backend.json(note.key, '$.marks')).toEqual({ b: '2' });
    await note.saveChanges();
    expect(await backend.json(note.key, '$.marks')).toEqual({ a: '1', b: '2' });
  });
});
