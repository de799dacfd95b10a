import { setTimeout as sleep } from 'node:timers/promises';
import { AtomicRedisModel, Field, list, Model, RedisInt, RedisList, type DocumentAt } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

abstract class Session extends AtomicRedisModel {
  @Field(RedisInt) hits!: RedisInt;
  @Field(list(String)) log!: RedisList<string>;
}

@Model({ ttl: 1000 })
class OnWrite extends Session {}

@Model({ ttl: 1000, refreshTtl: 'onUse' })
class OnUse extends Session {}

@Model({ ttl: 1000, refreshTtl: 'never' })
class Never extends Session {}

@Model()
class Forever extends Session {}

@Model({ ttl: 50 })
class Inherited extends OnWrite {}

@Model({ ttl: 0.4 })
class Short extends Session {}

const writes: [string, (session: Session) => unknown][] = [
  ['save', (session) => session.save()],
  ['saveChanges', (session) => (session.hits.add(1), session.saveChanges())],
  ['aupdate', (session) => session.aupdate({ hits: 3 })],
  ['a verb', (session) => session.log.aappend('x')],
  ['a pipeline of local changes', (session) => session.pipeline(() => void (session.log[0] = 'x'))],
  ['a lock that saves at its end', (session) => session.withLock('work', () => session.hits.add(1), { saveAtEnd: true })],
];

const unread = (session: Session): DocumentAt<OnUse> => (session.constructor as typeof OnUse).at(session.key);

const reads: [string, (session: Session) => unknown][] = [
  ['get', (session) => (session.constructor as typeof OnUse).get(session.key)],
  ['find', (session) => (session.constructor as typeof OnUse).find(session.key)],
  ['load', (session) => session.load()],
  ['load of fields', (session) => unread(session).load(['hits', 'log'])],
  ['load of one field', (session) => unread(session).hits.load()],
  ['a slice', (session) => unread(session).log.aslice(-1)],
];

describeOnEveryBackend('time to live', (backend) => {
  useModels(backend, OnWrite, OnUse, Never, Forever, Inherited, Short);

  const left = (session: Session): Promise<number> => backend.send<number>('PTTL', session.key);

  async function aged<S extends Session>(session: S): Promise<S> {
    await backend.send('PEXPIRE', session.key, '5000');
    return session;
  }

  test('is set together with the document, in one command', async () => {
    for (const model of [OnWrite, OnUse, Never]) {
      const made = [
        await model.create({}),
        await model.build({}).save(),
        ...(await model.insertMany([{}])),
        (await model.getOrCreate({})).document,
        await (await model.create({})).duplicate(),
      ];
      for (const session of made) expect(await left(session)).toBeGreaterThan(990_000);
    }
    expect(await backend.roundTrips(() => OnWrite.create({}))).toEqual(['EVALSHA']);
  });

  test.each(writes)('starts anew with %s', async (_, write) => {
    for (const model of [OnWrite, OnUse]) {
      const session = await aged(await model.create({ log: ['a'] }));
      await write(session);
      expect(await left(session)).toBeGreaterThan(990_000);
    }
  });

  test.each(writes)('never: %s leaves it', async (_, write) => {
    const session = await aged(await Never.create({ log: ['a'] }));

    await write(session);

    expect(await left(session)).toBeLessThanOrEqual(5000);
    expect(await left(session)).toBeGreaterThan(0);
  });

  test.each(reads)('onUse: starts anew with %s, in one command', async (_, read) => {
    const session = await aged(await OnUse.create({ log: ['a'] }));
    await read(session);
    await aged(session);

    expect(await backend.roundTrips(async () => read(session))).toEqual(['EVALSHA']);

    expect(await left(session)).toBeGreaterThan(990_000);
  });

  test.each(reads)('onWrite: %s leaves it', async (_, read) => {
    const session = await aged(await OnWrite.create({}));

    await read(session);

    expect(await left(session)).toBeLessThanOrEqual(5000);
  });

  test('a model without one keeps the one that was set by hand', async () => {
    const session = await aged(await Forever.create({ log: ['a'] }));

    for (const [name, write] of writes) if (name !== 'save') await write(session);

    expect(await left(session)).toBeGreaterThan(0);
  });

  test('that a class had before is ended by hand, in a pipeline', async () => {
    const session = await aged(await Forever.create({}));

    await session.pipeline(({ hits }, commands) => {
      hits.add(1);
      commands.persist(session.key);
    });

    expect([await left(session), await backend.json(session.key, '$.hits')]).toEqual([-1, 1]);
  });

  test.each(writes)('that a class has got since begins with %s of an older document', async (_, write) => {
    for (const model of [OnWrite, OnUse, Never]) {
      const session = await model.create({ log: ['a'] });
      await backend.send('PERSIST', session.key);

      await write(session);

      expect(await left(session)).toBeGreaterThan(990_000);
    }
  });

  test('is that of the class itself, not of its parent or of other classes', async () => {
    expect(await left(await Inherited.create({}))).toBeLessThanOrEqual(50_000);
    expect(await left(await OnWrite.create({}))).toBeGreaterThan(990_000);
    const child = await Inherited.create({});
    await child.hits.increase();
    await child.log.aappend('x');
    expect(await left(child)).toBeLessThanOrEqual(50_000);
    expect(await left(child)).toBeGreaterThan(40_000);
  });

  test('a refused commit does not start it anew', async () => {
    const session = await aged(await OnWrite.create({ log: ['a'] }));
    await backend.overwrite(session.key, '$["log"]', 7);

    await expect(session.log.aappend('x')).rejects.toMatchObject({ code: 'PATH_MISMATCH' });

    expect(await left(session)).toBeLessThanOrEqual(5000);
  });

  test('ends the document', async () => {
    const session = await Short.create({});
    expect(await session.exists()).toBe(true);

    await sleep(600);

    expect(await session.exists()).toBe(false);
    await expect(session.hits.increase()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });
});
