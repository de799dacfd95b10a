import type { Json } from '../codec/codec';
import { appendItems, dropItem, insertItems, removeSlice, replaceList } from '../command/operations/lists';
import { copyOf, spliceInto, type ListState } from './list-state';

export function insertAt(state: ListState, { verb, index }: { verb: string; index: number }, stored: readonly Json[]): void {
  if (stored.length === 0) return;
  const atEnd = index === state.items.length;
  const operation = atEnd ? appendItems(verb, state.path, stored) : insertItems(verb, state.path, { index, items: stored });
  state.change([operation], () => state.splice(index, 0, stored));
}

export function dropAt(state: ListState, verb: string, index: 0 | -1): unknown {
  const { items } = state;
  if (items.length === 0) return undefined;
  const at = index === 0 ? 0 : items.length - 1;
  const item = items[at];
  state.change([dropItem(verb, state.path, index)], () => state.splice(at, 1));
  return item;
}

export function removeBetween(state: ListState, verb: string, range: { start: number; endExclusive: number }): void {
  if (range.endExclusive <= range.start) return;
  state.change([removeSlice(verb, state.path, range)], () => state.splice(range.start, range.endExclusive - range.start));
}

/** No command can say it, so the list is sent as a whole. What compares may answer otherwise each time, so it is asked once. */
export function reorder(state: ListState, verb: string, order: (items: unknown[]) => unknown): void {
  state.settleInside('collect');
  const items = copyOf(state.items);
  order(items);
  const stored = items.map((item) => state.storedFormOf(item));
  state.change([replaceList(verb, state.path, stored)], () => state.rearrange(items));
}

interface Replacement {
  readonly start: number;
  readonly deleteCount: number;
  readonly stored: readonly Json[];
}

/** Sends the list as a whole as well. */
export function replaceBetween(state: ListState, verb: string, { start, deleteCount, stored }: Replacement): void {
  state.settleInside('collect');
  const all = state.toStored();
  spliceInto(all, { start, deleteCount }, stored);
  state.change([replaceList(verb, state.path, all)], () => {
    state.splice(start, deleteCount, stored);
    state.noteRewritten();
  });
}
