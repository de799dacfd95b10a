import type { Codec, Json } from '../codec/codec';
import { copyStored } from '../codec/document';
import { appendItems, insertItemAt, popItem, replaceList } from '../command/operations/lists';
import { setItem } from '../command/operations/values';
import type { CallOptions } from '../input/call-options';
import { softDeadlineOf } from '../async/time-left';
import { requireNoPipeline } from '../scope/outside-pipeline';
import { startVerb } from '../scope/start-verb';
import { FIELD_KIND } from '../schema/type-reference';
import { loadValue, saveValue } from './load-and-save';
import { changeHere, changeStored } from './changes';
import { CONTAINER, type Placement } from './container';
import { INSPECT, shown } from '../input/inspect';
import { listView } from './json-view';
import { appendAll, assignAll, dropAt, insertAt, removal, removeBetween, reorder, replaceBetween, trimming } from './list-changes';
import { clampPosition, positionIn, requireItems, requireWhole } from './list-arguments';
import { listHandler } from './list-proxy';
import { ListState } from './list-state';
import { explainOutOfRange } from './explain-out-of-range';
import type { Input, INPUT, Plain, PLAIN } from './plain-types';

/** Items that a verb takes. Compilers point out a wrong item of an array literal, but not of any other iterable. */
export type Items<T> = readonly Input<T>[] | Iterable<Input<T>>;

/**
 * A list in a document. It is an Array; you can also change it in Redis item by item.
 *
 * Mutators of Array, `append`, `extend`, `insert`, `remove`, `removeRange`, `clear`, `assign` and `list[i] = item` change the local list. They are queued when
 * a pipeline is open; otherwise they wait for `saveChanges()`. The `a…` verbs go to Redis at once. Methods that make new arrays (`map`, `filter`, `slice`) make
 * plain ones. `delete list[i]` removes the last item; for any other it would leave a hole, and is refused.
 *
 * @example
 * ```ts
 * await user.tags.aappend('redis'); // JSON.ARRAPPEND User:ada $.tags "\"redis\""
 * user.tags.length; // => 2
 * ```
 */
export class RedisList<T> extends Array<T> {
  static readonly [FIELD_KIND] = 'list';

  /** Plain arrays come out of `map`, `filter`, `slice` and the like. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  declare readonly [PLAIN]: Plain<T>[];
  declare readonly [INPUT]: readonly Input<T>[];

  /** @internal A field, because accessors and private names are many times slower on lists and their proxies. */
  [CONTAINER]: ListState;

  /** @internal */
  constructor(length: number, state: ListState) {
    super(length);
    this[CONTAINER] = state;
  }

  /** Redis key of the document. */
  get key(): string {
    return this[CONTAINER].root.key;
  }

  /** Path in the document, for people: `profile.tags`. */
  get fieldPath(): string {
    return this[CONTAINER].fieldPath;
  }

  /** Path in the document, for RedisJSON: `$["profile"]["tags"]`. */
  get jsonPath(): string {
    return this[CONTAINER].path.text;
  }

  // --- changes that are local, and queued in a pipeline

  /** Appends items; returns the new local length. Queues `JSON.ARRAPPEND`. */
  append(...items: Input<T>[]): number {
    return appendTo(this[CONTAINER], 'append', items);
  }

  /** Appends all items of an iterable; returns the new local length. Queues `JSON.ARRAPPEND`. */
  extend(items: Items<T>): number {
    return appendTo(this[CONTAINER], 'extend', items);
  }

  /** Appends items; returns the new local length. Queues `JSON.ARRAPPEND`. */
  override push(...items: Input<T>[]): number {
    return appendTo(this[CONTAINER], 'push', items);
  }

  /** Inserts items at the front; returns the new local length. Queues `JSON.ARRINSERT`. */
  override unshift(...items: Input<T>[]): number {
    const state = this[CONTAINER];
    insertAt(state, { verb: 'unshift', index: 0 }, encodeItems(state, items, 0));
    return state.items.length;
  }

  /** Inserts an item before a position; a negative position counts from the end. Queues `JSON.ARRINSERT`. */
  insert(index: number, item: Input<T>): void {
    const state = this[CONTAINER];
    const at = positionIn(state, index, state.items.length);
    insertAt(state, { verb: 'insert', index: at }, encodeItems(state, [item], at));
  }

  /** Removes the last item and returns the local one; undefined when the list is empty here. Queues the removal of what is last in Redis by then. */
  override pop(): T | undefined {
    return dropAt(this[CONTAINER], 'pop', -1) as T | undefined;
  }

  /** Removes the first item and returns the local one; undefined when the list is empty here. Queues the removal of what is first in Redis by then. */
  override shift(): T | undefined {
    return dropAt(this[CONTAINER], 'shift', 0) as T | undefined;
  }

  /** Removes the first item that equals this one; returns whether the local list had one. Queues the removal of the first equal item in Redis. */
  remove(item: Input<T>): boolean {
    const state = this[CONTAINER];
    const { operation, isHere, apply } = removal(state, 'remove', item);
    if (operation !== undefined) changeHere(state, [operation], apply);
    return isHere;
  }

  /**
   * Removes the items from `start` up to but not including `endExclusive`; negative positions count from the end, positions beyond the list are cut off.
   *
   * Queues a step of the script: `JSON.ARRTRIM` where the range reaches an end of the list, else `JSON.ARRPOP` of each item.
   */
  removeRange(start: number, endExclusive = this.length): void {
    const state = this[CONTAINER];
    const { length } = state.items;
    const from = clampPosition(start, length);
    removeBetween(state, 'removeRange', { start: from, endExclusive: clampPosition(endExclusive, length) });
  }

  /**
   * Keeps the items from `start` up to but not including `endExclusive`, as `slice` does, and removes the others, both here and in the stored list, whatever
   * others have added to it: `trim(-100)` keeps the last hundred. Queues `JSON.ARRTRIM`.
   *
   * @throws {@link ValidationError} a position is not a whole number; nothing was changed.
   *
   * @example
   * ```ts
   * await user.pipeline((u) => {
   *   u.tags.append('staff', 'redis');
   *   u.tags.trim(-2); // one commit: the list never has more than two
   * });
   * user.tags; // => ['staff', 'redis']
   * ```
   */
  trim(start: number, endExclusive?: number): void {
    const state = this[CONTAINER];
    const { operation, apply } = trimming(state, 'trim', { start, endExclusive });
    changeHere(state, [operation], apply);
  }

  /** Removes all items. Queues `JSON.SET … []`. */
  clear(): void {
    assignAll(this[CONTAINER], 'clear', []);
  }

  /** Replaces all items. Queues one `JSON.SET` of the list. */
  assign(items: Items<T>): void {
    const state = this[CONTAINER];
    assignAll(state, 'assign', encodeItems(state, items, 0));
  }

  /** Removes and inserts items; returns the removed ones. Queues the removal or the insertion, or the whole list when it is both. */
  override splice(...given: [start: number, deleteCount?: number, ...items: Input<T>[]]): T[] {
    const state = this[CONTAINER];
    const { length } = state.items;
    // As of Array, a count that is undefined is none, and without a start nothing is removed.
    const [start, deleteCount = given.length === 1 ? length : 0, ...items] = given;
    const from = clampPosition(start, length);
    const count = Math.max(0, Math.min(Math.trunc(deleteCount) || 0, length - from));
    const stored = encodeItems(state, items, from);
    const removed = state.items.slice(from, from + count) as T[];
    if (stored.length === 0) removeBetween(state, 'splice', { start: from, endExclusive: from + count });
    else if (count === 0) insertAt(state, { verb: 'splice', index: from }, stored);
    else replaceBetween(state, 'splice', { start: from, deleteCount: count, stored });
    return removed;
  }

  /** Sorts in place. Queues the whole list. */
  override sort(compare?: (a: T, b: T) => number): this {
    const state = this[CONTAINER];
    reorder(state, 'sort', (items) => items.sort(compare as never));
    return this;
  }

  /** Reverses in place. Queues the whole list. */
  override reverse(): T[] {
    const state = this[CONTAINER];
    reorder(state, 'reverse', (items) => items.reverse());
    return this;
  }

  /** Puts one item at several positions. Queues the whole list. */
  override fill(item: Input<T>, start = 0, end = this.length): this {
    const state = this[CONTAINER];
    const from = clampPosition(start, state.items.length);
    const count = Math.max(0, clampPosition(end, state.items.length) - from);
    const stored = encodeItems(state, new Array<Input<T>>(count).fill(item), from);
    replaceBetween(state, 'fill', { start: from, deleteCount: count, stored });
    return this;
  }

  /** Copies items over others. Queues the whole list. */
  override copyWithin(target: number, start: number, end?: number): this {
    const state = this[CONTAINER];
    const stored = Array.prototype.copyWithin.call(state.toStored(), target, start, end) as Json[];
    changeHere(state, [replaceList('copyWithin', state.path, stored)], () => state.reset(stored.map(copyStored)));
    return this;
  }

  // --- changes that go to Redis at once

  /**
   * Appends an item in Redis, then here; resolves to the new length in Redis. Sends `JSON.ARRAPPEND`.
   *
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.tags.aappend('redis'); // => 2
   * user.tags; // => ['admin', 'redis']
   * ```
   */
  aappend(item: Input<T>, options?: CallOptions): Promise<number> {
    return sendAppend(this[CONTAINER], { verb: 'aappend', items: [item] }, options);
  }

  /**
   * Appends items in Redis, then here; resolves to the new length in Redis. Sends `JSON.ARRAPPEND`, for an empty iterable nothing.
   *
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   */
  aextend(items: Items<T>, options?: CallOptions): Promise<number> {
    return sendAppend(this[CONTAINER], { verb: 'aextend', items }, options);
  }

  /**
   * Inserts an item before a position in Redis, then here; a negative position counts from the end. Resolves to the new length in Redis. Sends
   * `JSON.ARRINSERT`.
   *
   * @throws {@link CommitRefusedError} `out-of-range`: the list in Redis has no such position; nothing was written.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.tags.ainsert(0, 'owner'); // => 2
   * await user.tags.ainsert(5, 'guest'); // => throws CommitRefusedError
   * user.tags; // => ['owner', 'admin']
   * ```
   */
  ainsert(index: number, item: Input<T>, options?: CallOptions): Promise<number> {
    const state = this[CONTAINER];
    return startVerb(state.root, () => {
      requireWhole(state, index);
      const [stored] = encodeItems(state, [item], index) as [Json];
      const operations = [insertItemAt('ainsert', state.path, { index, item: stored })];
      const apply = (): void => state.splice(clampPosition(index, state.items.length), 0, [stored]);
      return changeStored(state, { operations, apply, result: newLengthOf(state) }, options);
    });
  }

  /**
   * Removes an item in Redis; resolves to it, or to `null` when the list is empty there. The local list loses the same item.
   *
   * Sends one script call (`JSON.ARRLEN`, `JSON.ARRPOP`).
   *
   * @param index - Its position; a negative one counts from the end. Default: the last.
   * @throws {@link PipelineNeedsReplyError} a pipeline is open; use `pop()` there.
   * @throws {@link CommitRefusedError} `out-of-range`: the list in Redis has items, but not at this position.
   * @throws {@link CorruptDocumentError} the removed item does not fit the type of the items; the error carries it.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.tags.apop(); // => 'admin'
   * await user.tags.apop(); // => null
   * ```
   */
  apop(index = -1, options?: CallOptions): Promise<T | null> {
    const state = this[CONTAINER];
    return startVerb(state.root, () => {
      requireNoPipeline(state, 'apop', 'use pop() or shift()');
      requireWhole(state, index);
      state.settleItem(state.positionOf(index), 'collect');
      let item: unknown = null;
      const apply = (reply: unknown): void => {
        if (reply !== '') item = state.takeRemoved(index, reply as string);
      };
      return changeStored(state, { operations: [popItem('apop', state.path, index)], apply, result: () => item as T | null }, options);
    });
  }

  /**
   * Replaces the item at a position in Redis, then here; a negative position counts from the end. Sends `JSON.SET`, or one script call for -2 and below. When
   * that is refused because of the position, `JSON.TYPE` tells whether there is a list at all.
   *
   * @throws {@link CommitRefusedError} `out-of-range`: the list in Redis has no such position; nothing was written.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.tags.aset(0, 'owner');
   * await user.tags.aset(5, 'guest'); // => throws CommitRefusedError
   * user.tags; // => ['owner']
   * ```
   */
  aset(index: number, item: Input<T>, options?: CallOptions): Promise<void> {
    const state = this[CONTAINER];
    return startVerb(state.root, () => {
      requireWhole(state, index);
      const [stored] = encodeItems(state, [item], index) as [Json];
      const apply = (): void => {
        const at = state.positionOf(index);
        if (at >= 0 && at < state.items.length) state.splice(at, 1, [stored]);
      };
      const left = softDeadlineOf(options);
      const operations = [setItem('aset', state.path.element(index), stored)];
      return changeStored(state, { operations, apply, result: () => undefined }, options).catch(async (error: unknown) => {
        throw await explainOutOfRange(error, state, left());
      });
    });
  }

  /**
   * Removes the first item that equals this one in Redis, then here; resolves to whether Redis had one.
   *
   * Sends one script call (`JSON.ARRINDEX`, `JSON.ARRPOP`).
   *
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.tags.aremove('admin'); // => true
   * await user.tags.aremove('admin'); // => false
   * ```
   */
  aremove(item: Input<T>, options?: CallOptions): Promise<boolean> {
    const state = this[CONTAINER];
    return startVerb(state.root, () => {
      const { operation, isHere, apply } = removal(state, 'aremove', item);
      const operations = operation === undefined ? [] : [operation];
      const applyReply = (reply: unknown): void => {
        if (reply !== 0) apply();
      };
      return changeStored(
        state,
        { operations, apply: applyReply, result: (reply) => (reply === undefined ? isHere : reply !== 0) },
        options,
      );
    });
  }

  /**
   * Keeps the items from `start` up to but not including `endExclusive` in Redis, then here, as `slice` does, and removes the others; resolves to the new
   * length in Redis. Sends `JSON.ARRTRIM`, or one script call that looks at the length first when `endExclusive` counts from the end.
   *
   * @throws {@link ValidationError} a position is not a whole number; nothing was sent.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.tags.aextend(['staff', 'redis']); // => 3
   * await user.tags.atrim(-2); // => 2
   * user.tags; // => ['staff', 'redis']
   * ```
   */
  atrim(start: number, endExclusive?: number, options?: CallOptions): Promise<number> {
    const state = this[CONTAINER];
    return startVerb(state.root, () => {
      const { operation, apply } = trimming(state, 'atrim', { start, endExclusive });
      return changeStored(state, { operations: [operation], apply, result: newLengthOf(state) }, options);
    });
  }

  /**
   * Removes all items in Redis, then here.
   *
   * Sends one script call, which checks that a list is there and sets an empty one (`JSON.SET`).
   *
   * @throws {@link PathMismatchError} something other than a list is stored there; nothing was written.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.tags.aclear();
   * user.tags; // => []
   * ```
   */
  aclear(options?: CallOptions): Promise<void> {
    const state = this[CONTAINER];
    const apply = (): void => state.reset([]);
    return startVerb(state.root, () =>
      changeStored(state, { operations: [replaceList('aclear', state.path, [])], apply, result: () => undefined }, options),
    );
  }

  /**
   * Writes the local list to Redis as a whole. Sends `JSON.SET`.
   *
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   */
  save(options?: CallOptions): Promise<this> {
    return saveValue(this[CONTAINER], () => this, options);
  }

  /**
   * Reads the list from Redis into this one. Sends `JSON.GET`.
   *
   * @throws {@link KeyNotFoundError} the document, or the list in it, does not exist.
   */
  load(options?: CallOptions): Promise<this> {
    return loadValue(this[CONTAINER], () => this, options);
  }

  /** Returns a plain copy, detached from the document. */
  clone(): Plain<T>[] {
    return this[CONTAINER].toPlain() as Plain<T>[];
  }

  /** Returns what `JSON.stringify` shows: the stored form; models in it follow class-transformer's rules. */
  toJSON(): unknown {
    return listView(this[CONTAINER]);
  }

  /** @internal */
  [INSPECT](): unknown {
    return shown(this[CONTAINER].items);
  }
}

/** Makes the list for a stored array. */
export function bindList(codec: Codec, stored: Json, placement: Placement): object {
  const container = new ListState(codec, placement);
  const items = new RedisList<unknown>((stored as Json[]).length, container);
  container.fill(items, stored as Json[]);
  return new Proxy(items, listHandler);
}

function encodeItems(state: ListState, items: Iterable<unknown>, from: number): Json[] {
  if (!Array.isArray(items)) requireItems(state, items);
  return Array.from(items, (item, offset) => state.encode(state.element, item, from + offset));
}

function appendTo(state: ListState, verb: string, items: Iterable<unknown>): number {
  return appendAll(state, verb, encodeItems(state, items, state.items.length));
}

/** What the server says, or in a pipeline the local list. */
function newLengthOf(state: ListState): (reply: unknown) => number {
  return (reply) => (reply as number | undefined) ?? state.items.length;
}

/** Items to append, and how the user calls that. */
interface Appended {
  readonly verb: string;
  readonly items: Iterable<unknown>;
}

function sendAppend(state: ListState, { verb, items }: Appended, options: CallOptions | undefined): Promise<number> {
  return startVerb(state.root, () => {
    const stored = encodeItems(state, items, state.items.length);
    const operations = stored.length === 0 ? [] : [appendItems(verb, state.path, stored)];
    return changeStored(state, { operations, apply: () => state.append(stored), result: newLengthOf(state) }, options);
  });
}
