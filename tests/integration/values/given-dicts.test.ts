import { AtomicRedisModel, dict, Field, list, Model, RedisDict, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Dated extends AtomicRedisModel {
  @Field(Date) at!: Date;
}

@Model()
class Holder extends AtomicRedisModel {
  @Field(dict(Date)) dates!: RedisDict<Date>;
  @Field(dict(BigInt)) big!: RedisDict<bigint>;
  @Field(dict(Uint8Array)) files!: RedisDict<Uint8Array>;
  @Field(dict(() => Dated)) models!: RedisDict<Dated>;
  @Field(dict(list(() => Dated))) groups!: RedisDict<RedisList<Dated>>;
  @Field(list(dict(Date))) days!: RedisList<RedisDict<Date>>;
  @Field(dict(String)) texts!: RedisDict<string>;
}

const at = new Date(5);
const INIT = {
  dates: { a: at },
  big: { a: 10n ** 30n },
  files: { a: Buffer.from([1, 2]) },
  models: { a: { at } },
  groups: { a: [{ at }] },
  days: [{ a: at }, { b: new Date(6) }] as Record<string, Date>[],
  texts: { a: 'no date' },
};
const NAMES = ['dates', 'big', 'files', 'models', 'groups'] as const;

describeOnEveryBackend('dicts of documents, given as values', (backend) => {
  useModels(backend, Holder);

  test.each(NAMES)('%s: assigned, updated and built from those of another document', async (name) => {
    const [from, to] = [await Holder.create(INIT), await Holder.create({})];
    const stored = (await backend.json(from.key, `$.${name}`)) as object;

    Object.assign(to, { [name]: from[name] });
    await to.saveChanges();
    expect(await backend.json(to.key, `$.${name}`)).toEqual(stored);
    await to.aupdate({ [name]: from[name] });
    (from[name] as RedisDict<unknown>).assign(from[name]);
    await from.saveChanges();

    expect(await backend.json(to.key, `$.${name}`)).toEqual(stored);
    expect(await backend.json(from.key, `$.${name}`)).toEqual(stored);
    expect(Holder.build({ [name]: from[name] }).toJSON()[name]).toEqual(stored);
    to[name].clear();
    expect(from[name].size).toBe(1);
  });

  test('as items of a list they change places', async () => {
    const { days, key } = await Holder.create(INIT);

    [days[0], days[1]] = [days[1] as RedisDict<Date>, days[0] as RedisDict<Date>];
    await days.save();

    expect(await backend.json(key, '$.days')).toEqual([{ b: new Date(6).toISOString() }, { a: at.toISOString() }]);
  });

  test('values of another type are refused', async () => {
    const holder = await Holder.create(INIT);

    expect(() => holder.dates.assign(holder.texts as never)).toThrow(errorWith({ code: 'VALIDATION', path: '$["dates"]["a"]' }));
    expect(() => Object.assign(holder, { texts: holder.models })).toThrow(errorWith({ code: 'VALIDATION', path: '$["texts"]["a"]' }));
    expect(holder.dates.clone()).toEqual({ a: at });
  });
});
