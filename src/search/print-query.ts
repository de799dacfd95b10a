import type { Bound, Expression, ValueTest } from './expression';
import type { IndexedField } from './indexed-fields';

/** A condition as it is sent: text without values, and the values under the names by which the text refers to them. */
export interface Query {
  readonly text: string;
  /** Names and values, alternating. */
  readonly parameters: readonly string[];
}

/** The query that finds the documents of a condition, in dialect 2. There is no query for `none`. */
export function printQuery(expression: Expression): Query {
  const parameters: string[] = [];
  const name = (value: string): string => {
    const added = `p${parameters.length / 2}`;
    parameters.push(added, value);
    return `$${added}`;
  };
  return { text: print(expression, name), parameters };
}

/** Makes a value a parameter, and returns the text that represents it in the query. */
type Naming = (value: string) => string;

function print(expression: Expression, name: Naming): string {
  switch (expression.kind) {
    case 'all':
      return '*';
    case 'none':
      throw new Error('no query finds nothing');
    case 'has':
      return printTest(expression.field, expression.test, name);
    case 'lacks':
      return `ismissing(${nameInQuery(expression.attribute)})`;
    case 'not':
      return `(-${print(expression.part, name)})`;
    default:
      return `(${expression.parts.map((part) => print(part, name)).join(expression.kind === 'and' ? ' ' : '|')})`;
  }
}

function printTest(field: IndexedField, test: ValueTest, name: Naming): string {
  const at = nameInQuery(field.name);
  if (test.kind === 'between') return `(${at}:[${printBound(test.min, '-inf', name)} ${printBound(test.max, '+inf', name)}])`;
  if (field.type === 'TAG') return `(${at}:{${test.texts.map(name).join('|')}})`;
  const values = test.texts.map((text) => {
    const value = name(text);
    return `${at}:[${value} ${value}]`;
  });
  return `(${values.join('|')})`;
}

function printBound(bound: Bound | undefined, open: string, name: Naming): string {
  if (bound === undefined) return open;
  return `${bound.isExclusive ? '(' : ''}${name(String(bound.value))}`;
}

/** An attribute by its name. Characters with a meaning in queries are escaped; letters of other scripts need no escape. */
function nameInQuery(name: string): string {
  return `@${name.replace(/[\0-\x7f]/g, (sign) => (/\w/.test(sign) ? sign : `\\${sign}`))}`;
}
