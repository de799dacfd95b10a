import { STORED, type Codec, type Json, type JsonObject } from '../codec/codec';
import { addToMember, deleteMember, popAnyMember, popMember, replaceDict, setMemberDefault } from '../command/operations/dicts';
import type { CallOptions } from '../input/call-options';
import { openPipelineOf } from '../scope/dispatch';
import { requireNoPipeline } from '../scope/outside-pipeline';
import { startVerb } from '../scope/start-verb';
import { FIELD_KIND } from '../schema/type-reference';
import { loadValue, saveValue } from './load-and-save';
import { changeHere, changeStored } from './changes';
import { CONTAINER, type Placement } from './container';
import { requireAddressable, assignHere, requireAddend, requireName, updateHere, updateStored } from './dict-changes';
import { DictState } from './dict-state';
import { dictHandler } from './dict-proxy';
import { INSPECT, shown } from '../input/inspect';
import { dictView } from './json-view';
import type { Input, INPUT, Plain, PLAIN } from './plain-types';

/** Members that a verb takes: values by name. */
export type Members<V> = Readonly<Record<string, Input<V>>> | ReadonlyMap<string, Input<V>>;

/** The verbs of a {@link RedisDict}. */
export class RedisDictVerbs<V> implements Iterable<[string, V]> {
  static readonly [FIELD_KIND] = 'dict';

  declare readonly [PLAIN]: Record<string, Plain<V>>;
  declare readonly [INPUT]: Members<V>;
  /** @internal */
  declare [CONTAINER]: DictState;

  /** Redis key of the document. */
  get key(): string {
    return this[CONTAINER].root.key;
  }

  /** Path in the document, for people: `profile.settings`. */
  get fieldPath(): string {
    return this[CONTAINER].fieldPath;
  }

  /** Path in the document, for RedisJSON: `$["profile"]["settings"]`. */
  get jsonPath(): string {
    return this[CONTAINER].path.text;
  }

  /** Number of local members. */
  get size(): number {
    return this[CONTAINER].size;
  }

  // --- reads

  /** Returns the local value of a name, whatever the name is; undefined when there is none. */
  get(name: string): V | undefined {
    return this[CONTAINER].read(name) as V | undefined;
  }

  /** Returns whether the local dict has a name. */
  has(name: string): boolean {
    return this[CONTAINER].has(name);
  }

  /** Returns the local names. */
  keys(): IterableIterator<string> {
    return this[CONTAINER].names()[Symbol.iterator]();
  }

  /** Yields the local values. */
  *values(): IterableIterator<V> {
    for (const name of this.keys()) yield this.get(name) as V;
  }

  /** Yields the local names, each with its value. */
  *entries(): IterableIterator<[string, V]> {
    for (const name of this.keys()) yield [name, this.get(name) as V];
  }

  [Symbol.iterator](): IterableIterator<[string, V]> {
    return this.entries();
  }

  // --- changes that are local, and queued in a pipeline

  /** Sets a member. Queues `JSON.SET` of it. */
  set(name: string, value: Input<V>): this {
    const state = this[CONTAINER];
    updateHere(state, 'set', { [requireName(state, name)]: value });
    return this;
  }

  /** Sets several members; the others stay. */
  update(members: Members<V>): void {
    updateHere(this[CONTAINER], 'update', members);
  }

  /** Removes a member; returns whether the local dict had it. Queues `JSON.DEL`. */
  delete(name: string): boolean {
    const state = this[CONTAINER];
    const wasHere = state.has(name);
    changeHere(state, [deleteMember('delete', state.path, requireName(state, name))], () => {
      state.drop(name);
    });
    return wasHere;
  }

  /** Removes all members. Queues `JSON.SET … {}`. */
  clear(): void {
    assignHere(this[CONTAINER], 'clear', {});
  }

  /** Replaces all members. Queues one `JSON.SET` of the dict. */
  assign(members: Members<V>): void {
    assignHere(this[CONTAINER], 'assign', members);
  }

  // --- changes that go to Redis at once

  /**
   * Sets a member in Redis, then here. Sends `JSON.SET`.
   *
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   */
  asetItem(name: string, value: Input<V>, options?: CallOptions): Promise<void> {
    const state = this[CONTAINER];
    return startVerb(state.root, () => updateStored(state, { verb: 'asetItem', members: { [requireName(state, name)]: value } }, options));
  }

  /**
   * Sets several members in Redis in one step, then here. Sends `JSON.SET` of one member, one script call for several, nothing for none.
   *
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.settings.aupdate({ theme: 'dark', lang: 'en' });
   * user.settings.get('lang'); // => 'en'
   * ```
   */
  aupdate(members: Members<V>, options?: CallOptions): Promise<void> {
    const state = this[CONTAINER];
    return startVerb(state.root, () => updateStored(state, { verb: 'aupdate', members }, options));
  }

  /**
   * Removes a member in Redis, then here; resolves to whether Redis had it. Sends a script with `JSON.DEL`.
   *
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.settings.asetItem('theme', 'dark');
   * await user.settings.adelItem('theme'); // => true
   * await user.settings.adelItem('theme'); // => false
   * ```
   */
  adelItem(name: string, options?: CallOptions): Promise<boolean> {
    const state = this[CONTAINER];
    return startVerb(state.root, () => {
      const wasHere = state.has(name);
      const operations = [deleteMember('adelItem', state.path, requireName(state, name))];
      const apply = (): void => state.drop(name);
      return changeStored(state, { operations, apply, result: (reply) => (reply as boolean | undefined) ?? wasHere }, options);
    });
  }

  /**
   * Removes a member in Redis, then here; resolves to its value, or to `fallback` when Redis has none.
   *
   * Sends one script call (`JSON.GET`, `JSON.DEL`).
   *
   * @param fallback - Default: undefined.
   * @throws {@link PipelineNeedsReplyError} a pipeline is open; use `get()` and `delete()` there.
   * @throws {@link CorruptDocumentError} the removed value does not fit the type of the values; the error carries it.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.settings.asetItem('theme', 'dark');
   * await user.settings.apop('theme', 'light'); // => 'dark'
   * await user.settings.apop('theme', 'light'); // => 'light'
   * ```
   */
  apop(name: string): Promise<V | undefined>;
  apop<F>(name: string, fallback: F, options?: CallOptions): Promise<V | F>;
  apop(name: string, fallback?: unknown, options?: CallOptions): Promise<unknown> {
    const state = this[CONTAINER];
    return startVerb(state.root, () => {
      requireNoPipeline(state, 'apop', 'use get() and delete() there');
      state.settleMember(name, 'collect');
      const operations = [popMember('apop', state.path, requireName(state, name))];
      const apply = (): void => state.drop(name);
      const result = (reply: unknown): unknown =>
        reply === undefined ? fallback : state.readRemoved(state.element, reply as string, name).value;
      return changeStored(state, { operations, apply, result }, options);
    });
  }

  /**
   * Removes some member in Redis, then here; resolves to `[name, value]`.
   *
   * Sends one script call (`JSON.OBJLEN`, `JSON.OBJKEYS`, `JSON.GET`, `JSON.DEL`).
   *
   * @throws {@link EmptyDictError} the dict in Redis is empty; nothing was written.
   * @throws {@link CorruptDocumentError} the removed value does not fit the type of the values; the error carries it.
   * @throws {@link PipelineNeedsReplyError} a pipeline is open.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.settings.asetItem('theme', 'dark');
   * await user.settings.apopItem(); // => ['theme', 'dark']
   * await user.settings.apopItem(); // => throws EmptyDictError
   * ```
   */
  apopItem(options?: CallOptions): Promise<[string, V]> {
    const state = this[CONTAINER];
    const { root, path } = state;
    return startVerb(root, () => {
      requireNoPipeline(state, 'apopItem', 'use entries() and delete() there');
      state.settleUnseen('collect');
      const apply = (reply: unknown): void => state.drop((reply as [string, string])[0]);
      const result = (reply: unknown): [string, V] => {
        const [name, removed] = reply as [string, string];
        return [name, state.readRemoved(state.element, removed, name).value as V];
      };
      return changeStored(state, { operations: [popAnyMember('apopItem', path)], apply, result }, options);
    });
  }

  /**
   * Removes all members in Redis, then here.
   *
   * Sends one script call, which checks that an object is there and sets an empty one (`JSON.SET`).
   *
   * @throws {@link PathMismatchError} something other than an object is stored there; nothing was written.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.settings.asetItem('theme', 'dark');
   * await user.settings.aclear();
   * user.settings.size; // => 0
   * ```
   */
  aclear(options?: CallOptions): Promise<void> {
    const state = this[CONTAINER];
    const apply = (): void => state.reset({});
    return startVerb(state.root, () =>
      changeStored(state, { operations: [replaceDict('aclear', state.path, {})], apply, result: () => undefined }, options),
    );
  }

  /**
   * Sets a member in Redis unless it exists; resolves to the value that is stored afterwards.
   *
   * Sends one script call (`JSON.SET … NX`, `JSON.GET`).
   *
   * @throws {@link PipelineNeedsReplyError} a pipeline is open; use `has()` and `set()` there.
   * @throws {@link CorruptDocumentError} the existing value does not fit the type of the values.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.settings.asetDefault('theme', 'dark'); // => 'dark'
   * await user.settings.asetDefault('theme', 'light'); // => 'dark'
   * ```
   */
  asetDefault(name: string, value: Input<V>, options?: CallOptions): Promise<V> {
    const state = this[CONTAINER];
    return startVerb(state.root, () => {
      requireNoPipeline(state, 'asetDefault', 'use has() and set() there');
      const stored = state.encode(state.element, value, requireName(state, name));
      requireAddressable(state, name);
      state.settleMember(name, 'collect');
      const operations = [setMemberDefault('asetDefault', state.path, { name, value: stored })];
      const apply = (reply: unknown): void => state.takeOver(name, state.checked(state.element, reply as Json, name));
      return changeStored(state, { operations, apply, result: () => state.read(name) as V }, options);
    });
  }

  /**
   * Adds to a number in Redis, then takes the result over; resolves to it. A missing member counts as 0.
   *
   * Sends one script call (`JSON.SET … NX`, `JSON.NUMINCRBY`).
   *
   * @param n - What to add. Default 1.
   * @throws {@link CommitRefusedError} `above-max` or `below-min`: the result would not be exact; nothing was written.
   * @throws {@link PathMismatchError} something other than a number is stored there; nothing was written.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await post.views.aincrease('de'); // => 1
   * await post.views.aincrease('de', 5); // => 6
   * post.views['de']; // => 6
   * ```
   */
  aincrease(name: V extends number ? string : never, n = 1, options?: CallOptions): Promise<number> {
    const state = this[CONTAINER];
    return startVerb(state.root, () => {
      const by = requireAddend(state, requireName(state, name), n);
      const path = requireAddressable(state, name);
      const local = (state.read(name) as number | null | undefined) ?? 0;
      // The server's answer says what the number is then; without one it has to be known here.
      const queued = openPipelineOf(state.root) && state.encode(state.element, local + by, name);
      const operations = [addToMember({ path, whole: state.element.kind === 'integer', local }, { verb: 'aincrease', by })];
      const apply = (reply: unknown): void => state.put(name, queued ?? (reply as number));
      return changeStored(state, { operations, apply, result: () => state.read(name) as number }, options);
    });
  }

  /**
   * Writes the local dict to Redis as a whole. Sends `JSON.SET`.
   *
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   */
  save(options?: CallOptions): Promise<this> {
    return saveValue(this[CONTAINER], () => this, options);
  }

  /**
   * Reads the dict from Redis into this one. Sends `JSON.GET`.
   *
   * @throws {@link KeyNotFoundError} the document, or the dict in it, does not exist.
   */
  load(options?: CallOptions): Promise<this> {
    return loadValue(this[CONTAINER], () => this, options);
  }

  /** Returns a plain copy, detached from the document. */
  clone(): Record<string, Plain<V>> {
    return this[CONTAINER].toPlain() as Record<string, Plain<V>>;
  }

  /** Returns what `JSON.stringify` shows: the stored form; models in it follow class-transformer's rules. */
  toJSON(): unknown {
    return dictView(this[CONTAINER]);
  }

  /** @internal */
  [STORED](): Json {
    return this[CONTAINER].toStored();
  }

  /** @internal */
  [INSPECT](): unknown {
    return Object.fromEntries(Array.from(this.entries(), ([name, value]) => [name, shown(value)]));
  }
}

/**
 * A dict in a document. `dict.name` and `dict['any name']` read and write members; you can also change it in Redis member by member.
 *
 * Assignments, `delete dict[name]`, `set`, `update`, `delete`, `clear` and `assign` change the local dict. They are queued when a pipeline is open; otherwise
 * they wait for `saveChanges()`. The `a…` verbs go to Redis at once. For a member that has the name of a verb, use `get(name)` and `set(name, value)`.
 *
 * @example
 * ```ts
 * await user.settings.asetItem('theme', 'dark'); // JSON.SET User:ada $.settings.theme "\"dark\""
 * user.settings.theme; // => 'dark'
 * ```
 */
export type RedisDict<V> = RedisDictVerbs<V> & Record<string, V>;
export const RedisDict = RedisDictVerbs;

/** Makes the dict for a stored object. */
export function bindDict(codec: Codec, stored: Json, placement: Placement): object {
  const verbs = new RedisDictVerbs();
  verbs[CONTAINER] = new DictState(codec, stored as JsonObject, placement);
  return new Proxy(verbs, dictHandler);
}
