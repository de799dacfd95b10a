import { isEmpty, type StoredValue } from '../state/values';
import type { Context } from './command';

/** Changes a collection, which is created when missing and goes away when it is left empty. */
export function changeCollection<T extends StoredValue, R>(
  context: Context,
  at: {
    readonly key: string;
    readonly read: (context: Context, key: string) => T | undefined;
    readonly create: () => T;
    /** Stays the same when nothing was changed, which those who watch the key are not told of then. */
    readonly stamp?: (value: T) => number;
  },
  change: (value: T) => R,
): R {
  const existing = at.read(context, at.key);
  const value = existing ?? at.create();
  const before = at.stamp?.(value);
  const result = change(value);
  if (isEmpty(value)) context.database.delete(at.key);
  else if (existing === undefined) context.database.set(at.key, value);
  else if (before === undefined || before !== at.stamp?.(value)) context.database.touch(at.key);
  return result;
}

/** Start and end of a range whose ends may count from the back; empty when `end` comes before `start`. */
export function rangeOf(start: number, stop: number, length: number): { readonly start: number; readonly end: number } {
  const first = Math.max(start < 0 ? length + start : start, 0);
  const last = Math.min(stop < 0 ? length + stop : stop, length - 1);
  return first > last ? { start: 0, end: 0 } : { start: first, end: last + 1 };
}
