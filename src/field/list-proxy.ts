import { setValue } from '../command/operations/values';
import { changeHere } from './changes';
import { CONTAINER } from './container';
import { removeBetween } from './list-changes';
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
  if (index > length) {
    const expected = `a position from 0 to ${length}, because lists have no holes; unshift(), splice() or insert() of the list itself make room`;
    throw state.misfit(index, expected, index);
  }
  const stored = state.encode(state.element, item, index);
  changeHere(state, [setValue('set', state.path.element(index), stored)], () => state.splice(index, 1, [stored]));
}

function assignLength(list: TrappedList, length: unknown): void {
  const state: ListState = list[CONTAINER];
  const present = state.items.length;
  if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0 || length > present) {
    throw state.misfit('length', `a length from 0 to ${present}, because lists have no holes`, length);
  }
  if (length === 0 && present > 0) list.clear();
  else removeBetween(state, 'length', { start: length, endExclusive: present });
}

/** Methods of Array that are called as `Array.prototype.splice.call(list, …)` delete the last items one by one, and then set the length. */
function deleteAt(list: TrappedList, name: string | symbol): void {
  const state: ListState = list[CONTAINER];
  const last = state.items.length - 1;
  if (last < 0 || name !== String(last)) {
    const place = typeof name === 'string' && INDEX.test(name) ? Number(name) : String(name);
    throw state.misfit(place, 'splice() or removeRange(), because lists have no holes', undefined);
  }
  removeBetween(state, 'delete', { start: last, endExclusive: last + 1 });
}

/** Makes `list[0] = x`, `list.length = 1` and `delete list[2]` changes like all others. Reads need no trap. */
export const listHandler: ProxyHandler<TrappedList> = {
  set(list, name, value) {
    if (typeof name === 'string' && INDEX.test(name)) assignAt(list, Number(name), value);
    else if (name === 'length') assignLength(list, value);
    else throw list[CONTAINER].misfit(String(name), 'a position of the list', name);
    return true;
  },
  deleteProperty(list, name) {
    // Deleting an inherited property does nothing, as on every object. Spies of test frameworks do it when they are restored.
    if (Object.hasOwn(list, name) || !(name in list)) deleteAt(list, name);
    return true;
  },
  defineProperty(list, name, descriptor) {
    return this.set?.(list, name, descriptor.value, list) ?? false;
  },
  /** Refused, because answers of the server must still change the list. Without this, Object.freeze() would fail half way and leave the list unusable. */
  preventExtensions: () => false,
  /** Hides the property that ties the list to its document, so that the list equals a plain array. */
  ownKeys: (list) => Reflect.ownKeys(list).filter((name) => name !== CONTAINER),
};
