import { AtomicRedisModel, Field, Model, RedisInt, Version } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

@Model({ ttl: 1000 })
class Session extends AtomicRedisModel {
  @Field(RedisInt) hits!: RedisInt;
  @Version() version!: number;
}

describeOnEveryBackend('expire and ttl', (backend) => {
  useModels(backend, User, Session);

  test('ttl is null for a document that lives for ever, else seconds', async () => {
    const user = await createUser();

    await expect(user.ttl()).resolves.toBeNull();
    await user.expire(1.5);

    const left = await user.ttl();
    expect(left).toBeLessThanOrEqual(1.5);
    expect(left).toBeGreaterThan(1);
  });

  test.each([
    ['5', 'the text "5"'],
    [null, 'null'],
    [undefined, 'nothing'],
    [[5], 'a list of 1'],
  ])('expire(%p), which is no number, is refused before anything is sent', async (seconds, found) => {
    const user = await createUser();
    const refused = new RangeError(`expire() takes a positive number of seconds, at most 8640000000000, found ${found}`);

    const sent = await backend.commandsSent(() => expect(user.expire(seconds as unknown as number)).rejects.toThrow(refused));

    expect(sent).toEqual([]);
  });

  test.each([0, -1, NaN, Infinity, 1e300])('expire(%p) is refused before anything is sent', async (seconds) => {
    const user = await createUser();

    const sent = await backend.commandsSent(() => expect(user.expire(seconds)).rejects.toThrow(RangeError));

    expect(sent).toEqual([]);
  });

  test('of a document that is gone say so', async () => {
    const user = await createUser();
    await user.delete();

    await expect(user.ttl()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });
    await expect(user.expire(10)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });
  });

  test('expire is sent as one command, and leaves the version and the time to live of the model alone', async () => {
    const session = await Session.create({});

    const sent = await backend.commandsSent(() => session.expire(5));

    expect(sent).toEqual(['PEXPIRE']);
    expect(await session.ttl()).toBeLessThanOrEqual(5);
    expect(await backend.json(session.key)).toEqual({ hits: 0, version: session.version });
    await session.hits.increase();
    expect(await session.ttl()).toBeGreaterThan(5);
  });

  test('expire is queued in a pipeline, and decides over the time to live of the model', async () => {
    const session = await Session.create({});

    const sent = await backend.roundTrips(() =>
      session.pipeline(async () => {
        session.hits.add(1);
        await session.expire(5);
        session.hits.add(1);
        expect(await backend.send<number>('PTTL', session.key)).toBeGreaterThan(5000);
      }),
    );

    expect(sent).toEqual(['PTTL', 'EVALSHA']);
    expect(await session.ttl()).toBeLessThanOrEqual(5);
    expect(await backend.json(session.key, '$.hits')).toBe(2);
  });

  test('expire alone in a pipeline leaves the version alone', async () => {
    const session = await Session.create({});

    await session.pipeline(() => session.expire(5));

    expect(await session.ttl()).toBeLessThanOrEqual(5);
    expect(await backend.json(session.key, '$.version')).toBe(session.version);
    await session.hits.increase();
  });

  test('expire of another flow is sent while a pipeline is open', async () => {
    const user = await createUser();
    let end = (): void => undefined;
    const running = user.pipeline(() => new Promise<void>((resolve) => (end = resolve)));

    await user.expire(5);
    expect(await user.ttl()).toBeLessThanOrEqual(5);

    end();
    await running;
  });

  test('expire in a pipeline that is refused does nothing', async () => {
    const user = await createUser();
    await backend.overwrite(user.key, '$.score', 'no number');

    const work = user.pipeline(async () => {
      await user.expire(5);
      user.score.add(1);
    });

    await expect(work).rejects.toMatchObject({ code: 'PATH_MISMATCH' });
    await expect(user.ttl()).resolves.toBeNull();
  });

  test('expire in a pipeline on a document that is gone refuses it', async () => {
    const user = await createUser();
    await user.delete();

    await expect(user.pipeline(() => user.expire(5))).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: user.key });
  });

  test('expire after the removal in a pipeline refuses it', async () => {
    const user = await createUser();

    const work = user.pipeline(async () => {
      await user.delete();
      await user.expire(5);
    });

    await expect(work).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(await user.exists()).toBe(true);
  });
});
