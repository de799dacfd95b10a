import type { Json } from '../codec/codec';
import { copyOfItems } from '../codec/collections';
import { sameItem } from '../command/checks';
import type { Operation } from '../command/operation';
import { appendItems, dropItem, insertItems, keepSlice, removeItem, removeSlice, replaceList } from '../command/operations/lists';
import { changeHere } from './changes';
import { clampPosition, requireWhole } from './list-arguments';
import { spliceInto, type ListState } from './list-state';

export function appendAll(state: ListState, verb: string, stored: readonly Json[]): number {
  if (stored.length > 0) changeHere(state, [appendItems(verb, state.path, stored)], () => state.append(stored));
  return state.items.length;
}

export function assignAll(state: ListState, verb: string, stored: Json[]): void {
  changeHere(state, [replaceList(verb, state.path, stored)], () => state.reset(stored));
}

export function insertAt(state: ListState, { verb, index }: { verb: string; index: number }, stored: readonly Json[]): void {
  if (stored.length === 0) return;
  const atEnd = index === state.items.length;
  const operation = atEnd ? appendItems(verb, state.path, stored) : insertItems(verb, state.path, { index, items: stored });
  changeHere(state, [operation], () => state.splice(index, 0, stored));
}

export function dropAt(state: ListState, verb: string, index: 0 | -1): unknown {
  const { items } = state;
  if (items.length === 0) return undefined;
  const at = index === 0 ? 0 : items.length - 1;
  const item = items[at];
  changeHere(state, [dropItem(verb, state.path, index)], () => state.splice(at, 1));
  return item;
}

/** The range of items to keep, with positions as in `slice` of Array. */
interface Slice {
  readonly start: number;
  readonly endExclusive: number | undefined;
}

/** The stored list may have other items at its ends, so the range itself is sent, not the removal of what goes here. */
export function trimming(state: ListState, verb: string, { start, endExclusive }: Slice): { operation: Operation; apply: () => void } {
  requireWhole(state, start);
  if (endExclusive !== undefined) requireWhole(state, endExclusive);
  const apply = (): void => {
    const { length } = state.items;
    const end = Math.max(clampPosition(start, length), clampPosition(endExclusive ?? length, length));
    state.splice(end, length - end);
    state.splice(0, clampPosition(start, length));
  };
  return { operation: keepSlice(verb, state.path, { start, endExclusive }), apply };
}

export function removeBetween(state: ListState, verb: string, range: { start: number; endExclusive: number }): void {
  if (range.endExclusive <= range.start) return;
  changeHere(state, [removeSlice(verb, state.path, range)], () => state.splice(range.start, range.endExclusive - range.start));
}

/** No command can express a new order, so the whole list is sent. The comparison may be inconsistent, so it is run once. */
export function reorder(state: ListState, verb: string, order: (items: unknown[]) => unknown): void {
  state.settleUnseen('collect');
  const items = copyOfItems(state.items);
  order(items);
  const stored = items.map((item) => state.storedFormOf(item));
  changeHere(state, [replaceList(verb, state.path, stored)], () => state.rearrange(items));
}

interface Replacement {
  readonly start: number;
  readonly deleteCount: number;
  readonly stored: readonly Json[];
}

/** Also sends the whole list. */
export function replaceBetween(state: ListState, verb: string, { start, deleteCount, stored }: Replacement): void {
  state.settleUnseen('collect');
  const all = state.toStored();
  spliceInto(all, { start, deleteCount }, stored);
  changeHere(state, [replaceList(verb, state.path, all)], () => state.splice(start, deleteCount, stored));
}

/** The removal of the first item that equals a given one. */
interface Removal {
  /** Undefined when there is nothing to send. */
  readonly operation: Operation | undefined;
  readonly isHere: boolean;
  /** Removes the local item. Verbs that were under way may have moved it, so it is looked up only then. */
  readonly apply: () => void;
}

const PLAIN_ITEM =
  'a text, number or boolean, because an item with parts is removed from where it stands here, and the document was not read';

/** Scalars are looked up by the server; an item with parts is removed at its position, if it is still there. */
export function removal(state: ListState, verb: string, item: unknown): Removal {
  const stored = state.encode(state.element, item, state.items.length);
  state.settleUnseen('collect');
  const index = state.indexOfStored(stored);
  const isHere = index !== -1;
  const known = isHere ? state.knownAt(index) : stored;
  const dropFound = (at: number): void => {
    if (at !== -1) state.splice(at, 1);
  };
  if (typeof known !== 'object' || known === null) {
    return { operation: removeItem(verb, state.path, known), isHere, apply: () => dropFound(state.indexOfStored(stored)) };
  }
  const path = state.path.element(index);
  if (state.root.isUnread) throw state.misfit(state.items.length, PLAIN_ITEM, item);
  const operation = isHere ? { ...dropItem(verb, state.path, index), checks: [sameItem(path, path, known)] } : undefined;
  return { operation, isHere, apply: () => dropFound(state.indexOfStored(stored, index)) };
}
