import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { AtomicRedisModel, Field, list, Model, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

class Money {
  amount!: number;
  @Type(() => Date) since!: Date;

  double(): number {
    return this.amount * 2;
  }
}

/** A class whose own code rejects some values. */
class Moody {
  @Transform(({ value }: { value: string }) => {
    if (value === 'bad') throw new Error('in a bad mood');
    return value;
  })
  mood!: string;
}

@Model()
class Account extends AtomicRedisModel {
  @Field(String) name!: string;
  @Exclude() @Field(String) password!: string;
  @Expose({ name: 'mail' }) @Field(String, { default: '' }) email!: string;
  @Transform(({ value }: { value: Date }) => value.getUTCFullYear()) @Field(Date) born!: Date;
  @Field(Money, { nullable: true }) money!: Money | null;
  @Field(list(Money)) history!: RedisList<Money>;
  @Field(list(Moody)) moods!: RedisList<Moody>;
}

describeOnEveryBackend('class-transformer', (backend) => {
  useModels(backend, Account);

  const create = (): Promise<Account> =>
    Account.create({ name: 'ada', password: 'secret', email: 'e', born: new Date(0), money: { amount: 2, since: new Date(5) } as Money });

  test('its decorators shape toJSON, and nothing that is stored', async () => {
    const account = await create();

    expect(account.toJSON()).toMatchObject({ name: 'ada', mail: 'e', born: 1970 });
    expect(account.toJSON()).not.toHaveProperty('password');
    expect(account.toJSON()).not.toHaveProperty('email');
    expect(JSON.stringify(account)).not.toContain('secret');
    expect(account.toObject().password).toBe('secret');
    expect(await backend.json(account.key)).toMatchObject({ password: 'secret', email: 'e', born: '1970-01-01T00:00:00.000Z' });
  });

  test('instances of plain classes keep their class and its conversions', async () => {
    const account = await create();

    const read = await Account.get(account.key);

    expect(read.money).toBeInstanceOf(Money);
    expect(read.money?.double()).toBe(4);
    expect(read.money?.since).toEqual(new Date(5));
    expect(await backend.json(account.key, '$.money')).toEqual({ amount: 2, since: '1970-01-01T00:00:00.005Z' });
  });

  test.each(['text', 5, [1]])('%j is no such instance, neither given nor stored', async (value) => {
    const account = await create();

    await expect(account.aupdate({ money: value as never })).rejects.toMatchObject({ code: 'VALIDATION', path: '$["money"]' });
    await backend.overwrite(account.key, '$.money', value);

    await expect(Account.get(account.key)).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT', path: '$["money"]' });
  });

  test('a change inside such an instance is noticed by saveChanges and pipelines', async () => {
    const account = await create();
    if (account.money === null) throw new Error('no money');

    account.money.amount = 7;
    await account.saveChanges();
    expect(await backend.json(account.key, '$.money.amount')).toBe(7);
    await account.pipeline((same) => {
      if (same.money !== null) same.money.amount = 8;
      same.born.setUTCFullYear(2001);
    });

    expect(await backend.json(account.key, '$.money.amount')).toBe(8);
    expect(await backend.json(account.key, '$.born')).toBe('2001-01-01T00:00:00.000Z');
    expect(await backend.commandsSent(() => account.saveChanges())).toEqual([]);
  });

  test('what the code of such a class throws is no misfit of a value, and comes as it is', async () => {
    const account = await create();
    const bad = { name: 'x', password: '', born: new Date(0), moods: [{ mood: 'bad' }] };

    await expect(Account.create(bad)).rejects.toThrow(/^in a bad mood$/);
    await expect(Account.insertMany([bad])).rejects.toThrow(/^in a bad mood$/);
    expect(() => account.moods.extend(bad.moods)).toThrow(/^in a bad mood$/);
    account.moods.push({ mood: 'good' });
    (account.moods[0] as Moody).mood = 'bad';
    await expect(account.saveChanges()).rejects.toThrow(/^in a bad mood$/);
    await backend.overwrite(account.key, '$.moods', bad.moods);

    const read = await Account.get(account.key);
    expect(() => read.moods).toThrow(/^in a bad mood$/);
  });

  test('a change inside such an instance is undone when the commit is refused', async () => {
    const account = await create();
    await backend.send('DEL', account.key);

    await account
      .pipeline((same) => {
        if (same.money !== null) same.money.amount = 8;
        same.born.setUTCFullYear(2001);
      })
      .catch(() => undefined);

    expect(account.money?.amount).toBe(2);
    expect(account.born).toEqual(new Date(0));
  });

  test('a change inside such an instance is undone when the callback throws', async () => {
    const account = await create();

    await account
      .pipeline((same) => {
        if (same.money !== null) same.money.amount = 8;
        same.born.setUTCFullYear(2001);
        throw new Error('stop');
      })
      .catch(() => undefined);

    expect(account.money?.amount).toBe(2);
    expect(account.born).toEqual(new Date(0));
    await account.saveChanges();
    expect(await backend.json(account.key, '$.money.amount')).toBe(2);
  });

  test('what class-transformer leaves as no JSON is refused, and said to be where it is', async () => {
    const account = await create();
    const broken = (field: string): object => ({ code: 'VALIDATION', problems: [{ field, expected: 'a plain JSON value' }] });
    const wrong = Object.assign(new Money(), { amount: 1, seal: Buffer.from('a') });

    await expect(account.aupdate({ money: wrong })).rejects.toMatchObject(broken('money.seal'));
    account.money?.since.setTime(NaN);
    await expect(account.saveChanges()).rejects.toMatchObject(broken('money.since'));
  });

  test('lists of them', async () => {
    const account = await create();

    await account.history.aappend(Object.assign(new Money(), { amount: 1, since: new Date(1) }));
    const popped = await account.history.apop();

    expect(popped).toBeInstanceOf(Money);
    expect(popped?.since).toEqual(new Date(1));
  });
});
