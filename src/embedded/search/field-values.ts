import { findValues } from '../json/evaluate';
import { asDouble, isNumeric } from '../json/number';
import { JsonArray, JsonObject, type JsonValue } from '../json/value';
import { indexingFault } from './messages';
import type { Attribute } from './definition';

/** A value of a document cannot be indexed, so an index leaves the document out and reports this message. */
export class UnindexableError extends Error {
  override readonly name = 'UnindexableError';
}

type Scalar = string | number;

/** Stands for the sort value of a list, because the server does not sort lists in any meaningful order. */
export const LIST = Symbol('list');

/** The values of a document for one attribute. */
export interface FieldValues {
  /** Whether the path matches nothing; null counts as a match. */
  readonly isMissing: boolean;
  readonly values: readonly Scalar[];
  /** The value by which the document is sorted; undefined when it has none. */
  readonly sortValue: Scalar | typeof LIST | undefined;
}

export function fieldValuesOf(root: JsonValue, attribute: Attribute): FieldValues {
  const found = findValues(root, attribute.path);
  const [first] = found;
  if (first === undefined) return { isMissing: true, values: [], sortValue: undefined };
  const items = found.length > 1 ? found : first instanceof JsonArray ? first.items : undefined;
  if (items !== undefined) return valuesOfList(items, attribute);
  if (first === null) return { isMissing: false, values: [], sortValue: undefined };
  const value = scalarOf(first, attribute);
  return { isMissing: false, values: [value], sortValue: value };
}

function scalarOf(value: NonNullable<JsonValue>, { type }: Attribute): Scalar {
  if (value instanceof JsonObject) throw new UnindexableError(indexingFault.object);
  if (type === 'TAG' && typeof value === 'boolean') return String(value);
  const scalar = itemOf(value, type);
  if (scalar !== undefined) return scalar;
  throw new UnindexableError(
    typeof value === 'string' ? indexingFault.text : typeof value === 'boolean' ? indexingFault.boolean : indexingFault.number,
  );
}

/** A list must not hold booleans, although a single value may be one. */
function valuesOfList(items: readonly JsonValue[], { type, sortable }: Attribute): FieldValues {
  // The server cannot sort by an empty list, and leaves out the document without a reason.
  if (sortable && items.length === 0) throw new UnindexableError(indexingFault.unknown);
  const values = items
    .filter((item) => item !== null)
    .map((item) => {
      const value = itemOf(item, type);
      if (value === undefined) throw new UnindexableError(type === 'TAG' ? indexingFault.textList : indexingFault.numberList);
      return value;
    });
  return { isMissing: false, values, sortValue: LIST };
}

function itemOf(item: JsonValue, type: Attribute['type']): Scalar | undefined {
  if (type === 'NUMERIC') return isNumeric(item) ? asDouble(item) : undefined;
  // Tags are C strings, which end at the first zero byte.
  return typeof item === 'string' ? item.replace(/\0[^]*/, '') : undefined;
}
