import { Mismatch, plainOf } from '../codec/codec';
import type { ListState } from './list-state';

/** Refuses a value that is no position of any list. Whether the stored list is long enough, only the server knows. */
export function requireWhole(state: ListState, index: number): ListState {
  if (Number.isSafeInteger(index)) return state;
  throw state.inHere(Mismatch.of('a whole number as position', index));
}

/** Refuses values that are not iterable, and texts, whose letters are never meant as items. */
export function requireItems(state: ListState, items: unknown): void {
  const isIterable = typeof items === 'object' && items !== null && Symbol.iterator in items;
  const isText = items instanceof String || typeof plainOf(items) === 'string';
  if (!isIterable || isText) throw state.inHere(Mismatch.of('an iterable of items, such as an array', items));
}

/** Converts a position that may count from the end into one from 0, and refuses one outside of the local list. */
export function positionIn(state: ListState, index: number, max: number): number {
  requireWhole(state, index);
  const at = index < 0 ? max + index : index;
  if (at >= 0 && at <= max) return at;
  throw state.misfit(index, `a position from -${max} to ${max}`, index);
}

/** Converts a position as methods of Array do: one beyond an end becomes that end. */
export function clampPosition(index: number, length: number): number {
  const whole = Math.trunc(index) || 0;
  return whole < 0 ? Math.max(0, length + whole) : Math.min(whole, length);
}
