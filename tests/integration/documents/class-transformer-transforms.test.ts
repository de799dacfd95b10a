import { Exclude, Transform } from 'class-transformer';
import { AtomicRedisModel, dict, Field, json, list, Model, RedisBytes, RedisDatetime, RedisDict, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Card extends AtomicRedisModel {
  @Field(String) name!: string;
  @Exclude() @Field(String) pin!: string;
  @Field(RedisDatetime, { format: 'epochMs' }) since!: RedisDatetime;
}

const card = { name: 'a', pin: '1234', since: new Date(5) };
const shownCard = { name: 'a', since: 5 };

class Price {
  @Transform(({ value }: { value: number }) => value + 1, { toPlainOnly: true }) amount!: number;
}

interface Value<T> {
  readonly value: T;
  readonly obj: Transformed;
}

@Model()
class Transformed extends AtomicRedisModel {
  @Transform(({ value }: Value<bigint>) => [value, { value }]) @Field(BigInt) big!: bigint;
  @Transform(({ value }: Value<Buffer>) => [value, new Uint8Array(value)]) @Field(RedisBytes) bytes!: RedisBytes;
  @Transform(({ value }: Value<Date>) => ({ at: value })) @Field(Date, { format: 'epochMs' }) at!: Date;
  @Transform(({ value }: Value<Date>) => value) @Field(Date, { format: 'epochMs' }) kept!: Date;
  @Transform(() => undefined) @Field(String) gone!: string;
  @Transform(({ obj }: Value<unknown>) => (obj.role === 'user' ? null : obj.at)) @Field(String) role!: string;
  @Transform(({ value }: Value<readonly Card[]>) => value.map(({ pin, since }) => `${pin.slice(-2)} ${since.getTime()}`))
  @Field(list(() => Card))
  masked!: RedisList<Card>;
  @Transform(({ value }: Value<readonly Card[]>) => value.slice(0, 1)) @Field(list(() => Card)) first!: RedisList<Card>;
  @Transform(({ value }: Value<Card | null>) => value ?? 'none') @Field(() => Card, { nullable: true }) card!: Card | null;
  @Transform(({ value }: Value<Price>) => value) @Field(Price) price!: Price;
}

@Model()
class Holder extends AtomicRedisModel {
  @Field(() => Card) card!: Card;
  @Field(json()) any!: unknown;
}

@Model()
class OnlyWhen extends AtomicRedisModel {
  @Field(String) role!: string;
  @Transform(({ value, obj }: { value: string; obj: OnlyWhen }) => (obj.role === 'user' ? '***' : value)) @Field(String) mail!: string;
}

@Model()
class ChangedInPlace extends AtomicRedisModel {
  @Transform(({ value }: Value<string[]>) => value.sort()) @Field(list(String)) tags!: RedisList<string>;
  @Transform(({ value }: Value<Date>) => (value.setTime(9), value)) @Field(Date, { format: 'epochMs' }) at!: Date;
  @Transform(({ value }: Value<Card[]>) => value.reverse()) @Field(list(() => Card)) reversed!: RedisList<Card>;
  @Transform(({ value }: Value<Card[]>) => (value.forEach((one) => (one.name = '*')), value))
  @Field(list(() => Card))
  masked!: RedisList<Card>;
  @Transform(({ value }: Value<Record<string, Card>>) => (delete value['b'], delete (value['a'] as Partial<Card>).name, value))
  @Field(dict(() => Card))
  by!: RedisDict<Card>;
  @Transform(({ value }: Value<Holder>) => ((value.card.since as unknown as Date).setTime(1), Object.assign(value, { more: 1n })))
  @Field(() => Holder)
  holder!: Holder;
  @Transform(({ value }: Value<Holder>) => [value, { ...value.card }, value.card instanceof Card, value.card.key])
  @Field(() => Holder)
  read!: Holder;
}

describeOnEveryBackend('transforms of class-transformer', (backend) => {
  useModels(backend, Transformed, OnlyWhen, ChangedInPlace);

  test('what transforms return is shown as JSON', async () => {
    const one = await Transformed.create({
      big: 5n,
      bytes: new Uint8Array([1]),
      at: new Date(7),
      kept: new Date(8),
      gone: 'g',
      role: 'user',
      masked: [card],
      first: [card, card],
      card,
      price: Object.assign(new Price(), { amount: 1 }),
    });
    const iso = new Date(7).toISOString();

    expect(one.toJSON()).toEqual({
      big: ['5', { value: '5' }],
      bytes: ['AQ==', 'AQ=='],
      at: { at: iso },
      kept: 8,
      role: null,
      masked: ['34 5'],
      first: [shownCard],
      card: shownCard,
      price: { amount: 2 },
    });
    one.role = 'admin';
    one.card = null;
    expect(one.toJSON()).toMatchObject({ role: iso, card: 'none' });
    expect(await backend.json(one.key, '$.at')).toBe(7);
  });

  test('a value that a transform changes from inside is changed, and the document is not', async () => {
    const [a, b] = [card, { ...card, name: 'b' }];
    const holder = { card, any: { constructor: 1 } };
    const init = { tags: ['b', 'a'], at: new Date(1), reversed: [a, b], masked: [a], by: { a, b }, holder, read: holder };
    const created = await ChangedInPlace.create(init);

    for (const one of [created, await ChangedInPlace.get(created.key)]) {
      expect(one.toJSON()).toEqual({
        tags: ['a', 'b'],
        at: new Date(9).toISOString(),
        reversed: [{ name: 'b', since: 5 }, shownCard],
        masked: [{ name: '*', since: 5 }],
        by: { a: { since: 5 } },
        holder: { card: { name: 'a', since: new Date(1).toISOString() }, any: {}, more: '1' },
        read: [{ card: shownCard, any: {} }, { ...card, since: new Date(5).toISOString() }, true, created.key],
      });
      expect(one.toObject()).toEqual(init);
      expect(await backend.commandsSent(() => one.saveChanges())).toEqual([]);
    }
  });

  test('a transform that changes few values is a rule', async () => {
    const one = await OnlyWhen.create({ role: 'admin', mail: 'm' });

    expect(one.toJSON()).toEqual({ role: 'admin', mail: 'm' });
    one.role = 'user';
    expect(one.toJSON()).toEqual({ role: 'user', mail: '***' });
  });
});
