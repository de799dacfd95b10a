import { identical } from './equal';
import { cloneValue, type JsonArray, type JsonValue } from './value';

export function appendItems(array: JsonArray, items: readonly JsonValue[]): number {
  for (const item of items) array.append(cloneValue(item));
  return array.items.length;
}

/**
 * Inserts before `index`, which may be negative.
 *
 * @returns the new length, or undefined when the index is outside the array.
 */
export function insertItems(array: JsonArray, items: readonly JsonValue[], index: number): number | undefined {
  const { length } = array.items;
  const start = index < 0 ? length + index : index;
  if (start < 0 || start > length) return undefined;
  array.reserve(items.length);
  array.items.splice(start, 0, ...items.map(cloneValue));
  return array.items.length;
}

/** Removes and returns one item; an index outside the array is clipped. Undefined when the array is empty. */
export function popItem(array: JsonArray, index: number): JsonValue | undefined {
  if (array.items.length === 0) return undefined;
  return array.items.splice(clippedStart(index, array.items.length), 1)[0];
}

/** Keeps the items from `start` to `stop`, both inclusive and clipped. */
export function trimItems(array: JsonArray, start: number, stop: number): number {
  const { length } = array.items;
  const last = normalized(stop, length);
  const first = start < length ? normalized(start, length) : last + 1;
  const kept = first > last || length === 0 ? [] : array.items.slice(first, last + 1);
  array.items.splice(0, length, ...kept);
  return kept.length;
}

/** The first index of an identical item in [start, end), or -1. An end of 0 means the end of the array. */
export function indexOfItem(array: JsonArray, item: JsonValue, range: { readonly start: number; readonly end: number }): number {
  const { length } = array.items;
  if (length === 0) return -1;
  const start = clippedStart(range.start, length);
  const end = range.end === 0 ? length : range.end < 0 ? Math.max(0, length + range.end) : Math.min(range.end, length);
  for (let index = start; index < end; index += 1) if (identical(array.items[index] as JsonValue, item)) return index;
  return -1;
}

function clippedStart(start: number, length: number): number {
  return start < 0 ? Math.max(0, length + start) : Math.min(start, length - 1);
}

function normalized(index: number, length: number): number {
  if (index < 0) return length - Math.min(length, -index);
  return length > 0 ? Math.min(length - 1, index) : 0;
}
