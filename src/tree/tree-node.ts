import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../codec/codec';
import { describe } from '../input/describe';
import { MAX_SECONDS, ttlMsOf } from '../input/seconds';
import { requireWork } from '../input/arguments';
import { deadlineOf } from '../async/time-left';
import { CALL_OPTIONS, checkedLimits, refuseWrongLimits, type CallOptions } from '../input/call-options';
import { INSPECT, inspected } from '../input/inspect';
import { refuseUnknown, type NamesOf } from '../input/options';
import { LockNotHeldError } from '../errors/lock';
import { TreeTypeError } from '../errors/tree';
import { isSubtreeLocked } from '../lock/subtree-lock';
import type { SubtreeLease } from '../lock/subtree-lease';
import type { PathLike, TreePath } from '../path/tree-path';
import { LockHolder } from './lock-holder';
import { releaseHeld, runUnderLock, takeLock, type HeldTreeLock } from './tree-lock';
import { storeWithin, type TreeContext } from './tree-context';
import type { TreeLockOptions } from './tree-lock-options';
import type { TreeStore, TreeWrite } from './tree-store';
import { toStoredText } from './tree-value';

/** Options of a write. */
export interface SetOptions extends CallOptions {
  /** Removes the value after this many seconds, fractions allowed. Default: it stays. */
  readonly expire?: number | undefined;
}

const SET_OPTIONS = { expire: true, ...CALL_OPTIONS } satisfies NamesOf<SetOptions>;

/** Options of `isLocked`. */
export interface IsLockedOptions extends CallOptions {
  /** Also looks for locks below the node. Default false. */
  readonly below?: boolean | undefined;
}

const IS_LOCKED_OPTIONS = { below: 'boolean', ...CALL_OPTIONS } satisfies NamesOf<IsLockedOptions>;

/** A lock that is held until it is released, for `await using`. */
export interface TreeLock extends HeldTreeLock, AsyncDisposable {
  /** The locked node. Locks and writes through it, or through nodes taken from it, count as the holder's. */
  readonly node: TreeNode;
  /**
   * Frees the lock. Calling it again does nothing.
   *
   * @throws {@link LockLostError} the lock had been lost.
   */
  release(): Promise<void>;
}

/**
 * A place in a tree. Taking a node does no I/O. Each verb is one script call, so it reads or writes all or nothing.
 *
 * A node that holds an object is an interior node, and so is the root. Lists are values, not nodes.
 *
 * Each verb takes limits of its call as its last argument: `{ signal, timeoutMs }`. They cover opening the connection, too.
 *
 * A write that gets no reply throws {@link OutcomeUnknownError}: it may have been applied. A write under a lost lock throws {@link LockLostError}: nothing was
 * written.
 */
export class TreeNode implements AsyncIterable<string> {
  /** @internal */
  constructor(
    private readonly context: TreeContext,
    private readonly place: TreePath,
    private readonly holder: LockHolder,
  ) {}

  /** The segments of the path. */
  get path(): readonly string[] {
    return this.place.segments;
  }

  /** The dotted path; empty for the root. */
  key(): string {
    return this.place.dotted;
  }

  /** @internal */
  toJSON(): object {
    return { prefix: this.context.prefix, key: this.key() };
  }

  /** @internal */
  [INSPECT](_depth: number, options: object): string {
    return inspected('TreeNode', this.toJSON(), options);
  }

  /**
   * Returns a node below this one.
   *
   * @param key - A dotted path, or its segments, which may hold dots and any other characters.
   * @throws {@link TreePathError} it is not a path.
   */
  get(key: PathLike): TreeNode {
    return new TreeNode(this.context, this.place.below(key), this.holder);
  }

  /**
   * Reads the value here with everything below it, as of one moment. A missing value gives `defaultValue`; a stored null gives null.
   *
   * Sends: one script call (`JSON.GET`).
   */
  async val(): Promise<Json | undefined>;
  async val<Default>(defaultValue: Default, options?: CallOptions): Promise<Json | Default>;
  async val<Default>(defaultValue?: Default, options?: CallOptions): Promise<Json | Default | undefined> {
    const value = await this.valueFor('val', options);
    return value === undefined ? defaultValue : value;
  }

  /**
   * Stores a value below this node and resolves to this node. Other values along the path become objects.
   *
   * Sends: one script call (`JSON.SET`). The time to live that the path had ends.
   *
   * @param key - A dotted path, or its segments.
   * @param value - A JSON value: text, a finite number, a boolean, null, a list, or a plain object of these. Dates, maps, bytes and instances of
   * classes are refused.
   * @throws {@link ValidationError} the value cannot be represented in JSON; nothing was sent.
   * @throws {@link LockLostError} the lock around this write was lost; nothing was written.
   */
  async set(key: PathLike, value: unknown, options: SetOptions = {}): Promise<this> {
    await this.get(key).put(value, options, 'set');
    return this;
  }

  /** Stores a value here, as {@link TreeNode.set} does below this node. */
  async assign(value: unknown, options: SetOptions = {}): Promise<this> {
    await this.put(value, options, 'assign');
    return this;
  }

  /**
   * Adds to the number here and resolves to the new total. A missing number counts as 0; a time to live continues.
   *
   * Sends: one script call (`JSON.NUMINCRBY`).
   *
   * @throws {@link TreeTypeError} something other than a number is here, or the total would not be exact; nothing was written.
   */
  async add(count: number, options?: CallOptions): Promise<number> {
    if (!Number.isFinite(count) || (Number.isInteger(count) && !Number.isSafeInteger(count)))
      throw new RangeError(`add() takes a number that is finite and, when whole, exact; found ${describe(count)}`);
    return this.write('add', options, (store, write) => store.add(write, count));
  }

  /** Removes the value at `key` below this node, with everything below it. Resolves to whether there was one. */
  async delete(key: PathLike, options?: CallOptions): Promise<boolean> {
    return this.get(key).remove('delete', options);
  }

  /** Removes the value here, with everything below it. Resolves to whether there was one. */
  async clear(options?: CallOptions): Promise<boolean> {
    return this.remove('clear', options);
  }

  /** Resolves to whether there is a value here; interior nodes count. */
  async exists(options?: CallOptions): Promise<boolean> {
    return this.ask('exists', options, (store, left) => store.exists(this.place, left));
  }

  /**
   * Removes the value here, with everything below it as a unit, after this many seconds. Resolves to false when there is no value here.
   *
   * Writing this node or one above ends its time to live; writing below does not, and values written there are removed with it.
   *
   * @param seconds - Fractions allowed; more than 0.
   */
  async expire(seconds: number, options?: CallOptions): Promise<boolean> {
    const ttlMs = toTtlMs(seconds);
    return this.write('expire', options, (store, write) => store.expire(write, ttlMs));
  }

  /**
   * Resolves to the seconds until this value is removed, by itself or with a node above, rounded up; -1 when it has no time to live, -2 when there is
   * no value here.
   */
  async timeToLive(options?: CallOptions): Promise<number> {
    return this.ask('timeToLive', options, (store, left) => store.timeToLive(this.place, left));
  }

  /**
   * Yields every leaf below this node, which is every value that is not an object. All leaves come from one read, so they show one moment; a leaf
   * itself yields nothing.
   */
  async *iterChildren(options?: CallOptions): AsyncGenerator<TreeNode> {
    yield* this.leavesIn(await this.valueFor('iterChildren', options));
  }

  /** Resolves to the nodes directly below this one; empty when there is no object here. */
  async children(options?: CallOptions): Promise<TreeNode[]> {
    const value = await this.valueFor('children', options);
    return isObject(value) ? Object.keys(value).map((name) => this.get([name])) : [];
  }

  /**
   * Resolves to the names directly below this node.
   *
   * @throws {@link TreeTypeError} there is no object here.
   */
  async keys(options?: CallOptions): Promise<string[]> {
    return this.ask('keys', options, (store, left) => store.keysOf(this.place, left));
  }

  /** Yields the names directly below this node, one by one. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    yield* await this.keys();
  }

  /**
   * Resolves to the number of names directly below this node, or of items in the list here.
   *
   * @throws {@link TreeTypeError} there is neither an object nor a list here.
   */
  async size(options?: CallOptions): Promise<number> {
    return this.ask('size', options, (store, left) => store.sizeOf(this.place, left));
  }

  /** Resolves to whether both nodes have the same value; two missing values are the same. */
  async equals(other: TreeNode, options?: CallOptions): Promise<boolean> {
    return isDeepStrictEqual(...(await this.valuesWith(other, 'equals', options)));
  }

  /**
   * Compares the values of two nodes, which are two numbers or two texts; resolves to -1, 0 or 1.
   *
   * @throws {@link TreeTypeError} the values are neither two numbers nor two texts.
   */
  async compareTo(other: TreeNode, options?: CallOptions): Promise<-1 | 0 | 1> {
    const [mine, its] = await this.valuesWith(other, 'compareTo', options);
    if (typeof mine !== typeof its || (typeof mine !== 'number' && typeof mine !== 'string')) {
      const facts = { command: 'compareTo', key: this.context.prefix, path: this.key() };
      throw new TreeTypeError('two numbers or two texts', `${kindOf(mine)} and ${kindOf(its)}`, facts);
    }
    if (mine === its) return 0;
    return (mine as string) < (its as string) ? -1 : 1;
  }

  /**
   * Takes the lock of this node, which covers everything below it, until it is released.
   *
   * Outside {@link TreeNode.withLock} every lock is independent, even in one flow: only calls through the handle's `node` are inside it.
   * {@link RedisTree.session} makes locks that do not exclude one another.
   *
   * @throws {@link LockTimeoutError} the lock was not free in time.
   * @throws {@link RedisConnectionError} the server could not be asked for it.
   * @throws {@link DeadlockError} waiting would never end, because the holder waits for this scope.
   *
   * @example
   * ```ts
   * await using lock = await tree.at('stock').acquire();
   * await lock.node.get('apples').add(-1);
   * ```
   */
  async acquire(options: TreeLockOptions = {}): Promise<TreeLock> {
    const scope = this.holder.scopeToHold();
    const lease = await takeLock({ context: this.context, path: this.place, holder: this.holder }, scope, options);
    this.holder.remember(lease);
    const inside = new LockHolder(scope);
    inside.remember(lease);
    return this.handleOf(lease, new TreeNode(this.context, this.place, inside));
  }

  /**
   * Releases the lock last acquired through this node, or through the same session. Locks below it remain.
   *
   * @throws {@link LockNotHeldError} no lock was acquired through it.
   * @throws {@link LockLostError} the lock had been lost.
   */
  async release(): Promise<void> {
    const store = await this.context.store();
    const lease = this.holder.latest(store, this.place);
    if (lease === undefined) throw new LockNotHeldError(this.key(), { key: store.prefix, command: 'release' });
    this.holder.forget(lease);
    await releaseHeld(lease, 'release');
  }

  /** Resolves to whether this node or one above it is locked by anyone; with `below`, also one below it. */
  async isLocked(options: IsLockedOptions = {}): Promise<boolean> {
    refuseUnknown(options, IS_LOCKED_OPTIONS, 'isLocked()');
    const below = options.below === true;
    return this.ask('isLocked', limitsOf(options), (store, call) => isSubtreeLocked(store, this.place, { below, call }));
  }

  /**
   * Runs work while nobody else holds a lock on this node, above it or below it. Locks taken inside the work, including functions that it calls, may
   * be in the same subtree; two of them at the same time exclude each other.
   *
   * The server checks writes of the work below this node, and refuses them once the lock is lost.
   *
   * @throws {@link LockTimeoutError} the lock was not free in time; the work did not run.
   * @throws {@link RedisConnectionError} the server could not be asked for it; the work did not run.
   * @throws {@link DeadlockError} waiting would never end; the work did not run.
   * @throws {@link LockLostError} the lock was lost while the work ran.
   *
   * @example
   * ```ts
   * await tree.at('a.b.c').withLock(async (node) => { await node.get('d').add(1); });
   * ```
   */
  async withLock<R>(work: (node: this, lock: HeldTreeLock) => Promise<R> | R, options: TreeLockOptions = {}): Promise<R> {
    requireWork(work, 'withLock()', 'node.withLock((same) => …)');
    return runUnderLock({ context: this.context, path: this.place, holder: this.holder }, (lock) => work(this, lock), options);
  }

  private handleOf(lease: SubtreeLease, node: TreeNode): TreeLock {
    let isReleased = false;
    const release = async (): Promise<void> => {
      if (isReleased || lease.isFreed) return;
      isReleased = true;
      this.holder.forget(lease);
      await releaseHeld(lease, 'release');
    };
    return {
      node,
      get signal() {
        return lease.signal;
      },
      fence: lease.fence,
      release,
      [Symbol.asyncDispose]: release,
    };
  }

  private async put(value: unknown, options: SetOptions, verb: string): Promise<void> {
    refuseUnknown(options, SET_OPTIONS, `${verb}()`);
    const { expire } = options;
    const json = toStoredText(this.place, value);
    const ttlMs = expire === undefined ? undefined : toTtlMs(expire);
    await this.write(verb, limitsOf(options), (store, write) => store.set(write, json, ttlMs));
  }

  private remove(verb: string, call: CallOptions | undefined): Promise<boolean> {
    return this.write(verb, call, (store, write) => store.delete(write));
  }

  /** Runs a verb on the current store, within what is left of the limits of its call. */
  private async ask<R>(
    verb: string,
    call: CallOptions | undefined,
    work: (store: TreeStore, left: CallOptions | undefined) => Promise<R>,
  ): Promise<R> {
    refuseWrongLimits(call);
    const left = deadlineOf(call);
    const store = await storeWithin(this.context, verb, call);
    return work(store, left());
  }

  /** The same for a verb that writes, under the lock that guards it. */
  private write<R>(command: string, call: CallOptions | undefined, work: (store: TreeStore, write: TreeWrite) => Promise<R>): Promise<R> {
    return this.ask(command, call, (store, left) => {
      const lease = this.holder.guardOf(store, this.place, command);
      const guard = { lease, scope: this.holder.scopeToWrite(), enforced: this.context.enforceLocks };
      return work(store, { command, path: this.place, guard, call: left });
    });
  }

  /** The value here, read for a verb. */
  private async valueFor(verb: string, call: CallOptions | undefined): Promise<Json | undefined> {
    const [value] = await this.ask(verb, call, (store, left) => store.read(verb, [this.place], left));
    return value;
  }

  private valuesWith(other: TreeNode, verb: string, call: CallOptions | undefined): Promise<[Json | undefined, Json | undefined]> {
    if (!(other instanceof TreeNode)) throw new TypeError(`${verb}() takes a node of a tree, found ${describe(other)}`);
    return this.ask(verb, call, async (store, limits) => {
      const left = deadlineOf(limits);
      const otherStore = await storeWithin(other.context, verb, limits);
      if (otherStore !== store) return Promise.all([this.valueFor(verb, left()), other.valueFor(verb, left())]);
      return (await store.read(verb, [this.place, other.place], left())) as [Json | undefined, Json | undefined];
    });
  }

  private *leavesIn(value: Json | undefined): Generator<TreeNode> {
    if (!isObject(value)) return;
    for (const [name, member] of Object.entries(value)) {
      const child = this.get([name]);
      if (isObject(member)) yield* child.leavesIn(member);
      else yield child;
    }
  }
}

/** Undefined if no limit is given, because a call without limits is cheaper. */
function limitsOf(options: CallOptions): CallOptions | undefined {
  const limits = checkedLimits(options);
  return limits.signal === undefined && limits.timeoutMs === undefined ? undefined : limits;
}

function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'null' : `a value of type ${typeof value}`;
}

function toTtlMs(seconds: number): number {
  const ms = ttlMsOf(seconds);
  if (ms !== undefined) return ms;
  throw new RangeError(`a time to live must be a positive number of seconds, at most ${MAX_SECONDS}, found ${describe(seconds)}`);
}
