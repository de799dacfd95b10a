import { Mismatch } from '../codec/codec';
import { removeSlice } from '../command/operations/lists';
import { setValue } from '../command/operations/values';
import { changeHere } from './changes';
import { CONTAINER } from './container';
import type { ListState } from './list-state';

/** What the traps need of a list. */
interface TrappedList {
  readonly [CONTAINER]: ListState;
  push(item: unknown): number;
  clear(): void;
}

const INDEX = /^(0|[1-9]\d*)$/;

function assignAt(list: TrappedList, index: number, item: unknown): void {
  const state: ListState = list[CONTAINER];
  const { length } = state.items;
  if (index === length) {
    list.push(item);
    return;
  }
  if (index > length) throw state.invalid(Mismatch.of(`a position from 0 to ${length}, because lists have no holes`, index), index);
  const stored = state.encode(state.element, item, index);
  changeHere(state, [setValue('set', state.path.element(index), stored)], () => state.splice(index, 1, [stored]));
}

function assignLength(list: TrappedList, length: unknown): void {
  const state: ListState = list[CONTAINER];
  const present = state.items.length;
  if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0 || length > present) {
    throw state.invalid(Mismatch.of(`a length from 0 to ${present}, because lists have no holes`, length), 'length');
  }
  if (length === 0 && present > 0) list.clear();
  else if (length < present) {
    const range = { start: length, endExclusive: present };
    changeHere(state, [removeSlice('length', state.path, range)], () => state.splice(length, present - length));
  }
}

/** What makes `list[0] = x`, `list.length = 1` and `delete list[0]` changes like the others. Reads need no trap. */
export const listHandler: ProxyHandler<TrappedList> = {
  set(list, name, value) {
    if (typeof name === 'string' && INDEX.test(name)) assignAt(list, Number(name), value);
    else if (name === 'length') assignLength(list, value);
    else throw list[CONTAINER].invalid(Mismatch.of('a position of the list', name), String(name));
    return true;
  },
  deleteProperty(list, name) {
    throw list[CONTAINER].invalid(Mismatch.of('splice() or removeRange(), because lists have no holes', undefined), String(name));
  },
  defineProperty(list, name, descriptor) {
    return this.set?.(list, name, descriptor.value, list) ?? false;
  },
  /** Changes of others have to reach it. Node would tell half-way that a list cannot be frozen, and leave it unusable. */
  preventExtensions: () => false,
  /** What ties the list to its document is not among its members, so that it equals a plain array. */
  ownKeys: (list) => Reflect.ownKeys(list).filter((name) => name !== CONTAINER),
};
