import { AtomicRedisModel, dict, Field, Key, list, Model, RedisDict, RedisInt, RedisList, Version } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Counter extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
  @Field(list(String)) log!: RedisList<string>;
  @Field(dict(String)) notes!: RedisDict<string>;
  @Version() version!: number;
}

@Model()
class Holder extends AtomicRedisModel {
  @Field(() => Counter) inner!: Counter;
}

@Model()
class Named extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Version() version!: number;
}

describeOnEveryBackend('@Version', (backend) => {
  useModels(backend, Counter, Holder, Named);

  const versionOf = (counter: Counter): Promise<unknown> => backend.json(counter.key, '$.version');

  test('counts every commit on, here and in Redis', async () => {
    const counter = await Counter.create({ n: 1 });
    const first = counter.version;
    expect(await versionOf(counter)).toBe(first);

    counter.n.add(1);
    await counter.saveChanges();
    await counter.pipeline(() => counter.log.append('x'));
    await counter.n.increase();
    await counter.save();
    await counter.withLock('work', (held) => held.n.add(1), { saveAtEnd: true });

    expect(await versionOf(counter)).toBe(first + 5);
    expect(counter.version).toBe(first + 5);
  });

  test('is counted on by what changes the document, not by what only says how long it lives', async () => {
    const counter = await Counter.create({ n: 1 });
    const first = counter.version;

    await counter.expire(100);
    await counter.pipeline(async () => void (await counter.expire(100)));
    expect([counter.version, await versionOf(counter)]).toEqual([first, first]);
    await counter.pipeline(async () => {
      counter.n.add(1);
      await counter.expire(100);
    });

    expect([counter.version, await versionOf(counter)]).toEqual([first + 1, first + 1]);
  });

  const starts: [string, () => Promise<Counter>][] = [
    ['create', () => Counter.create({ n: 1, version: 9 })],
    ['insertMany', async () => (await Counter.insertMany([{ n: 1, version: 9 }]))[0] as Counter],
    ['getOrCreate', async () => (await Counter.getOrCreate({ n: 1, version: 9 })).document],
    ['duplicate', async () => (await Counter.create({ n: 1 })).duplicate()],
    ['save', () => Counter.build({ n: 1 }).save()],
  ];

  test.each(starts)('%s stores a new document as version 1, whatever is given', async (_, store) => {
    const counter = await store();

    expect([counter.version, await versionOf(counter)]).toEqual([1, 1]);
    await counter.n.increase();
    expect([counter.version, await versionOf(counter)]).toEqual([2, 2]);
  });

  test.each<[string, (name: string) => Promise<Named | undefined>]>([
    ['insertMany', async (name) => (await Named.insertMany([{ name, version: 9 }]))[0]],
    ['getOrCreate', async (name) => (await Named.getOrCreate({ name, version: 9 })).document],
  ])('%s does so under a lock as well', async (name, store) => {
    const before = await Named.create({ name });

    await before.withLock('work', async () => {
      await before.delete();
      const named = await store(name);
      expect([named?.version, await backend.json(before.key, '$.version')]).toEqual([1, 1]);
    });
  });

  test.each<[string, string, (counter: Counter) => Promise<unknown>]>([
    ['saveChanges', 'saveChanges', (counter) => (counter.n.add(1), counter.log.append('a'), counter.saveChanges())],
    ['saveChanges of one change', 'saveChanges', (counter) => (counter.n.add(1), counter.saveChanges())],
    ['save', 'save', (counter) => counter.save()],
    ['a pipeline', 'pipeline', (counter) => counter.pipeline(() => (counter.n.add(1), counter.log.append('a')))],
    ['a pipeline of one change', 'pipeline', (counter) => counter.pipeline(() => counter.n.add(1))],
  ])('%s of what was read before another commit is refused', async (_, command, write) => {
    const counter = await Counter.create({ n: 1 });
    const stale = await Counter.get(counter.key);
    await counter.pipeline(() => counter.n.add(10));
    const before = await backend.json(counter.key);

    await expect(write(stale)).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
      key: counter.key,
      command,
      expectedVersion: stale.version,
      foundVersion: String(counter.version),
    });

    expect(await backend.json(counter.key)).toEqual(before);
    await stale.load();
    await expect(write(stale)).resolves.toBeDefined();
  });

  test('is not counted on by a verb that is refused', async () => {
    const counter = await Counter.create({ n: 1 });
    const old = await Counter.create({ n: 1 });
    await backend.send('JSON.DEL', old.key, '$.notes');
    const before = [await backend.json(counter.key), await backend.json(old.key)];

    const refused: [code: string, verb: () => Promise<unknown>][] = [
      ['EMPTY_DICT', () => counter.notes.apopItem()],
      ['EMPTY_DICT', () => Counter.at(counter.pk).notes.apopItem()],
      ['EMPTY_DICT', () => Counter.at(old.pk).notes.apopItem()],
      ['COMMIT_REFUSED', () => counter.log.aset(1, 'x')],
      ['COMMIT_REFUSED', () => counter.n.adjust(-5, { min: 0 })],
    ];
    for (const [code, verb] of refused) await expect(verb()).rejects.toMatchObject({ code });

    expect([await backend.json(counter.key), await backend.json(old.key)]).toEqual(before);
    expect(counter.version).toBe(1);
  });

  test('is not assigned, because only commits count it on', async () => {
    const counter = await Counter.create({ n: 1 });
    const { version } = counter;
    const problem = { field: 'version', expected: 'to keep its value, because it counts the commits', found: 'the number 9' };
    const refused = { code: 'VALIDATION', model: 'Counter', key: counter.key, path: '$["version"]', problems: [problem] };

    const sent = await backend.commandsSent(async () => {
      expect(() => (counter.version = 9)).toThrow(errorWith(refused));
      expect(() => counter.update({ n: 2, version: 9 })).toThrow(errorWith(refused));
      await expect(counter.aupdate({ n: 2, version: 9 })).rejects.toMatchObject(refused);
      await expect(counter.pipeline(() => (counter.version = 9))).rejects.toMatchObject(refused);
      expect(() => counter.field('version').add(9 - version)).toThrow(errorWith(refused));
      await expect(counter.field('version').increase(9 - version)).rejects.toMatchObject(refused);
      await counter.saveChanges();
    });

    expect([sent, counter.n.value, counter.version]).toEqual([[], 1, version]);
    const object = counter.toObject();
    counter.version = version;
    counter.update({ ...object, n: 2 });
    await counter.saveChanges();
    await counter.aupdate({ ...object, version: version + 1, n: 3 });
    expect([counter.version, counter.toJSON()]).toEqual([version + 2, await backend.json(counter.key)]);
    counter.version = version + 2;
    await counter.n.increase();
    counter.log.append('x');
    await counter.saveChanges();
    expect([counter.version, counter.toJSON()]).toEqual([version + 4, await backend.json(counter.key)]);
  });

  test('of a nested model is a number like others', async () => {
    const holder = await Holder.create({ inner: { n: 1, version: 4 } });

    holder.inner.version = 9;
    await holder.saveChanges();

    expect(await backend.json(holder.key, '$.inner.version')).toBe(9);
  });

  test('single verbs need no version, because they say what to do to what is there; but they count it on', async () => {
    const counter = await Counter.create({ n: 1 });
    const other = await Counter.get(counter.key);

    await counter.n.increase(1);
    expect(await other.n.increase(10)).toBe(12);
    await other.log.aappend('x');

    expect(await versionOf(counter)).toBe(other.version + 3);
    await expect(other.pipeline(() => other.n.add(1))).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
  });

  test('a document without a version counts as one at version 0', async () => {
    const counter = await Counter.create({ n: 1 });
    await backend.send('JSON.DEL', counter.key, '$["version"]');

    const read = await Counter.get(counter.key);
    await read.pipeline(() => read.n.add(1));

    expect(read.version).toBe(1);
    expect(await versionOf(counter)).toBe(1);
  });

  test('is the same number in whatever form another writer stored it', async () => {
    const counter = await Counter.create({ n: 1 });
    await backend.send('JSON.SET', counter.key, '$["version"]', '7.0');

    const read = await Counter.get(counter.key);
    await read.pipeline(() => read.n.add(1));

    expect([read.version, await versionOf(counter)]).toEqual([8, 8]);
  });

  test.each<[string, string, (counter: Counter) => Promise<unknown>]>([
    ['a verb', 'increase', (counter) => counter.n.increase()],
    ['a verb of a document that is not read', 'increase', ({ pk }) => Counter.at(pk).n.increase()],
    ['aupdate()', 'aupdate', (counter) => counter.aupdate({ n: 2, log: ['x'] })],
    ['save() of a part', 'save', (counter) => counter.log.save()],
    [
      'a pipeline of a document that is not read',
      'pipeline',
      ({ pk }) => Counter.at(pk).pipeline(({ n, log }) => (void n.increase(), log.aappend('x'))),
    ],
  ])('that is no number refuses what counts it on, and nothing is written: %s', async (_, command, write) => {
    const counter = await Counter.create({ n: 1 });
    await backend.overwrite(counter.key, '$["version"]', '1');
    const before = await backend.json(counter.key);

    await expect(write(counter)).rejects.toMatchObject({
      code: 'PATH_MISMATCH',
      key: counter.key,
      path: '$["version"]',
      command,
      expected: 'a number',
      found: 'string',
    });

    expect([await backend.json(counter.key), counter.isStale]).toEqual([before, false]);
    await counter.delete();
  });

  test('is looked at before all else: a conflict, also where another writer stored another type', async () => {
    const counter = await Counter.create({ n: 1 });
    const stale = await Counter.get(counter.key);
    await counter.n.increase();
    await backend.overwrite(counter.key, '$["n"]', 'text');

    await expect(stale.pipeline(() => stale.n.add(1))).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
  });

  test('a document that is gone, or is none any more, is not a conflict', async () => {
    const counter = await Counter.create({ n: 1 });
    await backend.send('DEL', counter.key);

    await expect(counter.pipeline(() => counter.n.add(1))).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await backend.send('SET', counter.key, 'text');
    await expect(counter.pipeline(() => counter.n.add(1))).rejects.toMatchObject({ code: 'PATH_MISMATCH', key: counter.key });
  });

  test('save() does not make a document again that is gone, also where it was read without a version', async () => {
    const counter = await Counter.create({ n: 1 });
    await backend.send('JSON.DEL', counter.key, '$["version"]');
    const read = await Counter.get(counter.key);
    await backend.send('DEL', counter.key);

    for (const write of [() => read.save(), () => read.pipeline(() => read.save()), () => counter.save()]) {
      await expect(write()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: counter.key });
      expect(await backend.send('EXISTS', counter.key)).toBe(0);
    }
  });

  test('save() writes a document that was built here, new or not', async () => {
    const built = Counter.build({ n: 1 });

    await built.save();
    await built.save();

    expect(await versionOf(built)).toBe(2);
    expect(built.version).toBe(2);
  });

  test('documents of insertMany, getOrCreate and duplicate start like those of create', async () => {
    const created = await Counter.create({ n: 1 });
    const [inserted] = await Counter.insertMany([{ n: 1 }]);
    const { document: made } = await Counter.getOrCreate({ n: 1 });
    const copy = await created.duplicate();

    for (const counter of [inserted as Counter, made, copy]) {
      expect(await versionOf(counter)).toBe(await versionOf(created));
      expect(counter.version).toBe(created.version);
      await counter.pipeline(() => counter.n.add(1));
      expect(await versionOf(counter)).toBe(created.version + 1);
    }
  });

  test('follows several commits that are under way together', async () => {
    const counter = await Counter.create({ n: 1 });

    await Promise.all([counter.n.increase(), counter.log.aappend('x'), counter.n.increase()]);

    expect(counter.version).toBe(await versionOf(counter));
    await counter.pipeline(() => counter.n.add(1));
    expect(await backend.json(counter.key, '$.n')).toBe(4);
  });

  const add = (counter: Counter): Promise<unknown> => counter.pipeline(({ n }) => n.add(1));
  const change = (counter: Counter): Promise<unknown> => {
    counter.n.add(1);
    return counter.saveChanges();
  };
  const log = (counter: Counter): Promise<unknown> => counter.log.aappend('x');
  const changeUnderLock = (counter: Counter): Promise<unknown> =>
    counter.withLock('count', ({ n }) => void (log(counter), n.add(1)), { saveAtEnd: true });
  const save = (counter: Counter): Promise<unknown> => counter.save();
  test.each([
    ['a pipeline after a pipeline', { calls: [add, add], n: 2, log: [] }],
    ['pipelines after saveChanges', { calls: [change, add, add], n: 3, log: [] }],
    ['saveChanges after a verb and a pipeline', { calls: [log, add, change], n: 2, log: ['x'] }],
    ['saveAtEnd after a verb', { calls: [changeUnderLock], n: 1, log: ['x'] }],
    ['save between pipelines', { calls: [add, save, add], n: 2, log: [] }],
  ])('is no conflict between the calls of one instance: %s', async (_, { calls, ...left }) => {
    const counter = await Counter.create({ n: 0 });

    await Promise.all(calls.map((call) => call(counter)));

    expect(await backend.json(counter.key)).toMatchObject(left);
    expect(counter.toJSON()).toEqual(await backend.json(counter.key));
  });
});
