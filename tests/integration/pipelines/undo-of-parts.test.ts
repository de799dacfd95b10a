import { AtomicRedisModel, dict, Field, list, Model, nullable, RedisDict, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend, testOnOneServer } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Part extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
}

@Model()
class Title extends AtomicRedisModel {
  @Field(String) title!: string;
}

@Model()
class Titled extends AtomicRedisModel {
  @Field(() => Title) title!: Title;
}

@Model()
class Whole extends AtomicRedisModel {
  @Field(String, { default: '' }) name!: string;
  @Field(RedisInt) count!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(() => Part)) parts!: RedisDict<Part>;
  @Field(dict(dict(String))) texts!: RedisDict<RedisDict<string>>;
  @Field(dict(nullable(() => Part))) maybe!: RedisDict<Part | null>;
  @Field(dict(list(() => Part))) groups!: RedisDict<RedisList<Part>>;
}

const start = { parts: { a: { count: 0 } }, texts: { a: { x: '1' } }, groups: { a: [{ count: 0 }] } };

describeOnEveryBackend('undo of the parts of a document', (backend) => {
  useModels(backend, Part, Titled, Whole);

  const changes: [string, (whole: Whole) => unknown][] = [
    ['a model in a dict', ({ parts }) => parts.get('a')?.count.add(1)],
    ['a dict in a dict', ({ texts }) => texts.get('a')?.set('x', '2')],
    ['a model in a list in a dict', ({ groups }) => groups.get('a')?.[0]?.count.add(7)],
  ];
  const befores: [string, (whole: Whole) => unknown][] = [
    ['nothing', () => undefined],
    ['the field', (whole) => void (whole.name = 'x')],
    [
      'its dict',
      (whole) => {
        whole.parts.set('b', { count: 9 });
        whole.texts.set('b', {});
        whole.groups.set('b', []);
      },
    ],
    ['all of it', (whole) => whole.update({ parts: {}, texts: {}, groups: {} })],
  ];
  const cases = changes.flatMap(([part, change]) => befores.map(([other, before]) => [part, other, change, before] as const));

  test.each(cases)('puts %s back that was read first after %s had changed', async (_part, other, change, before) => {
    const whole = await Whole.create(start);
    const stored = await backend.json(whole.key);
    if (other === 'the field') expect(whole.parts.size + whole.texts.size + whole.groups.size).toBe(3);

    const failed = whole.pipeline(() => {
      if (other === 'all of it') {
        change(whole);
        before(whole);
      } else {
        before(whole);
        change(whole);
      }
      throw new Error('stop');
    });

    await expect(failed).rejects.toThrow('stop');
    expect(whole.toJSON()).toEqual(stored);
    await whole.save();
    expect(await backend.json(whole.key)).toEqual(stored);
  });

  test('puts a field back that is called like the field in which its model stands', async () => {
    const { title } = await Titled.create({ title: { title: 'old' } });

    const failed = title.pipeline(() => {
      title.title = 'new';
      throw new Error('stop');
    });

    await expect(failed).rejects.toThrow('stop');
    expect(title.title).toBe('old');
  });

  test('keeps values in hand that were read in the pipeline', async () => {
    const whole = await Whole.create(start);
    let part: Part | undefined;
    const failed = whole.pipeline(() => {
      whole.parts.set('b', { count: 9 });
      part = whole.parts.get('a');
      part?.count.add(1);
      throw new Error('stop');
    });
    await expect(failed).rejects.toThrow('stop');

    expect(part?.count.value).toBe(0);
    await part?.count.increase(2);

    expect(whole.parts.get('a')).toBe(part);
    expect(await backend.json(whole.key, '$.parts')).toEqual({ a: { count: 2 } });
  });

  test('leaves what was confirmed or changed elsewhere in the document meanwhile', async () => {
    const whole = await Whole.create({ ...start, tags: ['a'] });
    await backend.overwrite(whole.key, '$.count', 'no number');

    const appended = whole.tags.aappend('b');
    const refused = whole.pipeline(() => whole.count.add(1));
    const applied = whole.pipeline(() => whole.parts.set('b', { count: 1 }));
    whole.name = 'mine';

    await expect(refused).rejects.toMatchObject({ code: 'PATH_MISMATCH' });
    await Promise.all([appended, applied]);
    expect(whole.toJSON()).toMatchObject({ name: 'mine', count: 0, tags: ['a', 'b'], parts: { b: { count: 1 } } });
    await backend.overwrite(whole.key, '$.count', 0);
    await whole.saveChanges();
    expect(await backend.json(whole.key)).toEqual(whole.toJSON());
  });

  const overlapping: [string, (whole: Whole) => Promise<unknown>[]][] = [
    ['a pipeline after it', (whole) => [refusedOn(whole), whole.pipeline(() => whole.tags.append('b'))]],
    ['a pipeline on a part, after it', (whole) => [refusedOn(whole), whole.pipeline(() => whole.parts.set('c', { count: 2 }))]],
    ['a local change after it', (whole) => [refusedOn(whole), Promise.resolve(whole.tags.append('b'))]],
    [
      'a local change after one inside it',
      (whole) => [whole.pipeline(() => void refusedOn(whole)), Promise.resolve(whole.tags.append('b'))],
    ],
  ];

  const before: [string, (whole: Whole) => Promise<unknown>][] = [
    ['a verb', (whole) => whole.tags.aappend('b')],
    ['a verb on a part', (whole) => (whole.parts.get('a') as Part).count.increase(1)],
  ];

  test.each(before)('leaves what %s before it has changed', async (_, call) => {
    const whole = await Whole.create({ ...start, tags: ['a'] });

    const outcomes = await Promise.allSettled([call(whole), refusedOn(whole)]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(whole.isStale).toBe(false);
    expect(whole.toJSON()).toEqual(await backend.json(whole.key));
  });

  test('leaves what a pipeline after it has changed in another member of the same dict', async () => {
    const whole = await Whole.create({ ...start, tags: ['a'] });

    const outcomes = await Promise.allSettled([refusedOn(whole), whole.pipeline(() => whole.parts.get('a')?.count.add(1))]);

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(whole.isStale).toBe(false);
    expect(whole.toJSON()).toMatchObject({ parts: { a: { count: 1 } } });
    expect(whole.toJSON()).toEqual(await backend.json(whole.key));
  });

  const members: [string, (whole: Whole) => unknown][] = [
    ['sets one that was there', ({ texts }) => texts.set('b', { x: '9' })],
    ['sets one that was null, and reads it', ({ texts, maybe }) => [texts.set('b', {}), maybe.set('b', { count: 1 }), maybe.get('b')]],
    ['sets and removes one', ({ texts }) => [texts.set('b', { x: '9' }), texts.delete('b')]],
    [
      'removes and sets one',
      ({ maybe }) => [maybe.delete('a'), maybe.set('a', null), maybe.set('b', { count: 2 }), maybe.get('b')?.count.add(1)],
    ],
    [
      'sets one twice',
      ({ parts, texts }) => [parts.set('b', { count: 1 }), parts.get('b'), parts.set('b', { count: 2 }), texts.set('a', {})],
    ],
    ['sets all, and one', ({ parts, texts }) => [parts.assign({ z: { count: 1 } }), parts.set('a', { count: 2 }), texts.set('n', {})]],
    ['sets all, of which one was null', ({ maybe }) => [maybe.assign({ a: { count: 3 }, b: { count: 4 } }), maybe.get('b')]],
    ['sets some', ({ parts, texts }) => [parts.update({ c: { count: 3 }, a: { count: 3 } }), parts.get('a')?.count.add(2), texts.clear()]],
  ];
  const manyMembers = {
    parts: { a: { count: 0 }, b: { count: 1 } },
    texts: { a: { x: '1' }, b: { x: '2' }, c: {} },
    maybe: { a: { count: 0 }, b: null },
  };

  test.each(members.flatMap(([what, change]) => [true, false].map((isRead) => [what, isRead, change] as const)))(
    'puts the members of dicts back in their order when it %s; read before: %s',
    async (_what, isRead, change) => {
      const whole = await Whole.create(manyMembers);
      const values = (): unknown[] => [...whole.parts.values(), ...whole.texts.values(), ...whole.maybe.values()];
      const held = isRead ? values() : [];
      const before = JSON.stringify(whole);

      const failed = whole.pipeline(async () => {
        await whole.pipeline(() => void change(whole));
        throw new Error('stop');
      });

      await expect(failed).rejects.toThrow('stop');
      expect(JSON.stringify(whole)).toBe(before);
      values().forEach((value, at) => isRead && expect(value).toBe(held[at]));
      await whole.pipeline(() => whole.parts.get('a')?.count.add(1));
      expect(whole.toJSON()).toEqual(await backend.json(whole.key));
    },
  );

  /** A pipeline that changes fields and parts, and is refused. */
  function refusedOn(whole: Whole): Promise<unknown> {
    return whole.pipeline(() => {
      whole.tags.append('never');
      whole.parts.set('c', { count: 1 });
      void whole.count.adjust(-1, { min: 0 });
    });
  }

  for (const [how, calls] of overlapping) {
    const isLocal = how.startsWith('a local change');
    const asTest = isLocal ? test : testOnOneServer(backend, 'in a cluster a pipeline waits for what was called before it');
    asTest(`says that the local values may differ when ${how} changed the same place meanwhile`, async () => {
      const whole = await Whole.create({ ...start, tags: ['a'] });

      const outcomes = await Promise.allSettled(calls(whole));

      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(whole.isStale).toBe(true);
      await expect(whole.save()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      await whole.load();
      expect(whole.isStale).toBe(false);
      expect(whole.toJSON()).toEqual(await backend.json(whole.key));
    });
  }

  test('knows the local values when nothing else changed the same place, or only afterwards', async () => {
    const whole = await Whole.create({ ...start, tags: ['a'] });

    await Promise.allSettled([whole.save(), whole.groups.get('a')?.save(), refusedOn(whole), whole.tags.aappend('b')]);
    await Promise.allSettled([refusedOn(whole)]);
    await whole.pipeline(() => whole.tags.append('c'));

    expect(whole.isStale).toBe(false);
    expect(whole.toJSON()).toEqual(await backend.json(whole.key));
    expect(whole.tags).toEqual(['a', 'b', 'c']);
  });

  test.each([
    ['save', (whole: Whole) => whole.save()],
    ['saveChanges', (whole: Whole) => whole.saveChanges()],
  ])('%s in a pipeline takes earlier changes along, once, and back when it is undone', async (_, write) => {
    const whole = await Whole.create({ ...start, count: 5, tags: ['a'] });
    whole.count.add(3);
    whole.tags.append('b');

    const failed = whole.pipeline(async () => {
      await write(whole);
      throw new Error('stop');
    });
    await expect(failed).rejects.toThrow('stop');
    expect(await backend.json(whole.key)).toMatchObject({ count: 5, tags: ['a'] });
    expect(whole.toJSON()).toMatchObject({ count: 8, tags: ['a', 'b'] });

    await whole.pipeline(async () => {
      await write(whole);
      whole.tags.append('c');
    });
    expect(await backend.commandsSent(() => whole.saveChanges())).toEqual([]);

    expect(whole.toJSON()).toMatchObject({ count: 8, tags: ['a', 'b', 'c'] });
    expect(await backend.json(whole.key)).toEqual(whole.toJSON());
  });
});
