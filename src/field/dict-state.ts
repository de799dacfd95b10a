import { setMember, type Codec, type Json, type JsonObject } from '../codec/codec';
import { copyStored, isUnreadDict, unreadValue } from '../codec/document';
import type { Operation } from '../command/operation';
import { setMemberValue } from '../command/operations/dicts';
import { getOrMake } from '../memo/get-or-make';
import type { SettleTask } from '../scope/document-root';
import type { PipelineScope } from '../scope/pipeline-scope';
import { changeHere } from './changes';
import { Collection } from './collection';
import type { Placement, StoredView } from './container';

/** Shared by all dicts that have made no runtime value yet: a Map for each would cost more than the rest of the dict. */
const NOTHING_READ = new Map<string, unknown>();

/** The runtime value of a member, which users may hold. */
interface Member {
  value: unknown;
}

/**
 * Members by their stored values, while a pipeline might still be undone: those for which a container was made, and those that were replaced before anybody read
 * them.
 */
const members = new WeakMap<object, Member>();

function memberOf(stored: object): Member {
  return getOrMake(members, stored, () => ({ value: undefined }));
}

/** Local state of a dict. Values are decoded when they are first read. */
export class DictState extends Collection {
  /** Runtime values that differ from their stored form, once they were read. */
  private runtime = NOTHING_READ;
  /** Number of members, once it was asked for. Counting takes linear time, and users ask for the size before each member that they add. */
  private count: number | undefined = undefined;

  constructor(
    codec: Codec,
    /** Stored values by name. Once a container exists for a member, the container has its current value. */
    private stored: JsonObject,
    placement: Placement,
  ) {
    super(codec, placement);
  }

  reset(stored: Json): void {
    const { runtime } = this;
    for (const value of runtime.values()) this.containerOf(value)?.rememberBeforeChange();
    if (this.holdsContainers && this.root.mayBeUndone) this.noteSuccessors(stored as JsonObject);
    this.replaceAll(stored as JsonObject);
    for (const [name, value] of runtime) {
      const container = this.containerOf(value);
      if (container === undefined || !this.has(name) || this.stored[name] === null) continue;
      this.putBack(name, value);
      container.reset(this.stored[name] as Json);
    }
  }

  /** A member that nobody has read stays the same member under its name: a value that is read after the replacement stays valid when the pipeline is undone. */
  private noteSuccessors(stored: JsonObject): void {
    for (const name of this.names()) {
      const [before, after] = [this.stored[name] as Json, Object.hasOwn(stored, name) ? (stored[name] as Json) : null];
      if (before !== null && after !== null && !this.runtime.has(name)) members.set(after as object, memberOf(before as object));
    }
  }

  private replaceAll(stored: JsonObject): void {
    for (const value of this.runtime.values()) this.containerOf(value)?.detach();
    this.runtime = NOTHING_READ;
    this.stored = stored;
    this.count = undefined;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.stored, name);
  }

  names(): string[] {
    return Object.keys(this.stored);
  }

  get size(): number {
    return (this.count ??= this.names().length);
  }

  read(name: string): unknown {
    if (!this.has(name)) return undefined;
    const stored = this.stored[name] as Json;
    if (this.element.identity || stored === null) return stored;
    let value = this.runtime.get(name);
    if (value === undefined) {
      value = this.holdsContainers ? this.bindItem(this.element, stored, name) : this.decode(this.element, stored, name);
      if (this.holdsContainers && this.root.mayBeUndone) memberOf(stored as object).value = value;
      this.keep(name, value);
    }
    return value;
  }

  /** A stand-in for a member of a dict that was not read, for verbs that need no value of it. Undefined when the member is known not to exist. */
  unreadMember(name: string): unknown {
    if (!this.runtime.has(name) && isUnreadDict(this.stored)) this.keep(name, this.bindItem(this.element, unreadValue(this.element), name));
    return this.runtime.get(name);
  }

  private keep(name: string, value: unknown): void {
    if (this.runtime === NOTHING_READ) this.runtime = new Map();
    this.runtime.set(name, value);
  }

  put(name: string, stored: Json): void {
    this.release(name);
    if (this.count !== undefined && !this.has(name)) this.count += 1;
    setMember(this.stored, name, stored);
  }

  /** Takes over the stored value of a member from a reply. A container that users hold stays valid. */
  takeOver(name: string, stored: Json): void {
    const container = this.containerOf(this.runtime.get(name));
    if (container === undefined || stored === null) this.put(name, stored);
    else container.reset(stored);
  }

  drop(name: string): void {
    this.release(name);
    if (this.count !== undefined && this.has(name)) this.count -= 1;
    Reflect.deleteProperty(this.stored, name);
  }

  storedAt(name: string, as: StoredView = 'present'): Json {
    const value = this.runtime.get(name);
    const container = this.containerOf(value);
    if (container !== undefined) return container.toStored(as);
    return value === undefined || as === 'known' ? (this.stored[name] as Json) : this.element.encode(value);
  }

  toStored(as: StoredView = 'present'): JsonObject {
    const out: JsonObject = {};
    for (const name of this.names()) setMember(out, name, this.storedAt(name, as));
    return out;
  }

  settleUnseen(task: SettleTask): void {
    if (!this.holdsContainers && !this.element.changesUnseen) return;
    for (const name of this.runtime.keys()) this.settleMember(name, task);
  }

  /** The same for one member. */
  settleMember(name: string, task: SettleTask): void {
    const value = this.runtime.get(name);
    const container = this.containerOf(value);
    if (container !== undefined) container.settleUnseen(task);
    else if (value === undefined || !this.element.changesUnseen) return;
    else if (task === 'forget') this.runtime.delete(name);
    else this.collectUnseen(name, value, task);
  }

  private collectUnseen(name: string, value: unknown, task: SettleTask): void {
    const now = this.unseenChange(this.element, value, { before: this.stored[name] as Json, segment: name });
    if (now === undefined || task === 'check') return;
    changeHere(this, [setMemberValue('set', this.path, { name, value: now })], () => {
      setMember(this.stored, name, now);
    });
  }

  snapshot(): () => void {
    const stored = { ...this.stored };
    const runtime = new Map(this.runtime);
    const unread: [name: string, stored: Json][] = [];
    // A container that is made later would work on this same object.
    if (this.holdsContainers) {
      for (const name of this.names()) {
        if (runtime.has(name)) continue;
        unread.push([name, stored[name] as Json]);
        setMember(stored, name, copyStored(stored[name] as Json));
      }
    }
    return () => {
      this.replaceAll(stored);
      for (const [name, value] of runtime) this.putBack(name, value);
      for (const [name, source] of unread) this.putBackAs(name, source, stored[name] as Json);
      this.settleUnseen('forget');
    };
  }

  /** When only one member is set, only that member is remembered: copying all would make each pipeline take linear time. */
  override rememberIn(scope: PipelineScope, operations: readonly Operation[]): void {
    for (const operation of operations) {
      if (!this.setsMember(operation)) super.rememberIn(scope, operations);
      else {
        const { path } = operation;
        scope.remember(this, path.segment, () => {
          scope.notePlace(this.root, path);
          return this.snapshotOf(path.segment as string);
        });
      }
    }
  }

  /** A removed member cannot be put back alone, because it would come after all others. */
  private setsMember({ path, effects: [effect, second] }: Operation): boolean {
    const isSet = second === undefined && (effect?.kind === 'set' || effect?.kind === 'change');
    return isSet && effect.path === path && path.parent?.text === this.path.text;
  }

  private snapshotOf(name: string): () => void {
    if (!this.has(name)) return () => this.drop(name);
    const value = this.runtime.get(name);
    const stored = this.stored[name] as Json;
    return () => {
      this.put(name, stored);
      if (value !== undefined) this.putBack(name, value);
      this.settleMember(name, 'forget');
    };
  }

  /** Puts back a container that was made meanwhile for the earlier stored value, so that users who hold it can go on using it. */
  private putBackAs(name: string, source: Json, stored: Json): void {
    const value = members.get(source as object)?.value;
    const container = this.containerOf(value);
    if (container === undefined) return;
    this.putBack(name, value);
    container.reset(stored);
  }

  private putBack(name: string, value: unknown): void {
    this.containerOf(value)?.attach();
    this.keep(name, value);
  }

  private release(name: string): void {
    this.containerOf(this.runtime.get(name))?.detach();
    this.runtime.delete(name);
  }
}
