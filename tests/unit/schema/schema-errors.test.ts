import {
  AtomicRedisModel,
  Field,
  Index,
  Key,
  Model,
  RedisDict,
  RedisList,
  SchemaError,
  Version,
  enumOf,
  list,
  type FieldOptions,
  type ModelOptions,
} from 'redatom';
import { schemaOf } from '../../../src/schema/compile';
import { describe as describeValue } from '../../../src/input/describe';
import type { ModelClass } from '../../../src/schema/model-schema';

function problemsOf(model: ModelClass): readonly string[] {
  try {
    schemaOf(model);
  } catch (error) {
    if (error instanceof SchemaError) return error.problems;
    throw error;
  }
  return [];
}

/** A class with the given decorators on its field `it`, put there as compilers with legacy decorators do. */
function declared(...decorators: ReturnType<typeof Field>[]): ModelClass {
  @Model()
  class Probe extends AtomicRedisModel {}
  for (const decorate of decorators) decorate(Probe.prototype, 'it');
  return Probe;
}

/** What a caller without types can pass. */
const untyped = (value: unknown): never => value as never;

class NoModel {}

describe('an invalid field', () => {
  test.each<[string, ModelClass, string]>([
    [
      'has no type',
      declared(Field()),
      'it: its type is unknown, because this compiler emits no type metadata; write @Field(String), or the type that it has',
    ],
    ['is a bare list', declared(Field(RedisList)), 'it: element type unknown; write @Field(list(String)), or the type that its items have'],
    ['is a bare dict', declared(Field(RedisDict)), 'it: value type unknown; write @Field(dict(String)), or the type that its values have'],
    [
      'is a list of bare lists',
      declared(Field(list(RedisList))),
      'it: element type unknown; write @Field(list(String)), or the type that its items have',
    ],
    ['is an Array', declared(Field(Array)), 'it: element type unknown; write @Field(list(String)), or the type that its items have'],
    [
      'is an Object',
      declared(Field(Object)),
      'it: Object says nothing of what it holds; write json() for any JSON value, dict(…) for values of one type, or a class',
    ],
    [
      'is a Function',
      declared(Field(Function as never)),
      'it: its type is unknown (an import type, or a function); import the class as a value and write @Field(() => TheClass)',
    ],
    ['is a Map', declared(Field(Map)), 'it: a Map cannot be stored as one; write @Field(dict(String)), or the type that its values have'],
    ['is a Set', declared(Field(Set)), 'it: a Set cannot be stored as one; write @Field(list(String)), or the type that its items have'],
    ['is a Promise', declared(Field(Promise)), 'it: promises cannot be stored; remove @Field'],
    [
      'is text',
      declared(Field(untyped('String'))),
      'it: String is no type; write a class, list(…), dict(…), enumOf(…), literal(…) or json()',
    ],
    [
      'is an object',
      declared(Field(untyped({}))),
      'it: its type is no class; write a class, list(…), dict(…) or a function that returns one',
    ],
    [
      'is a list of a class that is not loaded yet',
      declared(Field(list(untyped(undefined)))),
      'it: its class is not loaded yet, because modules import one another in a circle; write a function that returns it: () => TheClass',
    ],
    [
      'has the format of a date',
      declared(Field(String, { format: 'epochMs' })),
      'it: { format } is for dates, this is string; leave it out',
    ],
    [
      'has a format that is none',
      declared(Field(Date, { format: untyped('epoch') })),
      "it: { format } is 'iso', 'epochMs' or 'epochSeconds', found the text \"epoch\"",
    ],
    ['is only a key', declared(Key()), 'it: it has no @Field(); write @Field(String), or the type that it has'],
    ['is only indexed', declared(Index()), 'it: it has no @Field(); write @Field(String), or the type that it has'],
    [
      'is a key that may be null',
      declared(Key(), Field(String, { nullable: true })),
      'it: a key must be text, a number, a date or an enum, this is nullable(string); write @Field(String)',
    ],
    [
      'is a key of many',
      declared(Key(), Field(list(String))),
      'it: a key must be text, a number, a date or an enum, this is list(string); write @Field(String)',
    ],
    [
      'is a key of a class',
      declared(Key(), Field(NoModel)),
      'it: a key must be text, a number, a date or an enum, this is NoModel; write @Field(String)',
    ],
    [
      'is a version of text',
      declared(Version(), Field(String)),
      'it: a version must be a whole number, this is string; write @Version() it!: number',
    ],
    [
      'is a version that may be null',
      declared(Version(), Field(Number, { nullable: true })),
      'it: a version must be a whole number, this is nullable(number); write @Version() it!: number',
    ],
    [
      'has an option that is none',
      declared(Field(String, { defualt: 'x' } as FieldOptions<boolean, string>)),
      'it: @Field() knows no option "defualt"; write one of nullable, default, format',
    ],
    [
      'has a default of another type',
      declared(Field(Number, { default: 'x' as unknown as number })),
      'it: its default does not fit: expects a finite number, found the text "x"',
    ],
    [
      'makes a default outside of its enum',
      declared(Field(enumOf({ A: 'a' }), { default: () => 'b' })),
      'it: its default does not fit: expects one of "a", found the text "b"',
    ],
  ])('%s', (_, model, problem) => {
    expect(problemsOf(model)).toEqual([problem]);
  });

  test.each([
    [String, 'string'],
    [Boolean, 'boolean'],
    [Date, 'Date'],
    [BigInt, 'bigint'],
  ])('is a version whose property is a %p', (type, name) => {
    @Model()
    class Probe extends AtomicRedisModel {}
    Reflect.defineMetadata('design:type', type, Probe.prototype, 'it');
    Version()(Probe.prototype, 'it');
    expect(problemsOf(Probe)).toEqual([`it: a version must be a whole number, this is ${name}; write @Version() it!: number`]);
  });

  test('is static', () => {
    @Model()
    class Probe extends AtomicRedisModel {
      // @ts-expect-error the class itself has no document
      @Field(String) static a: string;
      // @ts-expect-error the class itself has no document
      @Version() static b: number;
      @Key() @Field(String) own!: string;
    }
    expect(problemsOf(Probe)).toEqual([
      'a: it is static, but fields belong to instances; remove static or the decorator',
      'b: it is static, but fields belong to instances; remove static or the decorator',
    ]);
  });

  test('is static, by the standard convention of decorators', () => {
    @Model()
    class Probe extends AtomicRedisModel {}
    const metadata = {};
    Object.defineProperty(Probe, (Symbol as { metadata?: symbol }).metadata as symbol, { value: metadata });
    Field(String)(undefined, { kind: 'field', name: 'a', static: true, metadata } as unknown as ClassFieldDecoratorContext<
      unknown,
      string
    >);
    Model()(Probe, { metadata } as unknown as ClassDecoratorContext);
    expect(problemsOf(Probe)).toEqual(['a: it is static, but fields belong to instances; remove static or the decorator']);
  });

  test.each(['save', 'key', 'pk', 'pipeline', 'toJSON', 'constructor', '__proto__'])('has the name %s of a member', (name) => {
    @Model()
    class Probe extends AtomicRedisModel {}
    Field(String)(Probe.prototype, name);
    expect(problemsOf(Probe)).toEqual([`${name}: the name belongs to the model's own members; choose another`]);
  });

  test.each(['back\\slash', ' blank', `"'`])('has the name %j that RedisJSON cannot address', (name) => {
    @Model()
    class Probe extends AtomicRedisModel {}
    Field(String)(Probe.prototype, name);
    expect(problemsOf(Probe)).toEqual([
      `${name}: RedisJSON cannot address a name with a backslash, both kinds of quote or a leading blank; choose another`,
    ]);
  });

  test('has a symbol for a name', () => {
    expect(() => {
      Field(String)(NoModel.prototype, Symbol('s'));
    }).toThrow('the name of a field must be text, found a symbol');
  });
});

describe('a time to live', () => {
  test.each([
    [3600, 3_600_000],
    [2.01, 2010],
    [1.1, 1100],
    [0.0001, 1],
  ])('of %d seconds is %d milliseconds', (ttl, ttlMs) => {
    @Model({ ttl })
    class Passing extends AtomicRedisModel {}
    expect(schemaOf(Passing).ttlMs).toBe(ttlMs);
  });
});

describe('an invalid class', () => {
  test('lacks @Model()', () => {
    class Bare extends AtomicRedisModel {
      @Field(String) name!: string;
    }
    expect(problemsOf(Bare)).toEqual(['it has no decorator; write @Model() above class Bare']);
  });

  test.each([
    [{ ttl: 0 }, '{ ttl } must be a positive number of seconds, found 0; write { ttl: 3600 }'],
    [{ ttl: -1 }, '{ ttl } must be a positive number of seconds, found -1; write { ttl: 3600 }'],
    [{ ttl: Infinity }, '{ ttl } must be a positive number of seconds, found Infinity; write { ttl: 3600 }'],
    [{ ttl: '5' }, '{ ttl } must be a positive number of seconds, found the text "5"; write { ttl: 3600 }'],
    [{ refreshTtl: 'often' }, "{ refreshTtl } is 'never', 'onWrite' or 'onUse', found the text \"often\""],
    [{ tll: 3 }, '@Model() knows no option "tll"; write one of prefix, ttl, refreshTtl, connection, hashTag'],
    [{ prefix: '' }, '{ prefix } must be text that is not empty, found the text ""; write { prefix: \'user\' }'],
    [{ prefix: 42 }, "{ prefix } must be text that is not empty, found the number 42; write { prefix: 'user' }"],
    [{ prefix: '\ud800' }, '{ prefix } must be text that is not empty, found the text "\\ud800"; write { prefix: \'user\' }'],
    [{ connection: 7 }, "{ connection } must be text that is not empty, found the number 7; write { connection: 'main' }"],
    [{ hashTag: 7 }, "{ hashTag } must be text without braces that is not empty, found the number 7; write { hashTag: 'shop' }"],
    [{ hashTag: '' }, '{ hashTag } must be text without braces that is not empty, found the text ""; write { hashTag: \'shop\' }'],
    [{ hashTag: 'a}' }, '{ hashTag } must be text without braces that is not empty, found the text "a}"; write { hashTag: \'shop\' }'],
  ])('has the options %j', (options, problem) => {
    @Model(options as ModelOptions)
    class Probe extends AtomicRedisModel {}
    expect(problemsOf(Probe)).toEqual([problem]);
  });

  test.each([undefined, 42, '', '\udc00'])('gives its keys the initials %j', (initials) => {
    @Model({ hashTag: 'shop' })
    class Probe extends AtomicRedisModel {
      static override classKeyInitials(): string {
        return initials as string;
      }
    }
    expect(problemsOf(Probe)).toEqual([`classKeyInitials() gives text that is not empty, found ${describeValue(initials)}; return 'user'`]);
  });

  test('has no name, and gives its keys no prefix', () => {
    const probe = ((): ModelClass => class extends AtomicRedisModel {})();
    Model()(probe);
    expect(problemsOf(probe)).toEqual(['{ prefix } must be text that is not empty, found the text ""; write { prefix: \'user\' }']);
  });

  test('has two keys, or two versions', () => {
    @Model()
    class Probe extends AtomicRedisModel {
      @Key() @Field(String) one!: string;
      @Key() @Field(String) two!: string;
      @Version() first!: number;
      @Version() second!: number;
    }
    expect(problemsOf(Probe)).toEqual([
      '@Key() is on one and two; only one field can have it',
      '@Version() is on first and second; only one field can have it',
    ]);
  });

  test('has a constructor that needs arguments', () => {
    @Model()
    class Probe extends AtomicRedisModel {
      @Field(String) name!: string;

      constructor(init: { name: string }) {
        super({ name: init.name.trim() });
      }
    }
    expect(problemsOf(Probe)).toEqual([
      expect.stringMatching(
        /^its constructor must work without arguments, but it throws: TypeError: .*; give its parameters defaults$/,
      ) as string,
    ]);
  });

  test('makes other instances of itself', () => {
    @Model()
    class Probe extends AtomicRedisModel {
      @Field(String, { default: '' }) name!: string;
      readonly next = new Probe();
    }
    expect(problemsOf(Probe)).toEqual(['its constructor makes another Probe; make it in a method']);
  });

  test('lists all its problems at once, with its name', () => {
    @Model({ ttl: -5, prefix: '' })
    class Broken extends AtomicRedisModel {
      @Key() @Field(list(String)) one!: RedisList<string>;
      @Key() two!: string;
      // @ts-expect-error a list alone does not tell the type of its items
      @Field(RedisList) three!: RedisList<string>;
    }
    expect(() => schemaOf(Broken)).toThrow(
      new SchemaError('Broken', [
        '{ ttl } must be a positive number of seconds, found -5; write { ttl: 3600 }',
        '@Key() is on one and two; only one field can have it',
        '{ prefix } must be text that is not empty, found the text ""; write { prefix: \'user\' }',
        'one: a key must be text, a number, a date or an enum, this is list(string); write @Field(String)',
        'two: it has no @Field(); write @Field(String), or the type that it has',
        'three: element type unknown; write @Field(list(String)), or the type that its items have',
      ]),
    );
  });
});
