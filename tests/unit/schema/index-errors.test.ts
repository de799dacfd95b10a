import { AtomicRedisModel, dict, Field, Index, json, list, literal, Model, SchemaError, type FieldDecorator } from 'redatom';
import { schemaOf } from '../../../src/schema/compile';
import { indexDefinitionOf } from '../../../src/search/index-definition';

/** What is wrong with a class whose field `it` is marked and declared like this. */
function problemsOf(...decorators: FieldDecorator[]): readonly string[] {
  @Model()
  class Probe extends AtomicRedisModel {}
  for (const decorate of decorators) decorate(Probe.prototype, 'it');
  try {
    schemaOf(Probe);
  } catch (error) {
    if (error instanceof SchemaError) return error.problems;
    throw error;
  }
  return [];
}

const marked = (index: FieldDecorator, field: unknown): [FieldDecorator, FieldDecorator] => [index, field as FieldDecorator];

/** What a caller without types can pass. */
const untyped = (value: unknown): never => value as never;

@Model()
class Inner extends AtomicRedisModel {}

test.each<[what: string, decorators: FieldDecorator[], problem: string]>([
  [
    'a date that is stored as text',
    marked(Index(), Field(Date)),
    "it: an index compares dates as numbers; write @Field(Date, { format: 'epochMs' })",
  ],
  [
    'a model',
    marked(
      Index(),
      Field(() => Inner),
    ),
    'it: an index holds single values; write @Index() at fields of the nested model instead',
  ],
  ['any JSON', marked(Index(), Field(json())), 'it: an index cannot hold json; remove @Index()'],
  ['a dict', marked(Index(), Field(dict(String))), 'it: an index cannot hold dict(string); remove @Index()'],
  ['a list of lists', marked(Index(), Field(list(list(String)))), 'it: an index cannot hold list(list(string)); remove @Index()'],
  ['of mixed values', marked(Index(), Field(literal('a', 1))), 'it: an index cannot hold literal; remove @Index()'],
  ['a list of booleans', marked(Index(), Field(list(Boolean))), 'it: an index cannot hold list(boolean); remove @Index()'],
  [
    'a list of what may be true',
    marked(Index(), Field(list(literal(true, 'x')))),
    'it: an index cannot hold list(literal); remove @Index()',
  ],
  ['a text like a truth value', marked(Index(), Field(literal('true', true))), 'it: an index cannot hold literal; remove @Index()'],
  ['a choice with NUL', marked(Index(), Field(literal('a', 'a\0'))), 'it: an index cannot hold literal; remove @Index()'],
  [
    'a list in an order',
    marked(Index({ sortable: true }), Field(list(String))),
    'it: a list of values has no place in an order; remove { sortable }',
  ],
  [
    'an option that is none',
    marked(Index(untyped({ sorted: true })), Field(String)),
    'it: @Index() knows no option "sorted"; write one of sortable',
  ],
  [
    'an option that is neither true nor false',
    marked(Index({ sortable: untyped('yes') }), Field(String)),
    'it: { sortable } must be true or false, found the text "yes"',
  ],
])('no index holds %s', (_what, decorators, problem) => {
  expect(problemsOf(...decorators)).toEqual([problem]);
});

test.each([untyped('name'), untyped(5), untyped(true)])('@Index(%p) is refused where it stands', (given) => {
  expect(() => Index(given)).toThrow(/^@Index was called with .*; write it with parentheses: @Index\(\)$/);
});

@Model()
class Place extends AtomicRedisModel {
  @Index() @Field(String) city!: string;
}

/** What is wrong with the index of a class. */
function problemsOfIndex(fields: Readonly<Record<string, FieldDecorator>>, prefix = 'probe'): readonly string[] {
  @Model({ prefix })
  class Probe extends AtomicRedisModel {}
  for (const [name, field] of Object.entries(fields)) {
    field(Probe.prototype, name);
    if (name !== 'home') Index()(Probe.prototype, name);
  }
  const schema = schemaOf(Probe);
  try {
    indexDefinitionOf(schema);
  } catch (error) {
    if (error instanceof SchemaError) return error.problems;
    throw error;
  }
  return [];
}

test('the names in an index can be named by a search, and are told apart', () => {
  const text = Field(String) as FieldDecorator;
  const home = Field(() => Place) as FieldDecorator;

  expect(problemsOfIndex({ $: text, 'a\u0001': text, b: text })).toEqual([
    '"$": no search can name it; choose another name',
    '"a\\u0001": no search can name it; choose another name',
  ]);
  expect(problemsOfIndex({ home, 'home.city': text })).toEqual([
    'home.city: two fields have this name in the index; choose another for one',
  ]);
  expect(problemsOfIndex({ b: text }, 'a\0b')).toEqual(['an index cuts the prefix off at NUL; choose another']);
  expect(problemsOfIndex({ home, b: text })).toEqual([]);
});
