import { AtomicRedisModel, connect, enumOf, Field, Index, Key, literal, Model, Version } from 'redatom';
import { schemaOf } from '../../../src/schema/compile';

/** What callers without types pass. */
const any = (value: unknown): never => value as never;

class Probe extends AtomicRedisModel {}
const context = { kind: 'field', name: 'it', metadata: {}, static: false };

function problemOf(type: unknown, { designType, given = true }: { designType?: unknown; given?: boolean } = {}): string {
  @Model()
  class Declared extends AtomicRedisModel {}
  if (designType !== undefined) Reflect.defineMetadata('design:type', designType, Declared.prototype, 'it');
  (given ? Field(any(type)) : Field())(Declared.prototype, 'it');
  try {
    schemaOf(Declared);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a type that is not there yet', () => {
  test.each([undefined, Object])('is told apart from one that was not given, where the compiler emits %p', (designType) => {
    expect(problemOf(undefined, { designType })).toMatch(/it: its class is not loaded yet, .* in a circle; .*: \(\) => TheClass$/);
    expect(problemOf(undefined, { designType, given: false })).toMatch(/it: its type is (unknown|ambiguous)/);
  });

  test('may be what the compiler knows', () => {
    expect(problemOf(undefined, { designType: String })).toBe('none');
  });
});

test('Object is no type, and json() is named', () => {
  expect(problemOf(Object)).toMatch(/it: Object says nothing of what it holds; write json\(\) for any JSON value/);
});

describe('a standard decorator', () => {
  test('refuses a private name', () => {
    expect(() => Field(String)(undefined as never, any({ ...context, name: '#it', private: true }))).toThrow(
      '#it is private to its class, so nothing could read or write it; give the field a public name',
    );
  });

  test.each(['accessor', 'getter', 'setter', 'method'])('refuses what is no property: %s', (kind) => {
    expect(() => Field(String)(undefined as never, any({ ...context, kind }))).toThrow(
      new TypeError('it is not a plain property, which a field must be; remove accessor, get, set or parentheses'),
    );
  });

  test('refuses a compiler that does not tell classes apart', () => {
    expect(() => Field(String)(undefined as never, any({ ...context, metadata: undefined }))).toThrow(
      /^this compiler does not say to which class the field it belongs \(context\.metadata\); use TypeScript 5\.2, .* or experimentalDecorators$/,
    );
  });

  test('refuses the call of a proposal of 2018, as Next.js compiles it without experimentalDecorators', () => {
    const element = { kind: 'field', key: 'it', placement: 'own', descriptor: {}, initializer: undefined };
    expect(() => Field(String)(any(element), any(undefined))).toThrow(
      new TypeError(
        'this compiler calls the decorators of it as a proposal of 2018 did; set "experimentalDecorators": true in tsconfig.json',
      ),
    );
  });
});

test('a decorator that is called without the name of its field says so', () => {
  expect(() => Field(String)(any(Probe.prototype), any(undefined))).toThrow(
    new TypeError('the name of a field must be text, found nothing'),
  );
});

describe('a legacy decorator', () => {
  const refused = /^it is not a plain property, which a field must be; /;

  test('refuses a getter, which the field would replace', () => {
    expect(() => {
      class Shown extends AtomicRedisModel {
        @Field(String) get it(): string {
          return 'x';
        }
      }
      return Shown;
    }).toThrow(refused);
  });

  test('refuses a method', () => {
    expect(() => {
      class Called extends AtomicRedisModel {
        @Field(any(String)) it(): string {
          return 'x';
        }
      }
      return Called;
    }).toThrow(refused);
  });

  test('takes a property as Babel describes it', () => {
    const property = { configurable: true, enumerable: true, writable: true, initializer: null };
    class Described extends AtomicRedisModel {}
    Reflect.apply(Field(String), undefined, [Described.prototype, 'it', property]);
    Model()(Described);

    expect(schemaOf(Described).names).toEqual(['it']);
  });
});

describe('a decorator without parentheses', () => {
  test.each<[string, (...given: never[]) => unknown, string]>([
    ['Field', Field, '@Field(String)'],
    ['Key', Key, '@Key()'],
    ['Version', Version, '@Version()'],
    ['Index', Index, '@Index()'],
  ])('is refused, by either convention: @%s', (name, decorate, call) => {
    expect(() => decorate(any(Probe.prototype), any('it'))).toThrow(
      new TypeError(`@${name} was called with the text "it"; write it with parentheses: ${call}`),
    );
    expect(() => decorate(any(undefined), any(context))).toThrow(
      new TypeError(`@${name} was called with the field it; write it with parentheses: ${call}`),
    );
  });

  test('is refused at a class', () => {
    expect(() => Model(any(Probe))).toThrow('Probe is declared wrongly:\n  - @Model needs parentheses; write @Model()');
    expect(() => Model(any('user'))).toThrow(
      new TypeError('@Model() takes its options as an object, such as { prefix: \'user\' }, found the text "user"'),
    );
  });
});

test.each([
  [[], 'found nothing'],
  [[['de', 'en']], 'found a list of 2'],
  [['de', undefined], 'found nothing'],
])('%j are no literals', (values, found) => {
  expect(() => literal(...values.map(any))).toThrow(
    new TypeError(`literal() takes texts, numbers or booleans, such as literal('de', 'en'), ${found}`),
  );
});

test.each([
  [undefined, 'found nothing: an enum of a module that is imported in a circle is not there yet; write () => enumOf(Role)'],
  [null, 'found null'],
  ['Role', 'found the text "Role"'],
])('%p is no enum', (values, found) => {
  expect(() => enumOf(any(values))).toThrow(new TypeError(`enumOf() takes an enum, such as enumOf(Role), ${found}`));
});

test.each([
  [[undefined], 'found nothing at position 0; modules that import one another in a circle have not made it yet'],
  [[Date], 'found the class Date at position 0'],
  [[null], 'found null at position 0'],
  [['User'], 'found the text "User" at position 0'],
])('connect takes no %p as models', async (models, found) => {
  await expect(connect('redis://127.0.0.1:1', { models: any(models) })).rejects.toThrow(
    new TypeError(`connect() takes classes that extend AtomicRedisModel, ${found}`),
  );
});
