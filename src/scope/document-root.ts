import type { Json } from '../codec/codec';
import type { Operation } from '../command/operation';
import { OutcomeUnknownError } from '../errors/commit';
import type { Executor } from '../executor/executor';
import type { JsonPath } from '../path/json-path';
import type { ModelSchema } from '../schema/model-schema';
import type { HeldLock } from './held-lock';
import type { Line } from './line';
import { LocalChanges } from './local-changes';
import { noteTaken, ReturnedChanges } from './returned-changes';
import { Watchers } from './watchers';

/** Shared, because most instances are never locked by a handle. */
const NO_LOCKS: readonly HeldLock[] = [];

/** What a document is read and written through. */
export interface Connection {
  readonly executor: Executor;
  readonly isClosed: boolean;
}

/** Where a document is. */
export interface DocumentPlace {
  readonly schema: ModelSchema;
  readonly key: string;
  readonly connection: Connection;
}

/** Where a document is, or will be. */
export interface LocalPlace extends Pick<DocumentPlace, 'schema' | 'key'> {
  /** Default: the one to which the model is bound when the document is first used. */
  readonly connection?: Connection | undefined;
}

/** What documents get from the layers above. */
export interface Services {
  /** The connection of a model, as it is bound now. */
  readonly connectionOf: (schema: ModelSchema) => Connection;
  /** Whether a user gave the class rules. */
  readonly hasRules: (local: LocalDocument) => boolean;
  /** Runs the rules that a user gave the class, on the local values; undefined when there are none. */
  readonly runRules: (local: LocalDocument) => Promise<void> | undefined;
  /** The same at once; rules that wait are left out. */
  readonly runRulesNow: (local: LocalDocument) => void;
}

/** Told what changes local values, as long as it may have to put them back. */
export interface ChangeWatcher {
  /** What it would put back is being changed; `by` stands for the pipeline that does it. */
  noteOverlap(root: DocumentRoot, by: object | undefined): void;
}

/** Shared, because most verbs find none. */
const NO_CHANGES: readonly Operation[] = [];

/** A document as one instance knows it: its key, its connection and the changes that are not written yet. */
export class DocumentRoot<S extends Services = Services> {
  private changes: LocalChanges | undefined = undefined;
  /** Those of them that a write had taken which failed. */
  private returned: ReturnedChanges | undefined = undefined;
  /** How often writes have taken local changes. */
  takes = 0;
  /** The pipeline that is open on this instance. */
  openPipeline: object | undefined = undefined;
  /** Pipelines that may have to put local values back. */
  private watchers: Watchers<ChangeWatcher> | undefined = undefined;
  /** Locks taken for this very instance by a handle. */
  locks: readonly HeldLock[] = NO_LOCKS;
  /** The state of the instance that users hold; set as soon as it exists. */
  local!: LocalDocument;
  /** It was read, so there was a document. */
  wasFound = false;
  /** Grows when local values may have changed. */
  revision = 0;
  /** Grows when they may have become what the server said, which says nothing of changes that were not sent. */
  news = 0;
  /** How many verbs were answered, or failed. */
  answered = 0;
  /** What waits to be sent for this instance; undefined when nothing does. */
  line: Line | undefined = undefined;
  /**
   * Set when it is unknown whether the local values are the stored ones. A new object each time, so that a read ends only the doubt that was there when
   * it was sent.
   */
  doubt: object | undefined = undefined;
  /** How many verbs are under way whose answers will change local values. */
  private underWay = 0;
  /** How many commits are under way whose changes the local values have already. */
  private ahead = 0;
  /** How many reads are under way whose answers will take the place of local values. */
  private reads = 0;

  readonly schema: ModelSchema;
  readonly key: string;
  private bound: Connection | undefined;

  constructor(
    { schema, key, connection }: LocalPlace,
    readonly services: S,
  ) {
    this.schema = schema;
    this.key = key;
    this.bound = connection;
  }

  /** Local changes that no commit has taken. */
  get pending(): LocalChanges {
    this.changes ??= new LocalChanges();
    return this.changes;
  }

  get hasPending(): boolean {
    return this.changes !== undefined && this.changes.length > 0;
  }

  /** A verb was sent whose answer will change local values. */
  begin(): void {
    this.underWay += 1;
  }

  /** It was answered, or failed. */
  end(): void {
    this.underWay -= 1;
    this.noteEnd(true);
  }

  /** A commit was sent whose changes the local values have already. */
  beginAhead(): void {
    this.ahead += 1;
  }

  /**
   * It was answered, or failed.
   *
   * @param isNews - Whoever has read the document before lacks what it did. Default true.
   */
  endAhead(isNews = true): void {
    this.ahead -= 1;
    this.noteEnd(isNews);
  }

  /** A pipeline is open, or its commit is under way, so local values may be put back. */
  get mayBeUndone(): boolean {
    return this.openPipeline !== undefined || this.watchers !== undefined;
  }

  /** Notes a read whose answer will take the place of local values, until it has ended. */
  noteRead<R>(read: Promise<R>): Promise<R> {
    this.reads += 1;
    const end = (): void => {
      this.reads -= 1;
      this.line?.advance();
    };
    // Whoever calls gets what comes of that, so that the trace of an error leads there: it follows a promise to one place.
    return read.finally(end);
  }

  /** No read is under way whose answer will take the place of local values. */
  get isRead(): boolean {
    return this.reads === 0;
  }

  private noteEnd(isNews: boolean): void {
    if (isNews) this.answered += 1;
    this.noteNews();
    this.line?.advance();
  }

  private noteNews(): void {
    this.revision += 1;
    this.news += 1;
  }

  /** No answer is due that will change local values. */
  get isApplied(): boolean {
    return this.underWay === 0;
  }

  /** Nor one that may put them back. */
  get isSettled(): boolean {
    return this.underWay === 0 && this.ahead === 0;
  }

  /** A write got no reply, or cannot be undone here, so the local values may differ from the stored ones until `load()`. */
  get isStale(): boolean {
    return this.doubt !== undefined;
  }

  /** Refuses to build a commit on local values that may differ from the stored ones. */
  requireFresh(): void {
    if (!this.isStale) return;
    const facts = { model: this.model, key: this.key, command: 'an earlier write' };
    throw new OutcomeUnknownError(facts, 'left local values that may differ from the stored ones');
  }

  /** Nobody knows whether the local values are the stored ones. */
  markStale(): void {
    this.doubt = {};
  }

  /** Tells pipelines that may have to put local values back what is changed; `by` stands for the pipeline that does it. */
  noteChange(operations: readonly Operation[], by?: object): void {
    if (this.watchers === undefined) return;
    for (const { path, setsTimeToLive } of operations) {
      // How long a document lives is no local value.
      if (setsTimeToLive === true) continue;
      for (const watcher of this.watchers.overlapping(path, by)) watcher.noteOverlap(this, by);
    }
  }

  watch(watcher: ChangeWatcher): void {
    this.watchers ??= new Watchers();
    this.watchers.add(watcher);
  }

  watchPlace(watcher: ChangeWatcher, path: JsonPath): void {
    this.watchers?.addPlace(watcher, path);
  }

  /** Nothing at these places concerns it any more. */
  unwatchPlaces(watcher: ChangeWatcher, places: readonly JsonPath[]): void {
    this.watchers?.deletePlaces(watcher, places);
  }

  /** @param places - All that it watches. */
  unwatch(watcher: ChangeWatcher, places: readonly JsonPath[]): void {
    this.watchers?.delete(watcher, places);
    if (this.watchers?.isEmpty === true) this.watchers = undefined;
  }

  /** The connection through which the document was read, or first used. Once that is closed, the one to which the model is bound by then. */
  get connection(): Connection {
    if (this.bound === undefined || this.bound.isClosed) this.bound = this.services.connectionOf(this.schema);
    return this.bound;
  }

  get executor(): Executor {
    return this.connection.executor;
  }

  /** Nothing of the document was read, so the local values say nothing of it. On the prototype: as a property it takes eight bytes of each document. */
  get isUnread(): boolean {
    return false;
  }

  /** Name of the model, for errors. */
  get model(): string {
    return this.schema.name;
  }

  /** Forgets local changes at or below a path: the server has just said what holds there. */
  forget(path: JsonPath): void {
    this.noteNews();
    if (this.hasPending) this.pending.takeFrom(path);
  }

  /** Takes the local changes at, above or below one of the paths, with what goes before them, in their order: a verb there has to be sent after them. */
  takeOverlapping(paths: readonly JsonPath[]): readonly Operation[] {
    return this.hasPending ? this.taken(this.pending.takeOverlapping(paths)) : NO_CHANGES;
  }

  /** Puts changes back that were taken by a place and not written. */
  putBackFirst(taken: readonly Operation[]): void {
    this.noteReturned(taken);
    this.pending.putBackFirst(taken);
  }

  /** The whole document was read. `doubt` is the one in which the request was sent; one that arose later stays. */
  wasRead(doubt: object | undefined): void {
    this.changes = this.returned = undefined;
    if (this.doubt === doubt) this.doubt = undefined;
    this.wasFound = true;
    this.noteNews();
  }

  /** Takes the local changes for a commit. */
  takePending(): LocalChanges {
    const taken = this.pending;
    this.changes = this.returned = undefined;
    return this.taken(taken);
  }

  /** Puts changes back that no commit took. */
  putBack(taken: LocalChanges): void {
    this.noteReturned(taken);
    for (const change of this.pending) taken.add(change);
    this.changes = taken;
  }

  private taken<C extends LocalChanges | readonly Operation[]>(changes: C): C {
    if (changes.length > 0) noteTaken(changes, (this.takes += 1));
    return changes;
  }

  private noteReturned(changes: Iterable<Operation>): void {
    this.returned ??= new ReturnedChanges();
    this.returned.add(changes);
  }

  get hasReturned(): boolean {
    return this.returned !== undefined;
  }

  /** Operations were done that had been sent after so many takes. Local changes that are older, and wait again, must not be written over them. */
  noteDone(operations: readonly Operation[], takes: number): void {
    if (this.returned?.areOlder(this.pending, { operations, takes }) === true) this.markStale();
  }
}

/** A document of which nothing was read. */
export class UnreadRoot<S extends Services = Services> extends DocumentRoot<S> {
  override get isUnread(): boolean {
    return true;
  }
}

/** What becomes of values that were changed from inside: those changes are queued, forgotten, or only looked at. */
export type SettleTask = 'collect' | 'forget' | 'check';

/** What a commit asks of the local instance. */
export interface LocalDocument {
  /** Its place in the document. */
  readonly path: JsonPath;
  /** The stored form of the local values. */
  toStored(): Json;
  /** Looks for values that were changed from inside, which no verb has seen. */
  settleUnseen(task: SettleTask): void;
  readonly version: number | undefined;
  /** The commit was applied, and the stored version is now this. */
  setVersion(version: number): void;
}
