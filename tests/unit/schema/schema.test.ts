import {
  AtomicRedisModel,
  Field,
  Index,
  Key,
  Model,
  RedisInt,
  RedisList,
  SchemaError,
  ValidationError,
  Version,
  enumOf,
  list,
} from 'redatom';
import { schemaOf } from '../../../src/schema/compile';

@Model({ prefix: 'base', ttl: 60, connection: 'other' })
class Base extends AtomicRedisModel {
  @Field(String) first: string | null = 'one';
  @Key() @Field(String) id!: string;
  @Field(Number) second!: number;
}

@Model()
class Child extends Base {
  @Field(String) third!: string;
  @Field(String, { nullable: true }) override first: string | null = 'two';
}
Index()(Child.prototype, 'second');

const namesOf = (model: typeof Base | typeof Child): string[] => schemaOf(model).fields.map(({ name }) => name);

describe('schemaOf', () => {
  test('compiles once, and freezes what it compiled', () => {
    expect(schemaOf(Base)).toBe(schemaOf(Base));
    expect(Object.isFrozen(schemaOf(Base))).toBe(true);
    expect(Object.isFrozen(schemaOf(Base).fields[0])).toBe(true);
  });

  test('keeps the order of declaration, parents first', () => {
    expect(namesOf(Base)).toEqual(['first', 'id', 'second']);
    expect(namesOf(Child)).toEqual(['first', 'id', 'second', 'third']);
  });

  test('lets a subclass declare a field anew, without a change of the parent', () => {
    expect(schemaOf(Child).byName.get('first')?.codec.nullable).toBe(true);
    expect(schemaOf(Base).byName.get('first')?.codec.nullable).toBe(false);
    expect(schemaOf(Child).byName.get('first')?.makeDefault?.()).toBe('two');
    expect(schemaOf(Base).byName.get('first')?.makeDefault?.()).toBe('one');
  });

  test('joins the marks of several decorators, and inherits them', () => {
    expect(schemaOf(Child).key?.name).toBe('id');
    expect(schemaOf(Child).byName.get('second')).toMatchObject({ index: { sortable: false }, isKey: false });
    expect(schemaOf(Child).byName.get('second')?.codec.name).toBe('number');
    expect(schemaOf(Base).byName.get('second')?.index).toBeUndefined();
  });

  test('gives each class its own options', () => {
    expect(schemaOf(Base)).toMatchObject({ prefix: 'base', ttlMs: 60_000, connection: 'other' });
    expect(schemaOf(Child)).toMatchObject({ prefix: 'Child', ttlMs: undefined, connection: undefined });
  });

  test('finds the defaults of kinds of fields', () => {
    @Model()
    class Kinds extends AtomicRedisModel {
      @Field(list(String)) tags!: RedisList<string>;
      @Field(RedisInt) count!: RedisInt;
      @Version() version!: number;
      @Field(String, { nullable: true }) nick!: string | null;
      @Field(String) required!: string;
    }
    const defaults = schemaOf(Kinds).fields.map(({ name, makeDefault }) => [name, makeDefault?.()]);
    expect(defaults).toEqual([
      ['tags', []],
      ['count', 0],
      ['version', 0],
      ['nick', null],
      ['required', undefined],
    ]);
    const [tags] = schemaOf(Kinds).fields;
    expect(tags?.makeDefault?.()).not.toBe(tags?.makeDefault?.());
  });
});

describe('an enum', () => {
  enum Level {
    Low = -1,
    High = 2.5,
    Huge = 1e21,
  }

  test.each<[string, Readonly<Record<string, string | number>>, (string | number)[], (string | number)[]]>([
    ['of numbers', Level, [-1, 2.5, 1e21], ['Low', 'High', 'Huge']],
    ['whose names look like numbers', { 200: 'ok', 404: 'missing' }, ['ok', 'missing'], [200, '200']],
    ['of numbers by numbers', { 1: 10, 10: 1, 2: 20 }, [10, 1, 20], [2, '1']],
    ['whose values are names of others', { 1: 'one', one: 'two' }, ['one', 'two'], [1]],
  ])('%s takes its values and nothing else', (_, values, taken, refused) => {
    @Model()
    class Chosen extends AtomicRedisModel {
      @Field(enumOf(values)) one!: string | number;
    }
    expect(taken.map((one) => Chosen.build({ one }).one)).toEqual(taken);
    for (const one of refused) expect(() => Chosen.build({ one })).toThrow(ValidationError);
  });
});

describe('the prefix of a model', () => {
  test('comes from its classKeyInitials, else its options, else its name', () => {
    @Model({ prefix: 'option' })
    class Own extends AtomicRedisModel {
      static override classKeyInitials(): string {
        return 'own';
      }
    }
    @Model({ prefix: 'below' })
    class Below extends Own {}
    expect(schemaOf(Own).prefix).toBe('own');
    expect(schemaOf(Below).prefix).toBe('own');
    expect(Own.keyOf('1')).toBe('own:1');
  });

  test('can be made from the prefix that it would have without classKeyInitials', () => {
    class Tenants extends AtomicRedisModel {
      static override classKeyInitials(): string {
        return `acme:${super.classKeyInitials()}`;
      }
    }
    @Model({ prefix: 'usr', hashTag: 'shop' })
    class User extends Tenants {}
    @Model()
    class Order extends Tenants {
      static override classKeyInitials(): string {
        return `eu:${super.classKeyInitials()}`;
      }
    }
    expect([schemaOf(User).prefix, schemaOf(Order).prefix]).toEqual(['{shop}acme:usr', 'eu:acme:Order']);
    expect([User.classKeyInitials(), Order.classKeyInitials()]).toEqual(['acme:usr', 'eu:acme:Order']);
  });

  test('begins with the hash tag', () => {
    @Model({ hashTag: 'shop', prefix: 'order' })
    class Tagged extends AtomicRedisModel {}
    expect(schemaOf(Tagged).prefix).toBe('{shop}order');
    expect(Tagged.keyOf('1')).toBe('{shop}order:1');
  });
});

describe('models that name one another', () => {
  test('are compiled, in a circle too', () => {
    @Model()
    class Node extends AtomicRedisModel {
      @Field(() => Node, { nullable: true }) next!: Node | null;
      @Field(list(() => Leaf)) leaves!: RedisList<Leaf>;
    }
    @Model()
    class Leaf extends AtomicRedisModel {
      @Field(() => Node, { nullable: true }) node!: Node | null;
    }
    expect(schemaOf(Node).fields.map(({ codec }) => codec.name)).toEqual(['nullable(Node)', 'list(Leaf)']);
    expect(Node.build({ next: { leaves: [{ node: {} }] } }).next?.leaves[0]?.node?.toJSON()).toEqual({ next: null, leaves: [] });
  });

  test('show their problems together with the outer one, each time', () => {
    @Model()
    class Inner extends AtomicRedisModel {
      // @ts-expect-error a list alone does not tell the type of its items
      @Field(RedisList) broken!: RedisList<string>;
    }
    @Model()
    class Outer extends AtomicRedisModel {
      @Field(list(() => Inner)) inner!: RedisList<Inner>;
    }
    for (let round = 0; round < 2; round += 1) {
      expect(() => schemaOf(Outer)).toThrow(SchemaError);
      expect(() => schemaOf(Outer)).toThrow(/^Inner is declared wrongly/);
    }
  });
});
