import { inspect } from 'node:util';
import {
  AtomicRedisModel,
  connect,
  dict,
  Field,
  list,
  Model,
  nullable,
  pipeline,
  RedisDict,
  RedisInt,
  RedisList,
  ValidationError,
  type QueuedAt,
} from 'redatom';
import { Batch } from 'redatom/batch';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { Counted, createUnread, Lasting, rows, values, Whole } from '../../support/verbs/unread';

@Model({ hashTag: 'purses' })
class Purse extends AtomicRedisModel {
  @Field(RedisInt) cents!: RedisInt;
}

@Model()
class Log extends AtomicRedisModel {
  @Field(list(Date)) days!: RedisList<Date>;
  @Field(dict(nullable(Number))) gaps!: RedisDict<number | null>;
}

describeOnEveryBackend('documents that are not read', (backend) => {
  useModels(backend, Whole, Lasting, Counted, Purse, Log);

  test('defaults of an older document are put there first, and no others', async () => {
    await backend.send('JSON.SET', 'Whole:older', '$', JSON.stringify({ part: {} }));
    const at = Whole.at('older');

    expect(await at.ratio.increase()).toBe(2.5);
    expect(await at.part.tags.aappend('x')).toBe(1);
    expect(await at.counts.aincrease('a')).toBe(1);

    expect(await backend.json(at.key)).toEqual({ part: { tags: ['x'] }, ratio: 2.5, counts: { a: 1 } });
  });

  test('what is removed is answered whatever it is: a date, null', async () => {
    const log = await Log.create({ days: [new Date(5)], gaps: { a: null } });
    const at = Log.at(log.key);

    expect([await at.days.apop(), await at.gaps.apopItem()]).toEqual([new Date(5), ['a', null]]);
  });

  test('one that is not there, or not of the type, is asked for once', async () => {
    const at = await createUnread();
    await backend.overwrite(at.key, '$["tags"]', 7);
    await backend.overwrite(at.key, '$["count"]', 2 ** 53 - 2);

    const sent = await backend.roundTrips(async () => {
      await expect(Whole.at('gone').count.increase()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
      await expect(at.count.increase(5)).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT' });
    });

    expect(sent).toEqual(['JSON.NUMINCRBY', 'JSON.NUMINCRBY', 'EVALSHA']);
    expect(await backend.json(at.key, '$["count"]')).toBe(2 ** 53 - 2);
    await expect(at.tags.aappend('x')).rejects.toMatchObject({ code: 'PATH_MISMATCH' });
    await expect(at.count.increase(1, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    expect(await backend.json(at.key)).toMatchObject({ count: 2 ** 53 - 2, tags: 7 });
  });

  test('a large document is copied by none of them', async () => {
    const at = await createUnread(Lasting);

    for (const { verb, run } of rows) {
      const ran = await backend.commandsRun(() => run(at).catch(() => undefined));
      const names = ran.map(({ name }) => name);
      expect([verb, names.includes('COPY')]).toEqual([verb, false]);
    }
  });

  test('a nested model that is null is no place for verbs', async () => {
    const at = await createUnread();
    await at.aupdate({ maybe: null });

    for (const work of [at.maybe.count.increase(), at.maybe.tags.aappend('x'), at.maybe.counts.asetItem('a', 1)])
      await expect(work).rejects.toMatchObject({ code: 'PATH_MISMATCH', key: at.key });

    expect(await backend.json(at.key, '$["maybe"]')).toBeNull();
  });

  test('bounds and positions are checked', async () => {
    const at = await createUnread();

    await expect(at.count.adjust(-6, { min: 0 })).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'below-min' });
    await expect(at.tags.aset(3, 'x')).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range' });
    await expect(at.tags.ainsert(9, 'x')).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range' });
    await expect(at.tags.apop(9)).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range' });
    await expect(at.tags.aappend(1 as never)).rejects.toMatchObject({ code: 'VALIDATION', path: '$["tags"][0]' });
    await expect(at.counts.aincrease('seen', NaN)).rejects.toMatchObject({ code: 'VALIDATION' });

    expect(await backend.json(at.key, '$["tags"]')).toEqual(values.tags);
  });

  test('an item with parts is not looked for', async () => {
    const at = await createUnread();

    await expect(at.notes.aremove({ text: 'first', likes: 1 } as never)).rejects.toThrow(/the document was not read/);

    expect(await backend.json(at.key, '$["notes"]')).toEqual(values.notes);
  });

  test('something else that is stored is left', async () => {
    const at = await createUnread();
    await backend.overwrite(at.key, '$["tags"]', 'text');
    await backend.overwrite(at.key, '$["counts"]', ['list']);
    await backend.overwrite(at.key, '$["count"]', 'text');
    const before = await backend.json(at.key);

    for (const work of [
      at.tags.aappend('x'),
      at.tags.apop(),
      at.counts.aincrease('a'),
      at.counts.aupdate({ a: 1, b: 2 }),
      at.count.increase(),
    ])
      await expect(work).rejects.toMatchObject({ code: 'PATH_MISMATCH', key: at.key });

    expect(await backend.json(at.key)).toEqual(before);
  });

  test('several fields are set in one commit', async () => {
    const at = await createUnread();
    await backend.send('DEL', 'Whole:gone');

    expect(await backend.roundTrips(() => at.aupdate({ age: 31, tags: ['z'], part: { ...values, age: 32 } }))).toEqual(['EVALSHA']);
    expect(await backend.roundTrips(() => at.aupdate({ age: 33 }))).toEqual(['JSON.SET']);
    await expect(at.aupdate({ age: 'old' as never, tags: [1 as never] })).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(at.aupdate({ id: 'other' })).rejects.toMatchObject({ code: 'VALIDATION', path: '$["id"]' });
    await at.aupdate({ id: at.pk, age: 34 });
    await expect(Whole.at('gone').aupdate({ age: 1 })).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(Whole.at('gone').aupdate({ age: 1, tags: [] })).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });

    expect(await backend.json(at.key)).toMatchObject({ age: 34, tags: ['z'], part: { age: 32 } });
    expect(await backend.send('EXISTS', 'Whole:gone')).toBe(0);
  });

  test('verbs of the document as a whole', async () => {
    const at = await createUnread();

    expect(inspect(at)).toBe(`Whole.at("${at.pk}")`);
    expect(await at.exists()).toBe(true);
    expect(await at.ttl()).toBeNull();
    await at.expire(100);
    expect(await at.ttl()).toBeGreaterThan(90);
    const whole = await at.load();
    expect(whole).toBeInstanceOf(Whole);
    expect([whole.key, whole.tags.clone()]).toEqual([at.key, values.tags]);
    expect([await at.delete(), await at.delete(), await at.exists()]).toEqual([true, false, false]);
    await expect(at.load()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(at.ttl()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(at.expire(1)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });

  test('a pipeline is one commit, in which commands take part, and reads nothing', async () => {
    const at = await createUnread(Counted);

    const sent = await backend.roundTrips(() =>
      at.pipeline(async (document: QueuedAt<Whole>, commands) => {
        await document.tags.aappend('d');
        await document.part.count.increase(2);
        await document.aupdate({ age: 31 });
        await document.expire(500);
        commands.incr(`{${at.key}}journal`);
      }),
    );

    expect(sent).toEqual(['EVALSHA']);
    expect(await backend.json(at.key)).toMatchObject({ age: 31, tags: ['a', 'b', 'c', 'd'], part: { count: 7 }, version: 2 });
    expect(await backend.send<number>('TTL', at.key)).toBeGreaterThan(400);
  });

  test('a pipeline that is refused changes nothing, and one that throws sends nothing', async () => {
    const at = await createUnread();
    const before = await backend.json(at.key);

    const refused = at.pipeline(async (document) => {
      await document.tags.aappend('d');
      await document.count.adjust(-100, { min: 0 });
    });
    await expect(refused).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'below-min', index: 1 });
    const thrown = at.pipeline(async (document) => {
      await document.tags.aappend('d');
      throw new Error('changed my mind');
    });
    await expect(thrown).rejects.toThrow('changed my mind');
    await expect(Whole.at('gone').pipeline((document) => document.tags.aappend('d'))).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    const ignored = await Whole.at('gone').pipeline((document) => document.tags.aappend('d'), { ignoreIfDeleted: true });

    expect(ignored.committed).toBe(false);
    expect(await backend.json(at.key)).toEqual(before);
  });

  test('its verbs do not go around a pipeline that changes the same document', async () => {
    const at = await createUnread();
    const instance = await at.load();
    const before = await backend.json(at.key);
    const around = (): Promise<unknown>[] => [
      at.count.increase(),
      at.part.tags.aappend('x'),
      at.aupdate({ age: 3 }),
      at.delete(),
      at.expire(5),
    ];
    const refused = {
      code: 'PIPELINE_NEEDS_REPLY',
      key: at.key,
      message: expect.stringContaining('those that read before the pipeline') as unknown,
    };

    for (const run of [(work: () => unknown) => at.pipeline(work), (work: () => unknown) => instance.pipeline(work)]) {
      await run(async () => {
        for (const verb of around()) await expect(verb).rejects.toMatchObject(refused);
        expect([await at.exists(), await at.ttl(), (await at.load()).count.value]).toEqual([true, null, 5]);
      });
    }

    expect(await backend.json(at.key)).toEqual(before);
    expect(await Whole.at((await createUnread()).pk).pipeline(() => at.count.increase())).toMatchObject({ committed: true });
    expect(await backend.json(at.key, '$["count"]')).toBe(6);
  });

  test('what is left of a pipeline is refused', async () => {
    const at = await createUnread();
    let late: QueuedAt<Whole> | undefined;
    let later: Promise<void> | undefined;

    await at.pipeline((document) => {
      late = document;
      later = new Promise((resolve) => setTimeout(resolve, 5)).then(() => document.tags.aappend('late'));
    });

    await expect(later).rejects.toMatchObject({ code: 'PIPELINE_CLOSED' });
    expect(late?.key).toBe(at.key);
    expect(await backend.json(at.key, '$["tags"]')).toEqual(values.tags);
  });

  test('many writers lose nothing', async () => {
    const at = await createUnread();

    await Promise.all(
      Array.from({ length: 50 }, (_, index) => [at.count.increase(), at.tags.aappend(String(index)), at.counts.aincrease('seen')]).flat(),
    );

    const { count, tags, counts } = await at.load();
    expect([count.value, tags.length, counts['seen']]).toEqual([55, 53, 55]);
  });

  test('verbs of one that nobody waits for are done in their order', async () => {
    const at = await createUnread();

    const [, second, third] = [at.tags.aclear(), at.tags.aappend('x'), at.tags.aappend('y')];

    expect([await second, await third]).toEqual([1, 2]);
  });

  test('nothing is sent without a connection, and keys are looked at at once', async () => {
    @Model()
    class Unbound extends AtomicRedisModel {
      @Field(RedisInt) n!: RedisInt;
    }
    const at = Unbound.at('x');

    await expect(at.n.increase()).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await expect(at.load()).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    const db = await connect(await backend.target(), { models: [Unbound] });
    await expect(at.n.increase()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect([Unbound.at('Unbound:x').pk, Unbound.at('x').key]).toEqual(['x', 'Unbound:x']);
    expect(() => Unbound.at('')).toThrow(ValidationError);
    expect(() => Unbound.at(7 as never)).toThrow(TypeError);
    await db.close();
  });

  test('several of them, and instances, are changed in one commit', async () => {
    const [from, to] = [await Purse.create({ cents: 500 }), await Purse.create({})];
    const third = await Purse.create({});
    await backend.overwrite(from.key, '$["cents"]', 300);

    const sent = await backend.roundTrips(() =>
      pipeline([Purse.at(from.pk), Purse.at(to.pk), third], async ([payer, payee, instance], commands) => {
        await payer.cents.adjust(-200, { min: 0 });
        await payee.cents.increase(150);
        instance.cents.add(50);
        commands.incr('{purses}transfers');
      }),
    );
    const refused = pipeline([Purse.at(from.pk), Purse.at(to.pk)], async ([payer, payee]) => {
      await payee.cents.increase(200);
      await payer.cents.adjust(-200, { min: 0 });
    });

    expect(sent).toEqual(['EVALSHA']);
    await expect(refused).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'below-min', key: from.key, index: 1 });
    expect(await Promise.all([from, to, third].map(({ key }) => backend.json(key, '$["cents"]')))).toEqual([100, 150, 50]);
    expect(third.cents.value).toBe(50);
  });

  test('one that stands twice in a pipeline is refused, and so is what is no document', async () => {
    const purse = await Purse.create({});
    const twice = [Purse.at(purse.pk), Purse.at(purse.key)];

    await expect(pipeline(twice, () => undefined)).rejects.toMatchObject({ code: 'PIPELINE_BUSY' });
    await expect(pipeline([purse, Purse.at(purse.pk)], () => undefined)).rejects.toMatchObject({ code: 'PIPELINE_BUSY' });
    await expect(pipeline([Purse.at(purse.pk).cents as never], () => undefined)).rejects.toThrow(/takes documents, found .* at position 0/);
    await expect(pipeline(Purse.at(purse.pk) as never, () => undefined)).rejects.toThrow(/takes its documents as a list/);
    expect(() => new Batch(true).add([Purse.at(purse.pk) as never], () => undefined)).toThrow(
      /takes documents, found an instance of UnreadDocument/,
    );
  });
});
