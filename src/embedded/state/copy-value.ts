import { JsonDocument } from '../json/document';
import { cloneValue } from '../json/value';
import { SortedSet } from './sorted-set';
import { HashValue, ListValue, SetValue, type StoredValue } from './values';

/** A value that shares nothing with the original. */
export function copyValue(value: StoredValue): StoredValue {
  if (typeof value === 'string') return value;
  if (value instanceof JsonDocument) return new JsonDocument(cloneValue(value.root));
  if (value instanceof ListValue) return new ListValue([...value.items]);
  if (value instanceof HashValue) return new HashValue(new Map(value.fields));
  if (value instanceof SetValue) return new SetValue(new Set(value.members));
  const copy = new SortedSet();
  for (const { member, score } of value.ascending()) copy.set(member, score);
  return copy;
}
