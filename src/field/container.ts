import { isDeepStrictEqual } from 'node:util';
import { isContainer, Mismatch, type Codec, type DocumentField, type Json } from '../codec/codec';
import { requireDepth } from '../codec/depth';
import type { Operation } from '../command/operation';
import { StaleItemError } from '../errors/document';
import { dotted, JsonPath, type PathSegment } from '../path/json-path';
import { pipelineAround } from '../scope/dispatch';
import type { DocumentRoot, Services, SettleTask } from '../scope/document-root';
import { WHOLE, type PipelineScope } from '../scope/pipeline-scope';
import { corrupt, invalid } from './misfits';

/** Containers of all kinds hold one another and bound scalars. To avoid import cycles, they get the functions that make those from their document. */
export interface FieldServices extends Services {
  /** Makes the container for a stored value at its place, and gives the value that users hold for it. */
  readonly bind: (codec: Codec, stored: Json, placement: Placement) => object;
  /** Makes the bound value of a scalar field. */
  readonly bindScalar: (state: never, field: DocumentField) => object;
}

// Editors offer a symbol as a member of a class if both are declared in the same file. The symbols on values that users hold are therefore declared here.

/** The container behind a value that users hold. */
export const CONTAINER: unique symbol = Symbol.for('redatom/container');
/** Where a bound scalar lives. */
export const PLACE: unique symbol = Symbol('redatom/place');
/** The method of an unread model that returns the place of a field. A symbol, because all names belong to the fields. */
export const PLACE_OF: unique symbol = Symbol('redatom/place-of');

/** Where a container lives: in which document, and at which place of which other container. */
export interface Placement {
  readonly root: DocumentRoot<FieldServices>;
  readonly parent: Container | undefined;
  readonly segment: PathSegment | undefined;
}

/** A value that was removed: its stored form, and what its property gave. */
interface RemovedValue {
  readonly stored: Json;
  readonly value: unknown;
}

/** A local value as it is now (`present`), or without changes made inside values that were not collected yet (`known`). */
export type StoredView = 'present' | 'known';

/** Local state of something that holds other values: a model, a list or a dict. */
export abstract class Container {
  // Only declared: when a base class defines fields, V8 constructs instances of derived classes on its slowest path.
  declare readonly root: DocumentRoot<FieldServices>;
  declare readonly parent: Container | undefined;
  /** Place in the parent; items of lists move. */
  declare segment: PathSegment | undefined;
  declare private isDetached: boolean;

  constructor({ root, parent, segment }: Placement) {
    this.root = root;
    this.parent = parent;
    this.segment = segment;
    this.isDetached = false;
  }

  /** The stored form of the local value. */
  abstract toStored(as?: StoredView): Json;
  /** Looks for values that were changed from inside, which nothing reports. */
  abstract settleUnseen(task: SettleTask): void;
  /** Throws a mismatch when a stored form does not fit. */
  abstract check(stored: unknown): void;
  /** Takes a stored form over as the local value. */
  abstract reset(stored: Json): void;
  /** Remembers the local value; the returned function puts it back. */
  abstract snapshot(): () => void;

  /** As of any {@link PlacedValue}. */
  get container(): this {
    return this;
  }

  collect(): Json {
    this.settleUnseen('collect');
    return this.toStored();
  }

  /** What tells an item of a list from its siblings, if its class has a key. */
  identity(): { name: string; stored: Json } | undefined {
    return undefined;
  }

  /** Whether the places in here are positions, which other writers may shift. An accessor, because a property would take eight bytes of each container. */
  get hasPositions(): boolean {
    return false;
  }

  /** The codec of the value at a place in here. */
  abstract codecAt(segment: PathSegment): Codec;

  /** The stored form of the default of a place in here; undefined where there is none. */
  defaultAt(_segment: PathSegment): Json | undefined {
    return undefined;
  }

  /** The default, as JSON text, of a place where the stored document has nothing. */
  missingAt(_segment: PathSegment): string | undefined {
    return undefined;
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

  /** Marks it as removed from its parent: it has no place in the document any more. */
  detach(): void {
    this.isDetached = true;
  }

  attach(): void {
    this.isDetached = false;
  }

  get isAttached(): boolean {
    return !this.isDetached && this.parent?.isAttached !== false;
  }

  /** Refuses a container that was removed, or that lies below a name which no path can carry: the command could reach another place. */
  requireReachable(): void {
    if (!this.isAttached) throw this.staleItem(this.path);
    if (this.path.addressable) return;
    const expected = 'a path that RedisJSON can follow: no name in it has a backslash, both kinds of quote or a leading blank';
    throw this.inHere(Mismatch.of(expected, this.segment));
  }

  /** The error for a held value whose place now stores something else. */
  staleItem({ text }: JsonPath, command?: string): StaleItemError {
    return new StaleItemError({ model: this.root.model, key: this.root.key, path: text, command });
  }

  /** Binds a stored value to a place in here. */
  protected bindItem(codec: Codec, stored: Json, segment: PathSegment): object {
    return this.root.services.bind(codec, stored, { root: this.root, parent: this, segment });
  }

  /** Checks a value before it is put anywhere, and returns its stored form. */
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

  /** The runtime form of a stored value in here, or of the whole container. */
  decode(codec: Codec, stored: Json, segment?: PathSegment): unknown {
    try {
      return codec.decode(stored);
    } catch (error) {
      throw corrupt(error, this.spotOf(segment === undefined ? this.path : this.pathOf(segment)));
    }
  }

  /** Checks a stored value from a reply of the server, and returns it. */
  checked(codec: Codec, stored: Json, segment: PathSegment): Json {
    try {
      codec.check(stored);
      codec.decode(stored);
      return stored;
    } catch (error) {
      throw corrupt(error, this.spotOf(this.pathOf(segment)));
    }
  }

  /** Reads a value that a verb has removed from Redis. If it cannot be read, the error carries it, because it is stored nowhere else. */
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
      throw corrupt(error, { ...this.spotOf(this.pathOf(segment)), removed });
    }
  }

  /** Turns a misfit of a value for a place in here into the error that users see. */
  invalid(error: unknown, segment: PathSegment): unknown {
    return this.inHere(error instanceof Mismatch ? error.below(segment) : error);
  }

  /** The same for a value of the container as a whole. */
  inHere(error: unknown): unknown {
    return invalid(error, this.spotOf(this.path));
  }

  /** The error of a value that does not fit a place in here. */
  misfit(segment: PathSegment, expected: string, found: unknown): unknown {
    return this.invalid(Mismatch.of(expected, found), segment);
  }

  private spotOf(path: JsonPath): { model: string; key: string; path: JsonPath } {
    return { model: this.root.model, key: this.root.key, path };
  }

  /** Remembers the local value before its first change in an open pipeline. */
  rememberBeforeChange(): void {
    const scope = pipelineAround(this.root);
    if (scope !== undefined) this.rememberWhole(scope);
  }

  /** Remembers the parts of the local value that operations are about to change. */
  rememberIn(scope: PipelineScope, _operations: readonly Operation[]): void {
    this.rememberWhole(scope);
  }

  private rememberWhole(scope: PipelineScope): void {
    scope.remember(this, WHOLE, () => {
      scope.notePlace(this.root, this.path);
      return this.snapshot();
    });
  }
}

export function containerOf<C extends Container>(value: unknown): C {
  return (value as { [CONTAINER]: C })[CONTAINER];
}
