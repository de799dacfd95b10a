import { AtomicRedisModel, connect, Field, Model, pipeline, RedisInt } from 'redatom';
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
});
