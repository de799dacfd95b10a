import { AtomicRedisModel, connect, Field, Model, pipeline, PipelineBusyError, RedisInt } from 'redatom';
import { Batch } from 'redatom/batch';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createMember, Member } from '../../support/user';

// On a cluster, what one commit changes has to lie in one slot.
@Model({ hashTag: 'club' })
class Account extends AtomicRedisModel {
  @Field(RedisInt) balance!: RedisInt;
}

@Model({ hashTag: 'club' })
class Elsewhere extends AtomicRedisModel {
  @Field(RedisInt) balance!: RedisInt;
}

describeOnEveryBackend('a pipeline of several documents', (backend) => {
  useModels(backend, Member, Account);

  test('changes all of them in one commit', async () => {
    const [from, to, user] = [await Account.create({ balance: 10 }), await Account.create({ balance: 0 }), await createMember()];

    const { committed, replies } = await pipeline([from, to, user], ([first, second, third]) => {
      first.balance.subtract(3);
      second.balance.add(3);
      third.tags.append('moved');
    });

    expect(committed).toBe(true);
    expect(replies).toEqual([7, 3, 1]);
    expect(await backend.json(from.key, '$.balance')).toBe(7);
    expect(await backend.json(to.key, '$.balance')).toBe(3);
    expect(await backend.json(user.key, '$.tags')).toEqual(['moved']);
  });

  test.each([0, 1])('waits for what is under way for any of them: number %d', async (at) => {
    const accounts = [await Account.create({ balance: 10 }), await Account.create({ balance: 10 })];
    let seen: number | undefined;

    const increased = accounts[at]?.balance.increase(5);
    await pipeline(accounts, () => (seen = accounts[at]?.balance.value));

    expect([seen, await increased]).toEqual([15, 15]);
  });

  test('changes none of them when one refuses', async () => {
    const [from, to] = [await Account.create({ balance: 10 }), await Account.create({ balance: 5 })];
    await backend.overwrite(to.key, '$["balance"]', null);

    const refused = pipeline([from, to], () => {
      from.balance.subtract(3);
      to.balance.add(3);
    });

    await expect(refused).rejects.toMatchObject({ code: 'PATH_MISMATCH', key: to.key, index: 1 });
    expect(await backend.json(from.key, '$.balance')).toBe(10);
    expect([from.balance.value, to.balance.value]).toEqual([10, 5]);
  });

  test('puts all of them back when one refuses after they were written', async () => {
    const members = [await createMember({ tags: ['a', 'b', 'c'] }), await createMember({ tags: ['a', 'b', 'c'] })] as const;
    const [one, other] = members;
    await backend.overwrite(other.key, '$["tags"]', ['b', 'c']);
    const before = await Promise.all(members.map(({ key }) => backend.jsonText(key)));

    // The list turns out to be too short only after the removal before has been applied.
    const refused = pipeline(members, () => {
      one.score.add(1);
      other.email = 'x';
      other.tags.remove('b');
      other.tags[1] = 'y';
    });

    await expect(refused).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range', key: other.key, index: 3 });
    expect(await Promise.all(members.map(({ key }) => backend.jsonText(key)))).toEqual(before);
  });

  test('changes none of them when one is gone', async () => {
    const [from, to] = [await Account.create({ balance: 10 }), await Account.create({ balance: 5 })];
    await to.delete();

    const transfer = (options = {}): Promise<unknown> =>
      pipeline(
        [from, to],
        () => {
          from.balance.subtract(3);
          to.balance.add(3);
        },
        options,
      );

    await expect(transfer()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: to.key });
    await expect(transfer({ ignoreIfDeleted: true })).resolves.toEqual({ committed: false, replies: [] });
    expect(await backend.json(from.key, '$.balance')).toBe(10);
    expect(from.balance.value).toBe(10);
  });

  test('refuses documents of different connections before anything is sent', async () => {
    const elsewhere = await connect(await backend.target(), { models: [Elsewhere] });
    const [here, there] = [await Account.create({ balance: 1 }), await Elsewhere.create({ balance: 1 })];

    const sent = await backend.commandsSent(async () => {
      const refused = pipeline([here, there], () => {
        here.balance.add(1);
        there.balance.add(1);
      });
      await expect(refused).rejects.toMatchObject({ code: 'CROSS_SLOT', keys: [here.key, there.key] });
    });

    expect(sent).toEqual([]);
    expect([here.balance.value, there.balance.value]).toEqual([1, 1]);
    await elsewhere.close();
  });

  test('a nested model stands for its document', async () => {
    const user = await createMember({ address: { city: 'Paris' } });
    const other = await createMember();
    const { address } = user;
    if (address === null) throw new Error('no address');

    await pipeline([address, other, user], () => {
      address.city = 'Lyon';
      other.score.add(1);
      user.score.add(1);
    });

    expect(await backend.json(user.key)).toMatchObject({ score: 1, address: { city: 'Lyon' } });
    expect(await backend.json(other.key, '$.score')).toBe(1);
  });

  test('that changes nothing does not hold up what was called after it', async () => {
    const [one, two] = [await Account.create({ balance: 0 }), await Account.create({ balance: 0 })];

    const calls = [one.balance.increase(), pipeline([one, two], () => undefined), two.balance.increase(1, { timeoutMs: 5000 })];

    expect(await Promise.all(calls)).toEqual([1, { committed: true, replies: [] }, 1]);
  });

  test.each([
    ['by itself', (work: () => Promise<unknown>) => work()],
    ['inside of another', async (work: () => Promise<unknown>) => (await createMember()).pipeline(work)],
  ])('of no documents changes nothing, and refuses commands, %s', async (_where, within) => {
    const accounts: Account[] = [];

    await within(async () => {
      expect(await pipeline(accounts, () => undefined)).toEqual({ committed: true, replies: [] });
      const refused = pipeline(accounts, (_, commands) => commands.incr('{club}count'));
      await expect(refused).rejects.toThrow(
        new TypeError('commands of a pipeline are sent over the connection of its documents: it needs at least one, found none'),
      );
    });

    expect(await backend.send('EXISTS', '{club}count')).toBe(0);
  });

  test('refuses two instances of one document before the callback runs', async () => {
    const [one, third] = [await createMember({ score: 500, tags: ['a'] }), await createMember()];
    const same = await Member.get(one.key);
    const work = jest.fn();

    const sent = await backend.commandsSent(async () => {
      const refused = pipeline([one, third, same], work);
      await expect(refused).rejects.toMatchObject({ code: 'PIPELINE_BUSY', key: one.key, model: 'Member' });
      await expect(refused).rejects.toThrow("is in one pipeline as two instances, which do not see each other's changes");
      expect(() => new Batch(true).add([one, same], work)).toThrow(PipelineBusyError);
    });

    expect(sent).toEqual([]);
    expect(work).not.toHaveBeenCalled();
    await pipeline([one, third, one], () => one.score.add(1));
    await same.pipeline(() => same.tags.append('b'));
    expect(await backend.json(one.key)).toMatchObject({ score: 501, tags: ['a', 'b'] });
  });

  test('with an inner one on another instance of the same document are two commits, each checked', async () => {
    const one = await createMember({ score: 500 });
    const same = await Member.get(one.key);

    const outer = one.pipeline(async () => {
      await one.score.adjust(-300, { min: 0 });
      await expect(same.pipeline(() => same.score.adjust(-300, { min: 0 }))).resolves.toMatchObject({ committed: true });
    });

    await expect(outer).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'below-min' });
    expect(await backend.json(one.key, '$.score')).toBe(200);
  });
});
