import { isDeepStrictEqual } from 'node:util';
import { isContainer, Mismatch, type Codec, type Json } from '../codec/codec';
import { requireDepth } from '../codec/depth';
import type { DocumentField } from '../codec/document';
import { sameItem } from '../command/checks';
import { withGuards, type Check, type Operation } from '../command/operation';
import { seedValue } from '../command/operations/values';
import { ValidationError } from '../errors/codec';
import { StaleItemError } from '../errors/document';
import { type CallOptions, refuseWrongLimits } from '../input/call-options';
import { dotted, JsonPath, type PathSegment } from '../path/json-path';
import { openPipelineOf, pipelineAround, record, send } from '../scope/dispatch';
import type { DocumentRoot, Services } from '../scope/document-root';
import { requireFresh } from '../scope/freshness';
import { inTurn, isNext } from '../scope/in-turn';
import { WHOLE, type PipelineScope } from '../scope/pipeline-scope';
import { corrupt, pathBelow } from './corrupt';

/** Containers of all kinds hold one another and bound scalars, so their document hands them what makes those. */
export interface FieldServices extends Services {
  /** Makes the container for a stored value at its place, and gives the value that users hold for it. */
  readonly bind: (codec: Codec, stored: Json, placement: Placement) => object;
  /** Makes the bound value of a scalar field. */
  readonly bindScalar: (state: never, field: DocumentField) => object;
}

/** The container behind a value that users hold. */
export const CONTAINER: unique symbol = Symbol.for('redatom/container') as never;

/** Where a container lives: in which document, and at which place of which other container. */
export interface Placement {
  readonly root: DocumentRoot<FieldServices>;
  readonly parent: Container | undefined;
  readonly segment: PathSegment | undefined;
}

/** A change as a verb describes it: what to send, and what to do to the local value. */
export interface Change<R> {
  readonly operations: readonly Operation[];
  /** Changes the local value; gets the server's answer, or undefined when the change is only queued. None where the local value is what is sent. */
  readonly apply?: (reply: unknown) => void;
  /** What the verb resolves to. */
  readonly result: (reply: unknown) => R;
}

/** What a change adds to the commit that it becomes part of. */
interface CommitSketch {
  /** What the user calls the change. */
  readonly verb: string;
  /** Stands for the commit; undefined when nothing else will become part of it. */
  readonly queue: object | undefined;
  /** Local changes that go before this one in the commit. */
  readonly earlier: readonly Operation[];
  readonly guards: Check[];
  readonly seeds: Operation[];
  /** The pipeline that collects the change. */
  readonly scope: PipelineScope | undefined;
}

/** What guards need to know of the commit that a change becomes part of. */
type CommitPlace = Pick<CommitSketch, 'queue' | 'earlier' | 'scope'>;

/** What tells an item of a list from its neighbours. */
export interface ItemIdentity {
  readonly path: JsonPath;
  readonly stored: Json;
}

/** What guards an item of a list. */
interface Guard {
  /** Stands for the commit that it is part of. */
  readonly queue: object;
  readonly check: Check;
}

/** A value that is nowhere any more: its stored form, and what its property gave. */
interface RemovedValue {
  readonly stored: Json;
  readonly value: unknown;
}

const NOTHING: readonly Operation[] = [];

/** What guards items of lists already. Few containers are such items and changed, so none has a property for it. */
const guards = new WeakMap<Container, Guard | undefined>();

/** Local state of something that holds other values: a model, a list or a dict. */
export abstract class Container {
  readonly root: DocumentRoot<FieldServices>;
  readonly parent: Container | undefined;
  /** Place in the parent; items of lists move. */
  segment: PathSegment | undefined;
  private isDetached = false;

  constructor({ root, parent, segment }: Placement) {
    this.root = root;
    this.parent = parent;
    this.segment = segment;
  }

  /** The stored form of the present local value; `asKnown`, without changes from inside values that were not collected yet. */
  abstract toStored(asKnown?: boolean): Json;
  /** Looks for values that were changed from inside, which nobody sees: queues those changes, or forgets them. */
  abstract settleUnseen(task: 'collect' | 'forget'): void;
  /** Takes a stored form over as the local value. */
  abstract reset(stored: Json): void;
  /** Remembers the local value; the returned function puts it back. */
  abstract snapshot(): () => void;
  /** Identifies an item of a list among its siblings, if its class has a key. */
  abstract identity(): { name: string; stored: Json } | undefined;
  /** Whether the places in here are positions that other writers may shift. On the prototype: as a property it takes eight bytes of each container. */
  get hasPositions(): boolean {
    return false;
  }

  /** Whether the stored document has nothing at a place where the local value is a default. */
  lacks(_segment: PathSegment): boolean {
    return false;
  }

  get path(): JsonPath {
    return this.parent === undefined ? JsonPath.root : this.parent.pathOf(this.segment as PathSegment);
  }

  pathOf(segment: PathSegment): JsonPath {
    return typeof segment === 'number' ? this.path.element(segment) : this.path.member(segment);
  }

  get fieldPath(): string {
    return dotted(this.path.segments());
  }

  /** It was removed from what held it, so it has no place any more. */
  detach(): void {
    this.isDetached = true;
  }

  attach(): void {
    this.isDetached = false;
  }

  /** Binds a stored value to a place in here. */
  protected bindItem(codec: Codec, stored: Json, segment: PathSegment): object {
    return this.root.services.bind(codec, stored, { root: this.root, parent: this, segment });
  }

  /** Checks a value before it is put anywhere, and gives its stored form. */
  encode(codec: Codec, value: unknown, segment: PathSegment): Json {
    try {
      const stored = codec.encode(value);
      requireDepth(codec, stored, this.path);
      return stored;
    } catch (error) {
      throw this.invalid(error, segment);
    }
  }

  /** The stored form of a value that was changed from inside; undefined when it is as it was. */
  protected unseenChange(codec: Codec, value: unknown, { before, segment }: { before: Json; segment: PathSegment }): Json | undefined {
    const now = this.encode(codec, value, segment);
    if (isDeepStrictEqual(now, before)) return undefined;
    // Other writers may have put the same value in another form.
    return isDeepStrictEqual(now, codec.encode(codec.decode(before))) ? undefined : now;
  }

  /** The runtime form of a stored value. */
  decode(codec: Codec, stored: Json, segment: PathSegment): unknown {
    try {
      return codec.decode(stored);
    } catch (error) {
      throw corrupt(error, { model: this.root.model, key: this.root.key, path: this.pathOf(segment) });
    }
  }

  /** A stored value that the server answered, once it is known to fit. */
  checked(codec: Codec, stored: Json, segment: PathSegment): Json {
    try {
      codec.check(stored);
      codec.decode(stored);
      return stored;
    } catch (error) {
      throw corrupt(error, { model: this.root.model, key: this.root.key, path: this.pathOf(segment) });
    }
  }

  /** What a verb has removed from Redis: what cannot be read is handed over with the error, because it is nowhere else. */
  readRemoved(codec: Codec, removed: string, segment: PathSegment): RemovedValue {
    try {
      const stored = JSON.parse(removed) as Json;
      codec.check(stored);
      const plain = codec.decode(stored);
      if (!isContainer(codec) || stored === null) return { stored, value: plain };
      const value = this.bindItem(codec, stored, segment);
      containerOf(value).detach();
      return { stored, value };
    } catch (error) {
      throw corrupt(error, { model: this.root.model, key: this.root.key, path: this.pathOf(segment), removed });
    }
  }

  /** Turns a misfit of a value for a place in here into the error that users see. */
  invalid(error: unknown, segment: PathSegment): unknown {
    return this.inHere(error instanceof Mismatch ? error.below(segment) : error);
  }

  /** The same for a value that stands for the container as a whole. */
  inHere(error: unknown): unknown {
    if (!(error instanceof Mismatch)) return error;
    const here = this.path.segments();
    const [first] = error.misfits;
    return new ValidationError(
      error.misfits.map(({ segments, expected, found }) => ({ field: dotted([...here, ...segments]), expected, found })),
      { model: this.root.model, key: this.root.key, path: pathBelow(this.path, first?.segments ?? []).text },
    );
  }

  /** Changes the local value and queues the change; for verbs that do not wait. */
  change(operations: readonly Operation[], apply: () => void): void {
    const { root } = this;
    const scope = openPipelineOf(root);
    if (scope !== undefined) this.rememberIn(scope, operations);
    const earlier = scope === undefined ? NOTHING : this.takeEarlier(operations);
    const guarded = this.guardAfter(operations, { queue: scope?.committer ?? root.pending, earlier, scope, taken: earlier });
    if (earlier.length > 0) {
      scope?.undoWith(() => {
        root.putBackFirst(earlier);
      });
    }
    apply();
    record(root, guarded, scope);
  }

  /**
   * Queues the change when a pipeline is open; else sends it, and changes the local value when the server has confirmed. Local changes of the same
   * value that were not written yet go before it in the same commit.
   */
  act<R>(change: Change<R>, call?: CallOptions): Promise<R> {
    const { root } = this;
    if (openPipelineOf(root) === undefined) {
      if (isNext(root)) return this.actNow(change, call);
      const { path } = this;
      return inTurn(root, call, (left) => {
        // Another flow may have opened one meanwhile, and what is to be sent names the place of before.
        openPipelineOf(root);
        if (this.path.text !== path.text) throw this.staleItem(path);
        return this.actNow(change, left);
      });
    }
    refuseWrongLimits(call);
    const { operations, apply, result } = change;
    this.change(operations, () => {
      apply?.(undefined);
    });
    return Promise.resolve(result(undefined));
  }

  /** For what is in its turn already. */
  actNow<R>({ operations, apply, result }: Change<R>, call: CallOptions | undefined): Promise<R> {
    const { root } = this;
    const earlier = this.takeEarlier(operations);
    const sent = this.replacesAll(earlier, operations) ? NOTHING : earlier;
    const guarded =
      this.parent === undefined && sent.length === 0
        ? operations
        : this.guardAfter(operations, { queue: undefined, earlier: sent, scope: undefined, taken: earlier });
    const accept = (reply: unknown): R => {
      if (apply !== undefined) {
        root.noteChange(operations);
        // It was applied to what stands here now, of which only the server knows.
        if (!this.isAttached) root.markStale();
        apply(reply);
      }
      return result(reply);
    };
    const onFailure = earlier.length === 0 ? undefined : (): void => root.putBackFirst(earlier);
    return send(root, { operations: guarded, accept, onFailure }, call);
  }

  /** Local changes of what the operations work on; inside a list, of the whole list, because they may have moved its items. */
  private takeEarlier(operations: readonly Operation[]): readonly Operation[] {
    if (!this.root.hasPending) return NOTHING;
    const list = this.outermostList();
    return this.root.takeOverlapping(list === undefined ? operations.map(({ path }) => path) : [list.path]);
  }

  /** Whether a value takes the place of all that earlier changes made, so that it can be sent alone. Inside a list they may have moved the place. */
  private replacesAll(earlier: readonly Operation[], operations: readonly Operation[]): boolean {
    if (earlier.length === 0 || operations.length > 1 || this.outermostList() !== undefined) return false;
    const { path, join, direct } = operations[0] as Operation;
    return join?.kind === 'value' && direct !== undefined && earlier.every((change) => change.path.text.startsWith(path.text));
  }

  /** Guards operations that follow earlier changes; when they are refused here, what was taken goes on waiting. */
  private guardAfter(operations: readonly Operation[], commit: CommitPlace & { taken: readonly Operation[] }): readonly Operation[] {
    const { earlier } = commit;
    try {
      // Those may be stored already, and would be written a second time.
      if (earlier.length > 0) requireFresh(this.root);
      const guarded = this.guard(operations, commit);
      return earlier.length > 0 ? [...earlier, ...guarded] : guarded;
    } catch (error) {
      this.root.putBackFirst(commit.taken);
      throw error;
    }
  }

  private outermostList(): Container | undefined {
    return this.parent?.outermostList() ?? (this.hasPositions ? this : undefined);
  }

  /** Remembers the local value before its first change in an open pipeline. */
  begin(): void {
    const scope = pipelineAround(this.root);
    if (scope !== undefined) this.rememberWhole(scope);
  }

  /** Remembers what operations are about to change of the local value. */
  protected rememberIn(scope: PipelineScope, _operations: readonly Operation[]): void {
    this.rememberWhole(scope);
  }

  private rememberWhole(scope: PipelineScope): void {
    scope.remember(this, WHOLE, () => {
      scope.notePlace(this.root, this.path);
      return this.snapshot();
    });
  }

  /** Adds what must hold of the items on the way here, and defaults that an older document lacks. `queue` stands for the commit that this becomes part of. */
  private guard(operations: readonly Operation[], { queue, earlier, scope }: CommitPlace): readonly Operation[] {
    if (this.parent === undefined) return operations;
    const guards: Check[] = [];
    const seeds: Operation[] = [];
    this.requireReachable();
    const verb = operations[0]?.verb;
    if (verb === undefined) return operations;
    this.prepare({ verb, queue, earlier, guards, seeds, scope });
    if (guards.length === 0 && seeds.length === 0) return operations;
    const [first, ...rest] = [...seeds, ...operations];
    return first === undefined ? operations : [withGuards(first, guards), ...rest];
  }

  /** Those of the items on the way here whose classes have a key. */
  identities(): ItemIdentity[] {
    const { parent } = this;
    if (parent === undefined) return [];
    const above = parent.identities();
    const own = parent.hasPositions ? this.identity() : undefined;
    return own === undefined ? above : [...above, { path: this.path.member(own.name), stored: own.stored }];
  }

  /** Refuses what was removed, and to look below a name that no path can carry: what is sent could reach another place. */
  requireReachable(): void {
    this.requireAttached();
    if (this.path.addressable) return;
    const expected = 'names on the way here that RedisJSON can follow: none with a backslash, both kinds of quote or blanks at its ends';
    throw this.inHere(Mismatch.of(expected, this.segment));
  }

  private requireAttached(): void {
    if (!this.isAttached) throw this.staleItem(this.path);
  }

  /** Says that what is held here is not what stands at its place. */
  staleItem({ text }: JsonPath, command?: string): StaleItemError {
    return new StaleItemError({ model: this.root.model, key: this.root.key, path: text, command });
  }

  private get isAttached(): boolean {
    return !this.isDetached && this.parent?.isAttached !== false;
  }

  private prepare(commit: CommitSketch): void {
    const { parent } = this;
    if (parent === undefined) return;
    if (parent.hasPositions) commit.guards.push(...this.guardOfItem(commit));
    if (parent.lacks(this.segment as PathSegment)) commit.seeds.unshift(seedValue(commit.verb, this.path, this.toStored()));
    parent.prepare(commit);
  }

  private guardOfItem({ queue, earlier, scope }: CommitSketch): Check[] {
    const identity = this.identity();
    if (identity !== undefined) return [sameItem(this.path.member(identity.name), this.path, identity.stored)];
    // Without a key the whole item is compared, and later changes of the same commit would change it.
    const guarded = guards.get(this);
    const isGuarded = guarded !== undefined && this.isGuardedIn(guarded, { queue, earlier });
    const check = isGuarded ? guarded.check : sameItem(this.path, this.path, this.toStored(true));
    if (queue !== undefined && !(isGuarded && guarded.queue === queue)) {
      scope?.undoWith(() => guards.set(this, guarded));
      guards.set(this, { queue, check });
    }
    return isGuarded ? [] : [check];
  }

  private isGuardedIn({ queue, check }: Guard, commit: Pick<CommitSketch, 'queue' | 'earlier'>): boolean {
    if (queue === commit.queue) return queue !== this.root.pending || this.root.isWaiting(check);
    return commit.earlier.some(({ guards }) => guards?.includes(check));
  }
}

export function containerOf<C extends Container>(value: unknown): C {
  return (value as { [CONTAINER]: C })[CONTAINER];
}
