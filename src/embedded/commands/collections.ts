import { isEmpty, type StoredValue } from '../state/values';
import type { Context } from './command';

/** Changes a collection. It is created when missing, and deleted when the change leaves it empty. */
export function changeCollection<T extends StoredValue, R>(
  context: Context,
  at: {
    readonly key: string;
    readonly read: (context: Context, key: string) => T | undefined;
    readonly create: () => T;
    /** Differs after every change. If it does not differ, clients that watch the key are not told. */
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

/** A range as `start` and exclusive `end`, from positions that may count from the back. Both are 0 when it is empty. */
export function rangeOf(start: number, stop: number, length: number): { readonly start: number; readonly end: number } {
  const first = Math.max(start < 0 ? length + start : start, 0);
  const last = Math.min(stop < 0 ? length + stop : stop, length - 1);
  return first > last ? { start: 0, end: 0 } : { start: first, end: last + 1 };
}
