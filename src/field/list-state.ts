import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../codec/codec';
import { copyOfItems } from '../codec/collections';
import { isSameStored } from '../codec/same-stored';
import { setValue } from '../command/operations/values';
import { getOrMake } from '../memo/get-or-make';
import type { SettleTask } from '../scope/document-root';
import { changeHere } from './changes';
import { Collection } from './collection';
import type { StoredView } from './container';

interface Range {
  readonly start: number;
  readonly deleteCount: number;
}

/** Like `splice` of Array, for a range that exists. The built-in takes ten to fifteen times as long on a subclass of Array. */
export function spliceInto<T>(target: T[], { start, deleteCount }: Range, items: readonly T[]): void {
  moveTail(target, start + deleteCount, items.length - deleteCount);
  for (let offset = 0; offset < items.length; offset += 1) target[start + offset] = items[offset] as T;
}

function moveTail(target: unknown[], from: number, by: number): void {
  const { length } = target;
  // Filled from the front, because an array that ever had holes stays slow.
  for (let added = 0; added < by; added += 1) target[length + added] = undefined;
  if (by > 0) for (let index = length - 1; index >= from; index -= 1) target[index + by] = target[index];
  else if (by < 0) {
    for (let index = from; index < length; index += 1) target[index + by] = target[index];
    target.length = length + by;
  }
}

/** Used until the list has its array. */
const NO_ITEMS: unknown[] = [];

/** Local state of a list: its items at run time, and where it lives. */
export class ListState extends Collection {
  /** The array behind the list that users hold; changed in place. */
  items: unknown[] = NO_ITEMS;
  /** The stored forms of items that can be changed from inside, as they were last known. */
  private known: Json[] | undefined = undefined;

  override get hasPositions(): boolean {
    return true;
  }

  reset(stored: Json): void {
    const source = stored as Json[];
    const staying = this.holdsContainers ? this.stayingIn(source) : undefined;
    for (const item of staying ?? []) this.containerOf(item)?.rememberBeforeChange();
    this.detachItems(0, this.items.length);
    if (this.items.length !== source.length) this.items.length = source.length;
    if (staying === undefined) this.fill(this.items, source);
    else source.forEach((item, index) => (this.items[index] = this.takenOver(staying[index], item, index)));
  }

  /** Puts the items of a stored list into an array of the same length, which then is the array of the list. */
  fill(items: unknown[], source: readonly Json[]): void {
    this.items = items;
    if (this.element.changesUnseen) this.known = [...source];
    if (this.element.identity) for (let index = 0; index < source.length; index += 1) items[index] = source[index];
    else for (let index = 0; index < source.length; index += 1) items[index] = this.toRuntime(source[index] as Json, index);
  }

  /** For each place of a stored list, the present item that stays: the one with the same key, or without keys the one with the same value in the same place. */
  private stayingIn(source: readonly Json[]): unknown[] {
    const byKey = new Map<Json, unknown[]>();
    let name: string | undefined;
    // From the end, so that of several items with one key the first is popped first.
    for (let index = this.items.length - 1; index >= 0; index -= 1) {
      const item = this.items[index];
      const identity = this.containerOf(item)?.identity();
      if (identity === undefined) continue;
      ({ name } = identity);
      getOrMake(byKey, identity.stored, () => []).push(item);
    }
    return source.map((stored, index) => {
      if (name !== undefined) return stored === null ? undefined : byKey.get((stored as JsonObject)[name] as Json)?.pop();
      const item = this.items[index];
      return this.containerOf(item) !== undefined && isSameStored(this.knownAt(index), stored) ? item : undefined;
    });
  }

  /** The item that stays, with its new stored value, or else a new item. */
  private takenOver(item: unknown, stored: Json, index: number): unknown {
    const container = this.containerOf(item);
    if (container === undefined) return this.toRuntime(stored, index);
    container.attach();
    container.segment = index;
    container.reset(stored);
    return item;
  }

  toStored(as: StoredView = 'present'): Json[] {
    if (as === 'known' && this.known !== undefined) return [...this.known];
    const out: Json[] = [];
    for (let index = 0; index < this.items.length; index += 1) out.push(this.storedAt(index, as));
    return out;
  }

  storedAt(index: number, as: StoredView = 'present'): Json {
    return this.storedFormOf(this.items[index], as);
  }

  /** The stored form of an item at any position. */
  storedFormOf(item: unknown, as: StoredView = 'present'): Json {
    if (this.element.identity) return item as Json;
    const container = this.containerOf(item);
    return container === undefined ? this.element.encode(item) : container.toStored(as);
  }

  settleUnseen(task: SettleTask): void {
    if (this.known === undefined && !this.holdsContainers) return;
    for (let index = 0; index < this.items.length; index += 1) this.settleItem(index, task);
  }

  /** The same for one item. */
  settleItem(index: number, task: SettleTask): void {
    const { known } = this;
    const item = this.items[index];
    if (item === undefined) return;
    if (known === undefined) {
      this.containerOf(item)?.settleUnseen(task);
      return;
    }
    const before = known[index] as Json;
    if (task === 'forget') {
      this.items[index] = this.toRuntime(before, index);
      return;
    }
    const now = this.unseenChange(this.element, item, { before, segment: index });
    if (now === undefined || task === 'check') return;
    changeHere(this, [setValue('set', this.path.element(index), now)], () => {
      known[index] = now;
    });
  }

  /** Puts the items in another order; the list is stored as a whole. */
  rearrange(items: readonly unknown[]): void {
    this.items.length = items.length;
    for (let index = 0; index < items.length; index += 1) this.items[index] = items[index];
    if (this.known !== undefined) this.known = this.toStored();
    this.renumber();
  }

  append(stored: readonly Json[]): void {
    for (const item of stored) {
      this.items[this.items.length] = this.toRuntime(item, this.items.length);
      this.known?.push(item);
    }
  }

  /** Replaces a range of items by stored ones. */
  splice(start: number, deleteCount: number, stored: readonly Json[] = []): void {
    this.detachItems(start, start + deleteCount);
    const range = { start, deleteCount };
    const added = stored.map((item, offset) => this.toRuntime(item, start + offset));
    spliceInto(this.items, range, added);
    if (this.known !== undefined) spliceInto(this.known, range, stored);
    if (stored.length !== deleteCount) this.renumber(start);
  }

  /** Reads an item that was removed in Redis. The local list loses the same item; if it cannot be read, it loses the one at that position. */
  takeRemoved(index: number, removed: string): unknown {
    const at = this.positionOf(index);
    const isHere = at >= 0 && at < this.items.length;
    try {
      const { stored, value } = this.readRemoved(this.element, removed, index);
      if (isHere && isSameStored(this.ownForm(this.storedAt(at)), this.ownForm(stored))) this.splice(at, 1);
      return value;
    } catch (error) {
      if (isHere) this.splice(at, 1);
      throw error;
    }
  }

  /** The form in which redatom itself would store an item. */
  private ownForm(stored: Json): Json {
    return this.element.encode(this.element.decode(stored));
  }

  /** Updates the paths of items after they have moved. */
  renumber(start = 0): void {
    if (!this.holdsContainers) return;
    for (let index = start; index < this.items.length; index += 1) {
      const container = this.containerOf(this.items[index]);
      if (container !== undefined) container.segment = index;
    }
  }

  snapshot(): () => void {
    const items = copyOfItems(this.items);
    const known = this.known && [...this.known];
    return () => {
      this.detachItems(0, this.items.length);
      this.items.length = items.length;
      for (let index = 0; index < items.length; index += 1) {
        this.items[index] = items[index];
        this.containerOf(items[index])?.attach();
      }
      this.known = known;
      this.settleUnseen('forget');
      this.renumber();
    };
  }

  /** Converts a position that may count from the end into one from 0. */
  positionOf(index: number): number {
    return index < 0 ? this.items.length + index : index;
  }

  /** Position of the first item with a stored form, or -1; of the one at `preferred` if that has it. */
  indexOfStored(wanted: Json, preferred = 0): number {
    const exact = this.indexWhere((stored) => stored === wanted || isDeepStrictEqual(stored, wanted), preferred);
    return exact === -1 ? this.indexWhere((stored) => isSameStored(stored, wanted), preferred) : exact;
  }

  private indexWhere(isWanted: (stored: Json) => boolean, preferred: number): number {
    if (preferred < this.items.length && isWanted(this.storedAt(preferred))) return preferred;
    for (let index = 0; index < this.items.length; index += 1) if (isWanted(this.storedAt(index))) return index;
    return -1;
  }

  /** The stored form of an item as it was last known; other writers may have put the same value in another form. */
  knownAt(index: number): Json {
    return this.known === undefined ? this.storedAt(index, 'known') : (this.known[index] as Json);
  }

  private toRuntime(stored: Json, index: number): unknown {
    if (this.element.identity || stored === null) return stored;
    return this.holdsContainers ? this.bindItem(this.element, stored, index) : this.decode(this.element, stored, index);
  }

  private detachItems(start: number, end: number): void {
    if (!this.holdsContainers) return;
    for (let index = start; index < end; index += 1) this.containerOf(this.items[index])?.detach();
  }
}
