import { JsonDocument } from '../json/document';
import { SortedSet } from './sorted-set';

export class HashValue {
  constructor(readonly fields = new Map<string, string>()) {}
}

export class ListValue {
  constructor(public items: string[] = []) {}
}

export class SetValue {
  constructor(readonly members = new Set<string>()) {}
}

/** What a key can hold; text is a Redis string. */
export type StoredValue = string | HashValue | ListValue | SetValue | SortedSet | JsonDocument;

/** The reply of TYPE. */
type TypeName = 'string' | 'hash' | 'list' | 'set' | 'zset' | 'ReJSON-RL';

export function typeOf(value: StoredValue): TypeName {
  if (typeof value === 'string') return 'string';
  if (value instanceof JsonDocument) return 'ReJSON-RL';
  if (value instanceof HashValue) return 'hash';
  if (value instanceof ListValue) return 'list';
  return value instanceof SetValue ? 'set' : 'zset';
}

export function isEmpty(value: StoredValue): boolean {
  if (value instanceof HashValue) return value.fields.size === 0;
  if (value instanceof ListValue) return value.items.length === 0;
  if (value instanceof SetValue) return value.members.size === 0;
  return value instanceof SortedSet && value.size === 0;
}
