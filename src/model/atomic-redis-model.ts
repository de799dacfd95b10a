import { isContainer, STORED, type Json } from '../codec/codec';
import type { CommandPipe } from '../executor/commands/command-pipe';
import type { CallOptions } from '../input/call-options';
import { CONTAINER } from '../field/container';
import type { FieldValue } from '../field/field-value';
import { INSPECT, inspected, shown } from '../input/inspect';
import { modelView } from '../field/json-view';
import { instanceFor, ModelBase, prepareConstruction } from '../field/model-instance';
import type { ModelState } from '../field/model-state';
import type { FieldName, INPUT, Init, NOT_WRITTEN, OWN_MEMBERS, Patch, PLAIN, PlainModel } from '../field/plain-types';
import type { LockOptions } from '../lock/lock-options';
import { keyOf, pkOf } from '../path/redis-key';
import { declaredInitials, schemaOf } from '../schema/compile';
import type { IndexState } from '../search/reply';
import type { Where } from '../search/where';
import { isNextBare } from '../schema/probe';
import { MODEL, THIS_COPY } from '../schema/type-reference';
import type { ModelConstructor } from '../schema/model-schema';
import { inTurn } from '../scope/in-turn';
import { promised } from '../async/promised';
import { runPipeline, type PipelineOptions, type PipelineResult } from '../scope/pipeline';
import { requireWork } from '../input/arguments';
import type { Database } from './database';
import { duplicateOften, duplicateState } from './duplicate';
import { deleteDocuments, deleteStored } from './delete';
import { documentAt, type DocumentAt } from './document-at';
import { countBy, findAndCountBy, findBy, findOneBy, type FindByOptions, type FindOneByOptions, type FoundBy } from './find-by';
import { buildState, initFromJson } from './hydrate';
import { createIndex, dropIndex, syncIndex } from './index-verbs';
import { documentPlaceOf, requirePk } from './pk';
import { getOrCreateDocument, insertDocuments, type GetOrCreateResult } from './insert';
import { lockFromKey, lockInstance, type HeldLockInfo, type LockHandle } from './lock-handle';
import {
  findDocument,
  findKeys,
  getDocument,
  getDocuments,
  loadInto,
  scanDocuments,
  type FindKeysOptions,
  type FoundDocuments,
  type ScanOptions,
} from './read';
import { transact, type TransactOptions } from './transact';
import { whenValid } from './class-validator';
import { withLockFromKey, withLockOn, type WithLockOptions } from './with-lock';
import {
  createState,
  deleteState,
  existsDocument,
  expireState,
  requireDocument,
  saveChangesOf,
  saveState,
  ttlOfDocument,
  updateState,
  updateStored,
  validateState,
  type SaveOptions,
} from './write';

/**
 * Base class of document models. An instance of a subclass with `@Model()` and `@Field()` is a JSON document in Redis; each field knows its place in it.
 *
 * @example
 * ```ts
 * @Model()
 * class User extends AtomicRedisModel {
 *   @Key() @Field(String) username!: string;
 *   @Field(list(String)) tags!: RedisList<string>;
 * }
 * ```
 */
export abstract class AtomicRedisModel extends ModelBase {
  /** @internal */
  static readonly [MODEL]: symbol = THIS_COPY;

  declare readonly [OWN_MEMBERS]: keyof AtomicRedisModel;
  declare readonly [PLAIN]: PlainModel<this>;
  declare readonly [INPUT]: Init<this>;
  declare private readonly [NOT_WRITTEN]: never;
  /** For types only: a spread instance has it, see {@link Init}. */
  declare readonly [Symbol.isConcatSpreadable]?: false;
  /** For types only, for the same purpose. */
  declare readonly [Symbol.species]?: false;
  /** For types only: it tells instances of two models apart. */
  declare readonly [Symbol.unscopables]: PlainModel<this>;

  /** Makes a local document. `Class.build(init)` does the same with checked types. */
  constructor(init?: Readonly<Record<string, unknown>>);
  constructor(init?: unknown) {
    const state = isNextBare(new.target) ? undefined : buildState(new.target as unknown as ModelConstructor<object>, init);
    super(state, state !== undefined && prepareConstruction(state));
  }

  // --- identity

  /** Primary key: the value of the `@Key()` field as text, else a generated uuid. */
  get pk(): string {
    const { root } = this[CONTAINER];
    return pkOf(root.schema.prefix, root.key);
  }

  /** Redis key of the document: `{prefix}:{pk}`. */
  get key(): string {
    return this[CONTAINER].root.key;
  }

  /** Name or position of a nested model in its parent; empty for a document. */
  get fieldName(): string {
    return String(this[CONTAINER].segment ?? '');
  }

  /** Path in the document, for people: `address.home`; empty for a document. */
  get fieldPath(): string {
    return this[CONTAINER].fieldPath;
  }

  /** Path in the document, for RedisJSON: `$["address"]["home"]`; `$` for a document. */
  get jsonPath(): string {
    return this[CONTAINER].path.text;
  }

  /** Whether this is a nested model, not a document itself. */
  isInnerModel(): boolean {
    return this[CONTAINER].parent !== undefined;
  }

  /** Whether the local values may differ from the stored ones, because a write got no reply or could not be undone here. `load()` ends that. */
  get isStale(): boolean {
    return this[CONTAINER].root.isStale;
  }

  /**
   * Returns the bound value of a field, which has verbs even where the field is declared with a plain type.
   *
   * @example
   * ```ts
   * await user.field('age').increase(); // JSON.NUMINCRBY User:ada $.age 1
   * ```
   */
  field<K extends FieldName<this>>(name: K): { [N in K]: FieldValue<this[N]> }[K] {
    const state = this[CONTAINER];
    const field = state.schema.byName.get(name);
    if (field === undefined) throw new TypeError(`${state.schema.name} has no field "${String(name)}"`);
    return (isContainer(field.codec) ? state.value(field) : state.scalar(field)) as FieldValue<this[K]>;
  }

  // --- the whole document

  /**
   * Writes the whole document, new or not; a nested model writes only its part. Sends `JSON.SET`, with `mustBeNew` `JSON.SET … NX`. Includes local changes that
   * wait for `saveChanges()` and, when it stores a new document, those that a pipeline has collected.
   *
   * @throws {@link KeyExistsError} with `mustBeNew`: a document exists under the key; nothing was written.
   * @throws {@link KeyNotFoundError} the document of a nested model is gone, or a document with `@Version()` was read and is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * const bob = User.build({ username: 'bob', email: 'bob@example.com' });
   * await bob.save({ mustBeNew: true }); // JSON.SET User:bob $ … NX
   * await bob.save({ mustBeNew: true }); // => throws KeyExistsError
   * ```
   */
  save(options?: SaveOptions): Promise<this> {
    return saveState(this[CONTAINER], () => this, options);
  }

  /**
   * Writes what changed locally since it was read, in one commit; nothing is sent when nothing changed.
   *
   * @throws {@link KeyNotFoundError} the document is gone.
   * @throws {@link VersionConflictError} the document has a `@Version()` and was changed since it was read; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * user.email = 'ada@lovelace.org';
   * await user.saveChanges(); // one script that sets $.email
   * (await User.get('ada')).email; // => 'ada@lovelace.org'
   * ```
   */
  saveChanges(options?: CallOptions): Promise<this> {
    return saveChangesOf(this[CONTAINER], () => this, options);
  }

  /**
   * Reads the document into this instance and drops unsaved local changes; a nested model reads only its part. Sends `JSON.GET`.
   *
   * @throws {@link KeyNotFoundError} the document does not exist.
   */
  load(options?: CallOptions): Promise<this> {
    return loadInto(this[CONTAINER], options).then(() => this);
  }

  /**
   * Removes the document; resolves to whether it existed. Sends `DEL`.
   *
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   */
  delete(options?: CallOptions): Promise<boolean> {
    return deleteState(this[CONTAINER], options);
  }

  /**
   * Stores a copy of the local values under another pk and resolves to it. Sends `JSON.SET … NX`.
   *
   * @param newPk - Default: a generated uuid; a model with a `@Key()` field needs one.
   * @throws {@link KeyExistsError} a document exists under it; nothing was written.
   * @throws {@link ValidationError} it is missing or not a pk of the model; nothing was sent.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   *
   * @example
   * ```ts
   * const copy = await user.duplicate('eve');
   * copy.key; // => 'User:eve'
   * await user.duplicate('eve'); // => throws KeyExistsError
   * ```
   */
  async duplicate(newPk?: string, options?: CallOptions): Promise<this> {
    requireDocument(this[CONTAINER], 'duplicate');
    return (await duplicateState(this[CONTAINER], { verb: 'duplicate', newPk }, options)) as this;
  }

  /**
   * Stores several copies under generated pks and resolves to them. Sends `JSON.SET … NX` for each, not as one commit.
   *
   * @param count - How many: a whole number, at least 0.
   * @throws RangeError it is not such a number; nothing was sent.
   * @throws {@link ValidationError} the model has a `@Key()` field, so each copy needs a pk of its own: `duplicate(newPk)`; nothing was sent.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   */
  async duplicateMany(count: number, options?: CallOptions): Promise<this[]> {
    requireDocument(this[CONTAINER], 'duplicateMany');
    return (await duplicateOften(this[CONTAINER], count, options)) as this[];
  }

  /**
   * Changes several fields locally, all or none; queued in a pipeline.
   *
   * @example
   * ```ts
   * user.update({ email: 'ada@lovelace.org', tags: ['root'], score: 5 });
   * user.score.value; // => 5
   * await user.saveChanges();
   * ```
   */
  update(patch: Patch<this>): void {
    updateState(this[CONTAINER], patch);
  }

  /**
   * Changes several fields in Redis in one commit, then here. An `undefined` in the patch changes nothing.
   *
   * Sends `JSON.SET` of one field, one script call for several, nothing for none.
   *
   * @throws {@link ValidationError} a value does not fit its field, a name is not a field, or a rule is broken; nothing was sent.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.aupdate({ email: 'ada@lovelace.org', tags: ['root'] });
   * user.tags; // => ['root']
   * ```
   */
  aupdate(patch: Patch<this>, options?: CallOptions): Promise<this> {
    return updateStored(this[CONTAINER], { patch, result: () => this }, options);
  }

  /**
   * Checks the local values, including those changed from inside, and, when all of them can be stored, the rules of the class. Nothing is sent. A nested model
   * checks only its part, as with `save()`.
   *
   * @throws {@link ValidationError} `problems` lists what is wrong.
   *
   * @example
   * ```ts
   * await post.validate();
   * post.writtenAt.value.setTime(NaN);
   * await post.validate(); // => throws ValidationError
   * ```
   */
  validate(): Promise<void> {
    return validateState(this[CONTAINER]);
  }

  /** Resolves to whether the document is stored. Sends `EXISTS`. */
  async exists(options?: CallOptions): Promise<boolean> {
    requireDocument(this[CONTAINER], 'exists');
    const { root } = this[CONTAINER];
    return inTurn(root, options, (call) => existsDocument(root, call));
  }

  /**
   * Sets the time to live of the document. Sends `PEXPIRE`; in a pipeline it is queued, and overrides the time to live of the model.
   *
   * @param seconds - Fractions allowed; more than 0.
   * @throws RangeError it is not such a number; nothing was sent.
   * @throws {@link KeyNotFoundError} the document does not exist.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * await user.expire(3600);
   * (await user.ttl()) === null; // => false
   * ```
   */
  expire(seconds: number, options?: CallOptions): Promise<void> {
    return expireState(this[CONTAINER], seconds, options);
  }

  /**
   * Resolves to the seconds that the document has left, with fractions, or to `null` when it never expires. Sends `PTTL`.
   *
   * @throws {@link KeyNotFoundError} the document does not exist.
   *
   * @example
   * ```ts
   * await user.ttl(); // => null
   * ```
   */
  async ttl(options?: CallOptions): Promise<number | null> {
    requireDocument(this[CONTAINER], 'ttl');
    return ttlOfDocument(this[CONTAINER], options);
  }

  // --- commits and locks

  /**
   * Collects the changes that `work` makes to this document and applies all or none of them in one commit. Nothing is sent until `work` ends. When `work`
   * throws or the commit is refused, the local values are what they were before.
   *
   * Sends one script call that checks first and then writes.
   *
   * @param work - Gets this instance and a recorder of raw commands. They run after the changes, and are taken back with them when one is refused.
   * @throws {@link PipelineCommandError} a recorded command cannot be part of a commit; nothing was sent.
   * @throws {@link CrossSlotError} a command has its keys in another slot of the cluster; nothing was sent.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
   * @example
   * ```ts
   * await user.pipeline((u) => {
   *   u.score.add(100);
   *   u.tags.append('staff');
   * });
   * const stored = await User.get('ada');
   * stored.score.value; // => 100
   * stored.tags; // => ['admin', 'staff']
   * ```
   */
  pipeline(work: (document: this, commands: CommandPipe) => unknown, options?: PipelineOptions): Promise<PipelineResult> {
    return promised(() => {
      requireWork(work, 'pipeline()', 'document.pipeline((same) => …)');
      return runPipeline([this[CONTAINER].root], (commands) => work(this, commands), options);
    });
  }

  /**
   * Takes a lock on the document until the handle releases it, and reads the document into this instance. Writes of this instance are refused once the lock is
   * lost.
   *
   * Sends one script call to take the lock and read the document; while another holds the lock, sends it again whenever a message wakes it, at least once a
   * second. Renewing and releasing are one script call each.
   *
   * @param action - Locks of different actions do not exclude each other. Default `default`.
   * @param options - Default: `ttlMs` 30 000, `waitMs` 10 000, and no `maxHoldMs`.
   * @throws {@link LockTimeoutError} another held the lock for all of `waitMs`.
   * @throws {@link RedisConnectionError} the server could not be asked for the lock, or `signal` aborted.
   * @throws {@link KeyNotFoundError} the document does not exist; the lock is free again.
   * @throws {@link PipelineNeedsReplyError} a pipeline is open on the document.
   *
   * @example
   * ```ts
   * {
   *   await using lock = await user.lock('score', { ttlMs: 5_000, waitMs: 0 });
   *   await user.score.increase(); // => 1
   *   await (await User.get('ada')).lock('score', { waitMs: 0 }); // => throws LockTimeoutError
   * } // released here
   * ```
   */
  lock(action = 'default', options: LockOptions = {}): Promise<LockHandle<this>> {
    return lockInstance(this, action, options);
  }

  /**
   * Runs `work` on this instance, which is read anew, while no other holder of the same action runs. Writes inside are refused once the lock is lost.
   *
   * Sends one script call to take the lock and read the document, and one to release it, which also writes what `saveAtEnd` commits.
   *
   * @param action - Locks of different actions do not exclude each other.
   * @throws {@link LockTimeoutError} another held the lock for all of `waitMs`; `work` did not run.
   * @throws {@link RedisConnectionError} the server could not be asked for the lock; `work` did not run.
   * @throws {@link LockLostError} the lock was lost while `work` ran.
   * @throws {@link KeyNotFoundError} the document does not exist.
   * @throws {@link OutcomeUnknownError} the commit of `saveAtEnd` got no reply: it may have been applied; `load()` shows.
   *
   * @example
   * ```ts
   * const score = await user.withLock('score', async (fresh) => {
   *   fresh.score.value = fresh.score.value * 2 + 1;
   *   return fresh.score.value;
   * }, { saveAtEnd: true });
   * score; // => 1
   * ```
   */
  withLock<R>(action: string, work: (document: this, lock: HeldLockInfo) => Promise<R> | R, options: WithLockOptions = {}): Promise<R> {
    return promised(() => {
      requireWork(work, 'withLock()', "document.withLock('action', (same) => …)");
      return withLockOn(this[CONTAINER], action, { options, work: (lock) => work(this, lock) });
    });
  }

  // --- plain views

  /**
   * Returns the runtime values as plain, detached data: dates are `Date`, bytes are `Buffer`.
   *
   * @example
   * ```ts
   * const { username, score, tags } = user.toObject();
   * [username, score, tags]; // => ['ada', 0, ['admin']]
   * ```
   */
  toObject(): PlainModel<this> {
    return this[CONTAINER].toPlain() as PlainModel<this>;
  }

  /** The same as {@link AtomicRedisModel.toObject}. */
  clone(): PlainModel<this> {
    return this.toObject();
  }

  /** Returns what `JSON.stringify` shows: the stored form, after class-transformer's `@Exclude`, `@Expose` and `@Transform`. */
  toJSON(): Record<string, unknown> {
    return modelView(this);
  }

  /** Yields the names and values of the fields, in order, so that matchers such as Jest's `toEqual` compare two instances by their fields. */
  *[Symbol.iterator](): IterableIterator<[string, unknown]> {
    yield* Object.entries(this.toObject());
  }

  /** Marks the instance as no plain object, so that matchers find none equal to it, and Vitest shows what differs by `toJSON`. */
  get [Symbol.toStringTag](): string {
    return 'AtomicRedisModel';
  }

  /** @internal */
  [STORED](): Json {
    return this[CONTAINER].toStored();
  }

  /** @internal */
  [INSPECT](_depth: number, options: object): string {
    const state = this[CONTAINER] as ModelState | undefined;
    if (state === undefined) return this.constructor.name;
    const fields = state.schema.fields.map((field) => [field.name, shown(state.value(field))]);
    return inspected(state.schema.name, Object.fromEntries(fields), options);
  }

  // --- of the class. `T` is any object, because `Models[K]` is no AtomicRedisModel to TypeScript: in that class there are types of `this`.

  /** Returns the first part of the keys, behind the hash tag if there is one. Override it, or use `@Model({ prefix })`. Default: the class name. */
  static classKeyInitials(): string {
    return declaredInitials(this);
  }

  /** Returns the Redis key of a pk. */
  static keyOf(this: ModelConstructor<AtomicRedisModel>, pk: string): string {
    const schema = schemaOf(this);
    requirePk(schema, pk);
    return keyOf(schema.prefix, pk);
  }

  /** Binds the class to a connection; the last one bound counts. */
  static override bind(this: ModelConstructor<AtomicRedisModel>, database: Database): void {
    database.bind(this);
  }

  /**
   * Makes a local document from plain values; nothing is sent.
   *
   * @throws {@link ValidationError} lists all values that are missing, unknown or wrong.
   *
   * @example
   * ```ts
   * const bob = User.build({ username: 'bob', email: 'bob@example.com' });
   * bob.key; // => 'User:bob'
   * await bob.exists(); // => false
   * User.build({ username: 'bob' }); // => throws ValidationError
   * ```
   */
  static build<T extends object>(this: ModelConstructor<T>, init?: Init<T>): T {
    return instanceFor(buildState(this, init)) as unknown as T;
  }

  /**
   * Turns JSON in the stored form, such as the body of a request, into runtime values for `create`, `build`, `update` and `aupdate`. Members may be missing, so
   * it works for patches too. Give the patch of a nested model to `aupdate` of that model: a patch of its document replaces it as a whole. It reverses
   * `JSON.stringify(document)`, except for class-transformer's rules for models, which it ignores. Nothing is sent.
   *
   * @throws {@link ValidationError} lists all values that are unknown or wrong.
   *
   * @example
   * ```ts
   * const body: unknown = JSON.parse('{"title":"Redis 8","writtenAt":"2026-11-29T00:00:00.000Z"}');
   * await post.aupdate(Post.fromJSON(body));
   * post.writtenAt.value; // => new Date('2026-11-29T00:00:00.000Z')
   * Post.fromJSON({ writtenAt: 'tomorrow' }); // => throws ValidationError
   * ```
   */
  static fromJSON<T extends object>(this: ModelConstructor<T>, json: unknown): Init<T> {
    return initFromJson(this, json) as Init<T>;
  }

  /**
   * Makes a document and stores it. Sends `JSON.SET … NX`.
   *
   * @throws {@link KeyExistsError} a document exists under the same key.
   * @throws {@link ValidationError} lists all values that are missing, unknown or wrong.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   *
   * @example
   * ```ts
   * const bob = await User.create({ username: 'bob', email: 'bob@example.com' }); // JSON.SET User:bob $ … NX
   * await bob.exists(); // => true
   * await User.create({ username: 'bob', email: 'other@example.com' }); // => throws KeyExistsError
   * ```
   */
  static async create<T extends object>(this: ModelConstructor<T>, init?: Init<T>, options?: CallOptions): Promise<T> {
    const state = buildState(this, init);
    await whenValid({ state, call: options }, (left) => createState(state, 'create', left));
    return instanceFor(state) as unknown as T;
  }

  /**
   * Reads a document by its key or pk. Sends `JSON.GET`.
   *
   * @throws {@link KeyNotFoundError} the document does not exist.
   * @throws {@link CorruptDocumentError} it does not fit the model.
   *
   * @example
   * ```ts
   * (await User.get('ada')).email; // => 'ada@example.com'
   * (await User.get('User:ada')).email; // => 'ada@example.com'
   * await User.get('nobody'); // => throws KeyNotFoundError
   * ```
   */
  static get<T extends object>(this: ModelConstructor<T>, keyOrPk: string, options?: CallOptions): Promise<T> {
    return getDocument(this, keyOrPk, options);
  }

  /**
   * Returns the verbs of a document that need none of its values, without reading it; nothing is sent before you call one.
   *
   * @example
   * ```ts
   * await User.at('ada').score.increase(5); // => 5
   * await User.at('nobody').tags.aappend('x'); // => throws KeyNotFoundError
   * ```
   */
  static at<T extends object>(this: ModelConstructor<T>, keyOrPk: string): DocumentAt<T> {
    return documentAt(this, keyOrPk);
  }

  /**
   * Reads a document by its key or pk; resolves to `null` when it does not exist. Sends `JSON.GET`.
   *
   * @throws {@link CorruptDocumentError} it does not fit the model.
   *
   * @example
   * ```ts
   * (await User.find('ada'))?.email; // => 'ada@example.com'
   * await User.find('nobody'); // => null
   * ```
   */
  static find<T extends object>(this: ModelConstructor<T>, keyOrPk: string, options?: CallOptions): Promise<T | null> {
    return findDocument(this, keyOrPk, options);
  }

  /**
   * Reads many documents by their keys or pks; lists missing and unreadable ones beside those found. Sends `JSON.MGET`. A key that holds another Redis type
   * counts as missing, because `JSON.MGET` does not tell it from one that holds nothing.
   *
   * @example
   * ```ts
   * const { found, missing, corrupt } = await User.getMany(['ada', 'nobody']);
   * found.length; // => 1
   * missing; // => ['User:nobody']
   * corrupt; // => []
   * ```
   */
  static getMany<T extends object>(
    this: ModelConstructor<T>,
    keysOrPks: readonly string[],
    options?: CallOptions,
  ): Promise<FoundDocuments<T>> {
    return getDocuments(this, keysOrPks, options);
  }

  /**
   * Removes a document by its key or pk; resolves to whether it existed. Sends `DEL`; a lock that this flow holds on it is checked in the same step.
   *
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   */
  static deleteByKey(this: ModelConstructor<AtomicRedisModel>, keyOrPk: string, options?: CallOptions): Promise<boolean> {
    return deleteStored(this, keyOrPk, options);
  }

  /**
   * Removes many documents by their keys or pks; resolves to how many existed. Sends `UNLINK`; before it, one script for each document on which this flow holds
   * a lock, which checks that lock.
   *
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   */
  static deleteMany(this: ModelConstructor<AtomicRedisModel>, keysOrPks: readonly string[], options?: CallOptions): Promise<number> {
    return deleteDocuments(this, keysOrPks, options);
  }

  /** Resolves to whether a document is stored. Sends `EXISTS`. */
  static async exists(this: ModelConstructor<AtomicRedisModel>, keyOrPk: string, options?: CallOptions): Promise<boolean> {
    return existsDocument(documentPlaceOf(this, keyOrPk), options);
  }

  /** Finds the keys of all documents of this class, or of those whose pks begin with `pkPrefix`. Sends `SCAN`, which walks over all keys of the server. */
  static afindKeys(this: ModelConstructor<AtomicRedisModel>, options?: FindKeysOptions): Promise<string[]> {
    return findKeys(this, options);
  }

  /**
   * Reads all documents of this class, or those whose pks begin with `pkPrefix`, page by page. Sends `SCAN` and `JSON.MGET`.
   *
   * @example
   * ```ts
   * const names: string[] = [];
   * for await (const user of User.scan({ pkPrefix: 'ad' })) names.push(user.username);
   * names; // => ['ada']
   * ```
   */
  static scan<T extends object>(this: ModelConstructor<T>, options?: ScanOptions): AsyncGenerator<T> {
    return scanDocuments(this, options);
  }

  /**
   * Finds the documents that meet all conditions, by the fields that are marked with `@Index()`. Sends `FT.SEARCH`, which sees every write that was confirmed
   * before. The index must exist: see {@link AtomicRedisModel.createIndex}. A search does not start times to live anew.
   *
   * @param where - Values, or operators: `$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`, `$in`, `$nin`, `$all`; and `$and`, `$or`, `$not`. `{}` means all documents.
   * @throws {@link ValidationError} lists all wrong conditions: on a field without `@Index()`, or with a value that does not fit; nothing was sent.
   * @throws {@link IndexNotFoundError} the server has no index for the fields that the class marks now.
   * @throws {@link SearchUnavailableError} the server has no search commands, or the connection is to a cluster.
   * @throws {@link CorruptDocumentError} a document does not fit the model, and there is no `onCorrupt`.
   * @throws {@link SchemaError} the class marks no field.
   *
   * @example
   * ```ts
   * await Order.createIndex();
   * const open = await Order.findBy({ status: 'open', total: { $gte: 100 } }, { orderBy: { total: 'desc' }, limit: 10 });
   * open.map(({ id }) => id); // => ['o2', 'o1']
   * (await Order.findBy({ shop: { city: 'Rome' } })).length; // => 1
   * (await Order.findBy({ $or: [{ tags: 'gift' }, { total: { $lt: 50 } }] })).length; // => 2
   * await Order.findBy({ total: { $gte: NaN } }); // => throws ValidationError
   * ```
   */
  static findBy<T extends object>(this: ModelConstructor<T>, where: Where<T>, options?: FindByOptions<T>): Promise<T[]> {
    return findBy(this, where, options);
  }

  /** Finds one document that meets all conditions; resolves to `null` when there is none. Sends and throws what {@link AtomicRedisModel.findBy} does. */
  static findOneBy<T extends object>(this: ModelConstructor<T>, where: Where<T>, options?: FindOneByOptions<T>): Promise<T | null> {
    return findOneBy(this, where, options);
  }

  /**
   * Finds one page of documents, and counts those on all pages. Sends and throws what {@link AtomicRedisModel.findBy} does.
   *
   * @example
   * ```ts
   * await Order.createIndex();
   * const { documents, total } = await Order.findAndCountBy({ status: 'open' }, { orderBy: { total: 'asc' }, offset: 1, limit: 1 });
   * [documents.map(({ id }) => id), total]; // => [['o2'], 2]
   * ```
   */
  static findAndCountBy<T extends object>(this: ModelConstructor<T>, where: Where<T>, options?: FindByOptions<T>): Promise<FoundBy<T>> {
    return findAndCountBy(this, where, options);
  }

  /** Counts the documents that meet all conditions. Sends `FT.SEARCH … LIMIT 0 0`; throws what {@link AtomicRedisModel.findBy} does. */
  static countBy<T extends object>(this: ModelConstructor<T>, where: Where<T>, options?: CallOptions): Promise<number> {
    return countBy(this, where, options);
  }

  /**
   * Creates the index of the fields that are marked with `@Index()`, unless it exists, and waits until it holds all documents; resolves to its state. Await it at
   * the start of each process: until it has ended, searches may miss documents. When the marks change, the class gets another index; the old one stays for
   * programs of the old release.
   *
   * Sends `FT.CREATE`, and `FT.INFO` until the server has gone through the documents that existed before.
   *
   * @throws {@link SearchUnavailableError} the server has no search commands, or the connection is to a cluster or to another database than 0.
   * @throws {@link SchemaError} the class marks no field.
   * @throws {@link OutcomeUnknownError} no reply: the index may have been created; call it again.
   *
   * @example
   * ```ts
   * const { documents, failures } = await Order.createIndex();
   * [documents, failures]; // => [3, 0]
   * ```
   */
  static createIndex(this: ModelConstructor<AtomicRedisModel>, options?: CallOptions): Promise<IndexState> {
    return createIndex(this, options);
  }

  /**
   * Does what {@link AtomicRedisModel.createIndex} does, and then drops the indexes of earlier declarations of the class, because each costs memory, and time
   * with every write. Searches of programs that still use one throw {@link IndexNotFoundError} from then on.
   *
   * Sends `FT.CREATE`, `FT.INFO`, `FT._LIST`, and one `FT.DROPINDEX` for each old index.
   *
   * @throws {@link OutcomeUnknownError} no reply: indexes may have been created or dropped; call it again.
   */
  static syncIndex(this: ModelConstructor<AtomicRedisModel>, options?: CallOptions): Promise<IndexState> {
    return syncIndex(this, options);
  }

  /**
   * Drops the index of the fields that are marked now; the documents stay. Resolves to whether it existed. Sends `FT.DROPINDEX`.
   *
   * @throws {@link OutcomeUnknownError} no reply: it may have been dropped.
   */
  static dropIndex(this: ModelConstructor<AtomicRedisModel>, options?: CallOptions): Promise<boolean> {
    return dropIndex(this, options);
  }

  /**
   * Stores a document unless one exists under its key; resolves to the one that is stored then.
   *
   * Sends one script call (`JSON.GET`, `JSON.SET`). Under a lock that this flow holds on the document: one that checks the lock and writes, and `JSON.GET` when
   * the document exists already.
   *
   * @throws {@link ValidationError} lists all values that are missing, unknown or wrong; nothing was sent.
   * @throws {@link CorruptDocumentError} the stored document does not fit the model.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   *
   * @example
   * ```ts
   * const { document, created } = await User.getOrCreate({ username: 'ada', email: 'new@example.com' });
   * created; // => false
   * document.email; // => 'ada@example.com'
   * ```
   */
  static getOrCreate<T extends object>(this: ModelConstructor<T>, init: Init<T>, options?: CallOptions): Promise<GetOrCreateResult<T>> {
    return getOrCreateDocument(this, init, options);
  }

  /**
   * Stores many new documents, each 1,000 of them all or none. On a cluster, those of one slot are all or none, and each slot is tried.
   *
   * Sends one script call (`JSON.MSET`) for each 1,000, one after the other; on a cluster one for each slot, all at once.
   *
   * @throws {@link ValidationError} lists what is wrong with all of them: `[2].email`; nothing was sent.
   * @throws {@link KeyExistsError} names the first key that exists and, by `index`, its document; the thousands before it are stored.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   *
   * @example
   * ```ts
   * const [bob, eve] = await User.insertMany(['bob', 'eve'].map((name) => ({ username: name, email: `${name}@example.com` })));
   * [bob?.key, eve?.key]; // => ['User:bob', 'User:eve']
   * ```
   */
  static async insertMany<T extends object>(this: ModelConstructor<T>, inits: readonly Init<T>[], options?: CallOptions): Promise<T[]> {
    return insertDocuments(this, inits, options);
  }

  /**
   * Takes a lock on a document by its key or pk; the handle holds the document. Sends and throws what {@link AtomicRedisModel.lock} does.
   *
   * @param action - Default `default`.
   * @example
   * ```ts
   * {
   *   await using lock = await User.lockFromKey('ada', 'score');
   *   await lock.document.score.increase(); // => 1
   * } // released here
   * ```
   */
  // eslint-disable-next-line max-params -- `this` counts, and the signature is the documented one
  static lockFromKey<T extends object>(
    this: ModelConstructor<T>,
    keyOrPk: string,
    action = 'default',
    options: LockOptions = {},
  ): Promise<LockHandle<T>> {
    return lockFromKey(this, { key: keyOrPk, action }, options);
  }

  /** Runs `work` under a lock on a document, by its key or pk, which is read when the lock is taken. See {@link AtomicRedisModel.withLock}. */
  // eslint-disable-next-line max-params -- `this` counts, and the signature is the documented one
  static withLockFromKey<T extends object, R>(
    this: ModelConstructor<T>,
    keyOrPk: string,
    action: string,
    work: (document: T, lock: HeldLockInfo) => Promise<R> | R,
    options: WithLockOptions = {},
  ): Promise<R> {
    return promised(() => {
      requireWork(work, 'withLockFromKey()', "withLockFromKey('ada', 'action', (document) => …)");
      return withLockFromKey(this, { key: keyOrPk, action }, { options, work });
    });
  }

  /**
   * Reads a document with a `@Version()` field, runs `work` and commits its changes; starts over when another commit came in between.
   *
   * Each attempt sends `JSON.GET`, and one script call that checks the version and writes; only the read when `work` changed nothing.
   *
   * @param work - May run several times, each time on a fresh instance. What it throws ends the transaction, and nothing is written.
   * @param options - `retries`: how often `work` runs again. Default 10.
   * @throws {@link VersionConflictError} other writers came first more than `retries` times.
   * @throws {@link PipelineBusyError} it was called inside the `work` of another `transact` of the same document, with which it would conflict each time;
   * nothing was sent.
   * @throws {@link KeyNotFoundError} the document does not exist, or was gone before the commit.
   * @throws {@link SchemaError} the model has no `@Version()` field.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   *
   * @example
   * ```ts
   * await Post.transact('1', (fresh) => {
   *   fresh.title.value = fresh.title.value.toUpperCase();
   * });
   * (await Post.get('1')).title.value; // => 'REDIS'
   * ```
   */
  // eslint-disable-next-line max-params -- `this` counts, and the signature is the documented one
  static transact<T extends object, R>(
    this: ModelConstructor<T>,
    keyOrPk: string,
    work: (document: T) => Promise<R> | R,
    options: TransactOptions = {},
  ): Promise<R> {
    return transact(this, keyOrPk, { work, options });
  }
}
