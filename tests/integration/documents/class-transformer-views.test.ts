import { inspect } from 'node:util';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  AtomicRedisModel,
  dict,
  Field,
  json,
  list,
  Model,
  nullable,
  RedisBytes,
  RedisDatetime,
  RedisDict,
  RedisInt,
  RedisList,
} from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Card extends AtomicRedisModel {
  @Field(String) name!: string;
  @Exclude() @Field(String) pin!: string;
  @Field(RedisDatetime, { format: 'epochMs' }) since!: RedisDatetime;
}

@Model()
class GiftCard extends Card {
  @Expose({ name: 'text' }) @Field(String, { default: 'hi' }) greeting!: string;
}

@Model()
class Wallet extends AtomicRedisModel {
  @Field(() => Card) main!: Card;
  @Field(() => Card, { nullable: true }) spare!: Card | null;
  @Field(list(() => Card)) cards!: RedisList<Card>;
  @Field(dict(() => Card)) by!: RedisDict<Card>;
  @Field(list(dict(list(() => Card)))) deep!: RedisList<RedisDict<RedisList<Card>>>;
  @Field(list(nullable(() => Card))) gaps!: RedisList<Card | null>;
  @Field(list(() => GiftCard)) gifts!: RedisList<GiftCard>;
}

const card = { name: 'a', pin: '1234', since: new Date(5) };
const shownCard = { name: 'a', since: 5 };

class Price {
  @Transform(({ value }: { value: number }) => value + 1, { toPlainOnly: true }) amount!: number;
}

class Secret {
  open!: string;
  @Exclude() hidden!: string;
}

@Model()
class Ruled extends AtomicRedisModel {
  @Exclude() @Field(String, { default: 's' }) password!: string;
  @Field(json()) any!: unknown;
  @Field(Date, { format: 'epochMs' }) at!: Date;
  @Field(list(Date)) times!: RedisList<Date>;
  @Field(BigInt) big!: bigint;
  @Field(RedisBytes) bytes!: RedisBytes;
  @Field(Price) price!: Price;
  @Field(dict(String)) names!: RedisDict<string>;
  @Type(() => Secret) @Field(json()) typed!: unknown;
}

const ruled = {
  any: null,
  at: new Date(1_500),
  times: [new Date(2_000)],
  big: 2n ** 64n,
  bytes: new Uint8Array([1]),
  price: Object.assign(new Price(), { amount: 1 }),
  names: {},
  typed: null,
};

@Model()
class Person extends AtomicRedisModel {
  @Field(String) first!: string;
  @Exclude() @Field(String) last!: string;
  @Field(RedisInt) age!: RedisInt;
  @Field(() => Card) card!: Card;
  @Field(list(() => Card)) cards!: RedisList<Card>;

  @Expose() get full(): string {
    return `${this.first} ${this.last}, ${this.age.value}`;
  }

  @Expose({ name: 'parts' }) get held(): unknown {
    return { age: this.age, card: this.card, cards: this.cards, old: [...this.cards] };
  }

  @Expose() upper(): string {
    return this.first.toUpperCase();
  }

  get unexposed(): string {
    throw new Error('not asked for');
  }
}

@Exclude()
@Model()
class Closed extends AtomicRedisModel {
  @Field(String) a!: string;
  @Expose() @Field(String) b!: string;
  @Expose({ name: 'a' }) @Field(Date, { format: 'epochMs' }) c!: Date;
  @Transform(({ value }: { value: object }) => ({ inner: value })) @Expose() @Field(json()) d!: unknown;
}

@Model()
class Named extends AtomicRedisModel {
  @Field(String) name!: string;

  override toJSON(): Record<string, unknown> {
    return { called: super.toJSON().name };
  }
}

@Model()
class Group extends AtomicRedisModel {
  @Field(() => Named) head!: Named;
  @Field(list(() => Named)) members!: RedisList<Named>;
  @Field(dict(list(() => Named))) by!: RedisDict<RedisList<Named>>;
}

const read = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describeOnEveryBackend('what class-transformer shows', (backend) => {
  useModels(backend, Wallet, Card, Ruled, Person, Closed, Group);

  test('the rules of nested models are honoured in lists and dicts of any depth', async () => {
    const gift = { ...card, greeting: 'ho' };
    const created = await Wallet.create({
      main: card,
      cards: [card],
      by: { a: card },
      deep: [{ x: [card] }, {}],
      gaps: [null, card],
      gifts: [gift],
    });
    const wallet = await Wallet.get(created.key);
    const shown = {
      main: shownCard,
      spare: null,
      cards: [shownCard],
      by: { a: shownCard },
      deep: [{ x: [shownCard] }, {}],
      gaps: [null, shownCard],
      gifts: [{ ...shownCard, text: 'ho' }],
    };

    for (const one of [created, wallet]) {
      expect(one.toJSON()).toEqual(shown);
      expect(read(one)).toEqual(shown);
      expect(read([one.cards, one.by, one.deep, one.gaps, one.gifts])).toEqual([
        shown.cards,
        shown.by,
        shown.deep,
        shown.gaps,
        shown.gifts,
      ]);
      expect(read([one.deep[0], one.deep[0]?.['x'], one.by['a'], one.cards[0]])).toEqual([
        shown.deep[0],
        [shownCard],
        shownCard,
        shownCard,
      ]);
    }
    expect(wallet.toObject().by['a']?.pin).toBe('1234');
    expect(wallet.by.clone()['a']?.pin).toBe('1234');
    expect(await backend.json(wallet.key, '$.by.a.pin')).toBe('1234');
  });

  test('names of dicts are data', async () => {
    const wallet = await Wallet.create({ main: card, by: JSON.parse('{}') as Record<string, Card> });
    for (const name of ['__proto__', 'constructor', 'toJSON']) wallet.by.set(name, card);

    expect(Object.entries(read(wallet.by) as object)).toEqual([
      ['__proto__', shownCard],
      ['constructor', shownCard],
      ['toJSON', shownCard],
    ]);
    expect(JSON.stringify(wallet)).not.toContain('1234');
    expect(JSON.stringify((read(wallet) as { by: unknown }).by)).toBe(JSON.stringify(wallet.by));
  });

  test.each([
    [{ type: 'Buffer' }],
    [{ type: 'Buffer', data: [104, 105] }],
    [{ constructor: 'x', then: 'y' }],
    [{ constructor: { name: 'x' }, in: [{ constructor: null }] }],
    [JSON.parse('{ "__proto__": { "a": 1 } }') as unknown],
    [[]],
    ['text'],
    [null],
  ])('a field without rules is shown as it is stored: %j', async (any) => {
    const names = { constructor: 'x', valueOf: 'y' };
    const created = await Ruled.create({ ...ruled, any, names });
    const stored = (await backend.json(created.key)) as Record<string, unknown>;
    const { password: _, ...shown } = stored;

    for (const one of [created, await Ruled.get(created.key)]) {
      expect(JSON.stringify(one)).toBe(JSON.stringify(shown));
      expect(one.toJSON()).toEqual({ ...shown, at: 1_500, times: ['1970-01-01T00:00:02.000Z'], price: { amount: 2 }, any, names });
    }
  });

  test('@Type gives JSON the rules of a class', async () => {
    const one = await Ruled.create({ ...ruled, typed: { open: 'o', hidden: 'h' } });

    expect(one.toJSON()).toMatchObject({ typed: { open: 'o' } });
    expect(JSON.stringify(one)).not.toContain('hidden');
  });

  test('exposed getters and methods are shown, and see the properties of the instance', async () => {
    const created = await Person.create({ first: 'ada', last: 'byron', age: 36, card, cards: [card] });
    const shown = {
      first: 'ada',
      age: 36,
      card: shownCard,
      cards: [shownCard],
      full: 'ada byron, 36',
      parts: { age: 36, card: shownCard, cards: [shownCard], old: [shownCard] },
      upper: 'ADA',
    };

    for (const one of [created, await Person.get(created.key)]) {
      expect(one.toJSON()).toEqual(shown);
      expect(read(one)).toEqual(shown);
    }
    expect(Object.keys(created.toObject())).toEqual(['first', 'last', 'age', 'card', 'cards']);
    expect(Object.keys((await backend.json(created.key)) as object)).toEqual(['first', 'last', 'age', 'card', 'cards']);
  });

  test('a class that excludes all shows what is exposed, under its names', async () => {
    const one = await Closed.create({ a: 'a', b: 'b', c: new Date(3), d: { e: [1, { f: 2 }] } });

    expect(one.toJSON()).toEqual({ b: 'b', a: 3, d: { inner: { e: [1, { f: 2 }] } } });
  });

  test('a nested model that says itself what is shown of it is asked wherever it is', async () => {
    const [name, called] = [{ name: 'a' }, { called: 'a' }];
    const group = await Group.create({ head: name, members: [name], by: { x: [name] } });

    expect(group.toJSON()).toEqual({ head: called, members: [called], by: { x: [called] } });
    expect(read([group.members, group.by, group.by['x'], group.head])).toEqual([[called], { x: [called] }, [called], called]);
    expect(await backend.json(group.key)).toEqual({ head: name, members: [name], by: { x: [name] } });
  });

  test('nothing of it shows where values are inspected', async () => {
    const wallet = await Wallet.create({ main: card, cards: [card] });

    expect(inspect(wallet.cards[0])).toContain("pin: '1234'");
    expect(wallet.cards[0]?.pin).toBe('1234');
    expect(wallet.cards.map(({ pin }) => pin)).toEqual(['1234']);
    wallet.toJSON();
    expect(await backend.commandsSent(() => wallet.saveChanges())).toEqual([]);
  });
});
