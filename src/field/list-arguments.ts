import { Mismatch, plainOf } from '../codec/codec';
import type { ListState } from './list-state';

/** Refuses what is no position of any list; whether this one reaches so far only the server knows. */
export function requireWhole(state: ListState, index: number): ListState {
  if (Number.isSafeInteger(index)) return state;
  throw state.inHere(Mismatch.of('a whole number as position', index));
}

/** Refuses what holds no items: the letters of a text are never meant. */
export function requireItems(state: ListState, items: unknown): void {
  const isIterable = typeof items === 'object' && items !== null && Symbol.iterator in items;
  const isText = items instanceof String || typeof plainOf(items) === 'string';
  if (!isIterable || isText) throw state.inHere(Mismatch.of('an iterable of items, such as an array', items));
}

/** A position from 0 for one from the start or the end of what is here. */
export function positionIn(state: ListState, index: number, max: number): number {
  requireWhole(state, index);
  const at = index < 0 ? max + index : index;
  if (at >= 0 && at <= max) return at;
  throw state.misfit(index, `a position from -${max} to ${max}`, index);
}

/** A position as methods of Array take it: beyond the ends it is an end. */
export function clampPosition(index: number, length: number): number {
  const whole = Math.trunc(index) || 0;
  return whole < 0 ? Math.max(0, length + whole) : Math.min(whole, length);
}
