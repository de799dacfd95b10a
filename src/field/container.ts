import { isDeepStrictEqual } from 'node:util';
import { Mismatch, type Codec, type Json } from '../codec/codec';
import { sameItem } from '../command/checks';
import { withGuards, type Check, type Operation } from '../command/operation';
import { seedValue } from '../command/operations/values';
import { CorruptDocumentError, ValidationError } from '../errors/codec';
import { StaleItemError } from '../errors/document';
import type { CallOptions } from '../executor/executor';
import { dotted, JsonPath, type PathSegment } from '../path/json-path';
import { noteOutcome } from '../scope/commit';
import { openPipelineOf, record, send } from '../scope/dispatch';
import type { DocumentRoot } from '../scope/document-root';

/** A container and the value that users hold for it. */
export interface Bound {
  readonly container: Container;
  readonly value: object;
}

/** Makes the container for a stored value at its place. Containers of all kinds hold one another, so each is handed this. */
export type Bind = (codec: Codec, stored: Json, placement: Placement) => Bound;

/** The container behind a value that users hold. */
export const CONTAINER: unique symbol = Symbol.for('redatom/container') as never;

/** Where a container lives: in which document, and at which place of which other container. */
export interface Placement {
  readonly root: DocumentRoot;
  readonly bind: Bind;
  readonly parent: Container | undefined;
  readonly segment: PathSegment | undefined;
}

/** A change as a verb describes it: what to send, and what to do to the local value. */
export interface Change<R> {
  readonly operations: readonly Operation[];
  /** Changes the local value; gets the server's answer, or undefined when the change is only queued. */
  readonly apply: (reply: unknown) => void;
  /** What the verb resolves to. */
  readonly result: (reply: unknown) => R;
}

/** What a change adds to the commit that it becomes part of. */
interface CommitSketch {
  /** Stands for the commit. */
  readonly queue: object;
  /** Stands for changes that go before this one in the commit. */
  readonly covers: object | undefined;
  readonly guards: Check[];
  readonly seeds: Operation[];
}

/** Local state of something that holds other values: a model, a list or a dict. */
export abstract class Container {
  readonly root: DocumentRoot;
  readonly bind: Bind;
  readonly parent: Container | undefined;
  /** Place in the parent; items of lists move. */
  segment: PathSegment | undefined;
  private isDetached = false;
  /** The queue that already guards this item of a list. */
  private guardedIn: object | undefined = undefined;

  constructor({ root, bind, parent, segment }: Placement) {
    this.root = root;
    this.bind = bind;
    this.parent = parent;
    this.segment = segment;
  }

  /** The stored form of the present local value; `asKnown`, without changes from inside values that were not collected yet. */
  abstract toStored(asKnown?: boolean): Json;
  /** Looks for values that were changed from inside: queues those changes, or forgets them. */
  abstract settleInside(task: 'collect' | 'forget'): void;
  /** Takes a stored form over as the local value. */
  abstract reset(stored: Json): void;
  /** Remembers the local value; the returned function puts it back. */
  abstract snapshot(): () => void;
  /** Identifies an item of a list among its siblings, if its class has a key. */
  abstract identity(): { name: string; stored: Json } | undefined;
  /** Whether the places in here are positions that other writers may shift. */
  abstract readonly hasPositions: boolean;

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
  protected bindItem(codec: Codec, stored: Json, segment: PathSegment): Bound {
    return this.bind(codec, stored, { root: this.root, bind: this.bind, parent: this, segment });
  }

  /** Checks a value before it is put anywhere, and gives its stored form. */
  encode(codec: Codec, value: unknown, segment: PathSegment): Json {
    try {
      return codec.encode(value);
    } catch (error) {
      throw this.invalid(error, segment);
    }
  }

  /** The stored form of a value that was changed from inside; undefined when it is as it was. */
  protected changedInside(codec: Codec, value: unknown, { before, segment }: { before: Json; segment: PathSegment }): Json | undefined {
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
    this.begin();
    const { pending } = root;
    const earlier = scope === undefined ? [] : this.takeEarlier(operations);
    const guarded = this.guardAfter(earlier, operations, { queue: scope ?? pending, covers: pending });
    if (earlier.length > 0) {
      scope?.undoWith(() => {
        root.putBackFirst(earlier);
      });
    }
    apply();
    record(root, guarded);
  }

  /**
   * Queues the change when a pipeline is open; else sends it, and changes the local value when the server has confirmed. Local changes of the same
   * value that were not written yet go before it in the same commit.
   */
  act<R>({ operations, apply, result }: Change<R>, call?: CallOptions): Promise<R> {
    const { root } = this;
    if (openPipelineOf(root) !== undefined) {
      this.change(operations, () => {
        apply(undefined);
      });
      return Promise.resolve(result(undefined));
    }
    const { pending } = root;
    const earlier = this.takeEarlier(operations);
    const guarded = this.guardAfter(earlier, operations, { queue: {}, covers: earlier.length > 0 ? pending : undefined });
    return send(root, guarded, call).then(
      (reply) => {
        apply(reply);
        return result(reply);
      },
      (error: unknown) => {
        root.putBackFirst(earlier);
        throw noteOutcome(root, error);
      },
    );
  }

  /** Local changes of what the operations work on; inside a list, of the whole list, because they may have moved its items. */
  private takeEarlier(operations: readonly Operation[]): Operation[] {
    if (this.root.pending.length === 0) return [];
    const list = this.outermostList();
    const places = list === undefined ? operations.map(({ path }) => path.text) : [list.path.text];
    return places.flatMap((place) => this.root.takeOverlapping(place));
  }

  /** Guards operations that follow earlier changes; when they are refused here, those go on waiting. */
  private guardAfter(
    earlier: readonly Operation[],
    operations: readonly Operation[],
    commit: { queue: object; covers: object | undefined },
  ): readonly Operation[] {
    try {
      const guarded = this.guard(operations, commit);
      return earlier.length > 0 ? [...earlier, ...guarded] : guarded;
    } catch (error) {
      this.root.putBackFirst(earlier);
      throw error;
    }
  }

  private outermostList(): Container | undefined {
    return this.parent?.outermostList() ?? (this.hasPositions ? this : undefined);
  }

  /** Remembers the local value before its first change in an open pipeline. */
  begin(): void {
    openPipelineOf(this.root)?.remember(this, () => this.snapshot());
  }

  /** Adds what must hold of the items on the way here, and defaults that an older document lacks. `queue` stands for the commit that this becomes part of. */
  private guard(operations: readonly Operation[], { queue, covers }: { queue: object; covers: object | undefined }): readonly Operation[] {
    const guards: Check[] = [];
    const seeds: Operation[] = [];
    if (this.parent !== undefined) this.requireReachable();
    this.prepare({ queue, covers, guards, seeds });
    const [first, ...rest] = operations;
    if (first === undefined || (guards.length === 0 && seeds.length === 0)) return operations;
    return [...seeds, withGuards(first, guards), ...rest];
  }

  /** Refuses to look below a name that no path can carry: what is sent could reach another place. */
  requireReachable(): void {
    if (this.path.addressable) return;
    const expected = 'names on the way here that RedisJSON can follow: none with a backslash, both kinds of quote or blanks at its ends';
    throw this.inHere(Mismatch.of(expected, this.segment));
  }

  private prepare(commit: CommitSketch): void {
    const { parent } = this;
    if (parent === undefined) return;
    if (this.isDetached) throw new StaleItemError({ model: this.root.model, key: this.root.key, path: this.path.text });
    if (parent.hasPositions) commit.guards.push(...this.guardOfItem(commit));
    if (parent.lacks(this.segment as PathSegment)) commit.seeds.unshift(seedValue(this.path, this.toStored()));
    parent.prepare(commit);
  }

  private guardOfItem({ queue, covers }: CommitSketch): Check[] {
    const identity = this.identity();
    if (identity !== undefined) return [sameItem(this.path.member(identity.name), this.path, JSON.stringify(identity.stored))];
    // Without a key the whole item is compared, and later changes of the same commit would change it.
    const isGuarded = this.guardedIn !== undefined && (this.guardedIn === queue || this.guardedIn === covers);
    this.guardedIn = queue;
    if (isGuarded) return [];
    return [sameItem(this.path, this.path, JSON.stringify(this.toStored(true)))];
  }
}

/** Turns a misfit in a stored document into the error that users see. */
export function corrupt(error: unknown, place: { model: string; key: string; path: JsonPath }): unknown {
  const misfit = error instanceof Mismatch ? error.misfits[0] : undefined;
  if (misfit === undefined) return error;
  const path = pathBelow(place.path, misfit.segments).text;
  return new CorruptDocumentError(misfit.expected, misfit.found, { model: place.model, key: place.key, path, cause: error });
}

function pathBelow(path: JsonPath, segments: readonly PathSegment[]): JsonPath {
  return segments.reduce((at, segment) => (typeof segment === 'number' ? at.element(segment) : at.member(segment)), path);
}
