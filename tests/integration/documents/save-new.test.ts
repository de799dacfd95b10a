import { AtomicRedisModel, Field, Key, list, Model, NestedModelError, pipeline, RedisInt, type RedisList, Version } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

@Model({ hashTag: 'shop' })
class Account extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) visits!: RedisInt;
  @Field(list(String)) notes!: RedisList<string>;
}

/** Says that an address is taken. */
@Model({ hashTag: 'shop', ttl: 100 })
class Claim extends AtomicRedisModel {
  @Key() @Field(String) email!: string;
  @Field(String) owner!: string;
  @Field(RedisInt, { nullable: true }) uses!: RedisInt | null;
  @Version() version!: number;
}

const claimOf = (owner: string): Claim => Claim.build({ email: 'ada@example.com', owner });

describeOnEveryBackend('save({ mustBeNew: true })', (backend) => {
  useModels(backend, User, Account, Claim);

  afterEach(async () => {
    for (const model of [Account, Claim]) await model.deleteMany(await model.afindKeys());
  });

  test('stores a new document with one command that cannot overwrite', async () => {
    const account = Account.build({ name: 'ada' });

    const sent = await backend.commandsSent(() => account.save({ mustBeNew: true }));

    expect(sent).toEqual(['JSON.SET']);
    expect(await backend.json(account.key)).toEqual({ name: 'ada', visits: 0, notes: [] });
  });

  test('is refused where there is a document, and writes nothing; local changes still wait', async () => {
    const stored = await createUser({ tags: ['theirs'] });
    const user = User.build({ username: stored.pk, tags: ['ours'] });
    user.score.add(1);

    await expect(user.save({ mustBeNew: true })).rejects.toMatchObject({
      code: 'KEY_EXISTS',
      key: stored.key,
      command: 'save',
      message: `"${stored.key}" exists already; a plain save() overwrites it, getOrCreate() accepts it`,
    });

    expect(await backend.json(stored.key)).toEqual(stored.toJSON());
    await user.saveChanges();
    expect(await backend.json(stored.key, '$.score')).toBe(1);
  });

  test('counts versions from the first one, and starts the time to live', async () => {
    const claim = await claimOf('ada').save({ mustBeNew: true });

    expect(claim.version).toBe(1);
    expect(await backend.json(claim.key)).toEqual(claim.toJSON());
    expect(await claim.ttl()).toBeGreaterThan(0);
    await expect(claimOf('bob').save({ mustBeNew: true })).rejects.toMatchObject({ code: 'KEY_EXISTS', key: claim.key });
  });

  test('in a pipeline, all is written or nothing', async () => {
    const [ada, bob] = [Account.build({ name: 'ada' }), Account.build({ name: 'bob' })];
    const [first, second] = [claimOf('ada'), claimOf('bob')];

    await pipeline([ada, first], async () => {
      await ada.save({ mustBeNew: true });
      await first.save({ mustBeNew: true });
    });
    const refused = pipeline([bob, second], async () => {
      await bob.save({ mustBeNew: true });
      await second.save({ mustBeNew: true });
    });

    await expect(refused).rejects.toMatchObject({ code: 'KEY_EXISTS', key: second.key, model: 'Claim', index: 1 });
    expect(await backend.json(first.key)).toEqual(first.toJSON());
    expect(await Account.find('bob')).toBeNull();
    expect([first.version, second.version]).toEqual([1, 0]);
  });

  test('of many who want one address at once, one gets it', async () => {
    const names = Array.from({ length: 16 }, (_, at) => `user ${at}`);

    const outcomes = await Promise.allSettled(
      names.map((name) => {
        const account = Account.build({ name });
        const claim = claimOf(name);
        return pipeline([account, claim], () => {
          void account.save({ mustBeNew: true });
          void claim.save({ mustBeNew: true });
        });
      }),
    );

    const winners = names.filter((_, at) => outcomes[at]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    expect((await Claim.get('ada@example.com')).owner).toBe(winners[0]);
    expect(await Account.afindKeys()).toEqual([Account.keyOf(winners[0] as string)]);
  });

  test('has the changes that the pipeline made before it, and those after it follow', async () => {
    const account = Account.build({ name: 'ada' });

    const { replies } = await account.pipeline(async () => {
      account.visits.add(2);
      account.notes.append('before');
      await account.save({ mustBeNew: true });
      account.notes.append('after');
      await account.visits.adjust(1, { max: 3 });
    });

    expect(replies).toEqual([undefined, undefined, true, 2, 3]);
    expect(account.toJSON()).toEqual({ name: 'ada', visits: 3, notes: ['before', 'after'] });
    expect(await backend.json(account.key)).toEqual(account.toJSON());
  });

  test('puts local values back with the pipeline that is refused', async () => {
    await Account.create({ name: 'ada' });
    const account = Account.build({ name: 'ada', notes: ['mine'] });

    const refused = account.pipeline(async () => {
      account.notes.append('lost');
      await account.save({ mustBeNew: true });
    });

    await expect(refused).rejects.toMatchObject({ code: 'KEY_EXISTS', index: 1 });
    expect(account.toJSON()).toEqual({ name: 'ada', visits: 0, notes: ['mine'] });
    expect(await backend.json(account.key, '$.notes')).toEqual([]);
  });

  test('takes the place of a document that the same pipeline deletes', async () => {
    const claim = await claimOf('ada').save({ mustBeNew: true });

    await claim.pipeline(async () => {
      await claim.delete();
      claim.owner = 'bob';
      await claim.save({ mustBeNew: true });
    });

    expect(await backend.json(claim.key)).toMatchObject({ owner: 'bob', version: 2 });
    expect(claim.version).toBe(2);
    expect(await claim.ttl()).toBeGreaterThan(0);
  });

  test('does not take the place of a deleted one that was another by then', async () => {
    const claim = await claimOf('ada').save({ mustBeNew: true });
    await Claim.at(claim.pk).aupdate({ owner: 'eve' });

    const refused = claim.pipeline(async () => {
      await claim.delete();
      await claim.save({ mustBeNew: true });
    });

    await expect(refused).rejects.toMatchObject({ code: 'VERSION_CONFLICT', command: 'pipeline' });
    expect((await Claim.get(claim.pk)).owner).toBe('eve');
  });

  test('makes a document again that somebody else has deleted, whatever its version was', async () => {
    const claim = await claimOf('ada').save({ mustBeNew: true });
    await claim.aupdate({ owner: 'bob' });
    await backend.send('DEL', claim.key);

    await claim.save({ mustBeNew: true });

    expect(claim.version).toBe(3);
    expect(await backend.json(claim.key)).toEqual(claim.toJSON());
  });

  test('keeps the time to live that its pipeline gives it, which nothing can have before it is there', async () => {
    const claim = claimOf('ada');
    await claim.pipeline(async () => {
      await claim.save({ mustBeNew: true });
      await claim.expire(5_000);
    });
    expect(await claim.ttl()).toBeGreaterThan(1_000);

    const account = Account.build({ name: 'ada' });
    const early = account.pipeline(async () => {
      await account.expire(5_000);
      await account.save({ mustBeNew: true });
    });
    await expect(early).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', command: 'expire' });
    expect(await account.exists()).toBe(false);
  });

  test('does not let a change before it pass that needs a stored document', async () => {
    const asking: Record<string, (account: Account) => Promise<unknown>> = {
      adjust: ({ visits }) => visits.adjust(-5, { min: 0 }),
      aset: ({ notes }) => notes.aset(5, 'x'),
      ainsert: ({ notes }) => notes.ainsert(5, 'x'),
    };
    for (const [command, change] of Object.entries(asking)) {
      const account = Account.build({ name: command });
      const refused = account.pipeline(async () => {
        await change(account);
        await account.save({ mustBeNew: true });
      });

      await expect(refused).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', command, index: 0 });
      expect(await account.exists()).toBe(false);
      expect(account.toJSON()).toEqual({ name: command, visits: 0, notes: [] });
    }
  });

  test('is for whole documents, and takes only true and false', async () => {
    const user = await createUser({ address: { city: 'Rome', street: '' } });

    await expect(user.address?.save({ mustBeNew: true })).rejects.toThrow(NestedModelError);
    for (const mustBeNew of ['yes', 1, null]) {
      await expect(user.save({ mustBeNew: mustBeNew as never })).rejects.toThrow(/takes true or false as mustBeNew/);
    }
    await expect(user.save({ mustBeNew: false })).resolves.toBe(user);
    await expect(user.save({ mustbenew: true } as never)).rejects.toThrow(/knows no option "mustbenew"/);
  });
});
