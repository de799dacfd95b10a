import { queryFault } from './messages';
import type { Attribute, IndexDefinition } from './definition';
import { QueryError, type Bound, type Expression } from './expression';
import type { FieldValues } from './field-values';

/** The values of one document, by attribute. */
export type Entry = ReadonlyMap<string, FieldValues>;

/** Refuses conditions that the attributes were not created for. */
export function checkQuery(expression: Expression, index: IndexDefinition): void {
  const parts = partsOf(expression);
  if (parts.some((part) => part.kind === 'tag' && part.texts.includes('') && !coversEmpty(part.name, index)))
    throw new QueryError(queryFault.indexEmpty);
  for (const part of parts)
    if (part.kind === 'missing' && index.attributes.get(part.name)?.indexMissing === false)
      throw new QueryError(queryFault.indexMissing(part.name));
}

/** If the attribute is not a TAG, all TAG attributes of the index count. */
function coversEmpty(name: string, { attributes }: IndexDefinition): boolean {
  const attribute = attributes.get(name);
  const asked = attribute?.type === 'TAG' ? [attribute] : [...attributes.values()].filter(({ type }) => type === 'TAG');
  return asked.every(({ indexEmpty }) => indexEmpty);
}

function partsOf(expression: Expression): Expression[] {
  if (expression.kind === 'not') return partsOf(expression.part);
  return expression.kind === 'all' || expression.kind === 'any' ? expression.parts.flatMap(partsOf) : [expression];
}

/** Whether a document matches a query. An attribute that the index does not have, or that has another type, has no values. */
export function matches(expression: Expression, entry: Entry, index: IndexDefinition): boolean {
  switch (expression.kind) {
    case 'everything':
      return true;
    case 'nothing':
      return false;
    case 'all':
      return expression.parts.every((part) => matches(part, entry, index));
    case 'any':
      return expression.parts.some((part) => matches(part, entry, index));
    case 'not':
      return !matches(expression.part, entry, index);
    case 'missing':
      return entry.get(expression.name)?.isMissing === true;
    case 'tag': {
      const attribute = index.attributes.get(expression.name);
      const wanted = expression.texts.map((text) => folded(text, attribute));
      return valuesOf('string', entry.get(expression.name)).some((value) => wanted.includes(folded(value, attribute)));
    }
    case 'range':
      return valuesOf('number', entry.get(expression.name)).some((value) => isWithin(value, expression));
  }
}

function valuesOf(type: 'string', field: FieldValues | undefined): string[];
function valuesOf(type: 'number', field: FieldValues | undefined): number[];
function valuesOf(type: string, field: FieldValues | undefined): unknown[] {
  return (field?.values ?? []).filter((value) => typeof value === type);
}

/** Letters beyond ASCII keep their case, as in the server. */
function folded(text: string, attribute: Attribute | undefined): string {
  return attribute?.caseSensitive === false ? text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : text;
}

function isWithin(value: number, { lower, upper }: { readonly lower: Bound; readonly upper: Bound }): boolean {
  return (lower.exclusive ? value > lower.value : value >= lower.value) && (upper.exclusive ? value < upper.value : value <= upper.value);
}
