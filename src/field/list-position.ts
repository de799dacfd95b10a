import { Mismatch } from '../codec/codec';
import type { ListState } from './list-state';

/** Refuses what is no position of any list; whether this one reaches so far only the server knows. */
export function requireWhole(state: ListState, index: number): ListState {
  if (Number.isSafeInteger(index)) return state;
  throw state.inHere(Mismatch.of('a whole number as position', index));
}
