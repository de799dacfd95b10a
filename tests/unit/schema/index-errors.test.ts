import { AtomicRedisModel, dict, Field, Index, json, list, literal, Model, SchemaError, type FieldDecorator } from 'redatom';
import { schemaOf } from '../../../src/schema/compile';

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

/** What a user without types can hand over. */
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
    'it: { sortable } is true or false, found the text "yes"',
  ],
])('no index holds %s', (_what, decorators, problem) => {
  expect(problemsOf(...decorators)).toEqual([problem]);
});

test.each([untyped('name'), untyped(5), untyped(true)])('@Index(%p) is refused where it stands', (given) => {
  expect(() => Index(given)).toThrow(/^@Index was called with .*; write it with parentheses: @Index\(\)$/);
});
