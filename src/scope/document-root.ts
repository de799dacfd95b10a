import type { Json } from '../codec/codec';
import type { Operation } from '../command/operation';
import { OutcomeUnknownError } from '../errors/commit';
import type { Executor } from '../executor/executor';
import type { JsonPath } from '../path/json-path';
import type { ModelSchema } from '../schema/model-schema';
import type { HeldLock } from './held-lock';
import type { Line } from './line';
import { LocalChanges } from './local-changes';
import { noteTaken, ReturnedChanges, type SentOperation } from './returned-changes';
import { Watchers } from './watchers';

/** Shared, because most instances are never locked by a handle. */
const NO_LOCKS: readonly HeldLock[] = [];

/** The connection through which a document is read and written. */
export interface Connection {
  readonly executor: Executor;
  readonly isClosed: boolean;
}

/** The place of a document. */
export interface DocumentPlace {
  readonly schema: ModelSchema;
  readonly key: string;
  readonly connection: Connection;
}

/** The place of a document that exists or will be made. */
export interface LocalPlace extends Pick<DocumentPlace, 'schema' | 'key'> {
  /** Default: the connection to which the model is bound when the document is first used. */
  readonly connection?: Connection | undefined;
}

/** What documents need from the layers above. */
export interface Services {
  /** The connection to which a model is bound now. */
  readonly connectionOf: (schema: ModelSchema) => Connection;
  /** Whether the user gave the class rules. */
  readonly hasRules: (local: LocalDocument) => boolean;
  /** Runs the rules of the class on the local values; undefined when there are none. */
  readonly runRules: (local: LocalDocument) => Promise<void> | undefined;
  /** The same synchronously; rules that take time are left out. */
  readonly runRulesNow: (local: LocalDocument) => void;
}

/** Hears of changes to local values as long as it may have to restore them. */
export interface ChangeWatcher {
  /** A value that it would restore is being changed; `by` is the pipeline that changes it. */
  noteOverlap(root: DocumentRoot, by: object | undefined): void;
}

/** Shared, because most verbs find none. */
const NO_CHANGES: readonly Operation[] = [];

/** A document as one instance knows it: its key, its connection and the changes that are not written yet. */
export class DocumentRoot<S extends Services = Services> {
  private changes: LocalChanges | undefined = undefined;
  /** Local changes that became pending again because the write that had taken them failed, as long as requests sent before that may be under way. */
  private returned: ReturnedChanges | undefined = undefined;
  /** How often local changes were taken by a write, or became pending again. */
  moves = 0;
  /** The pipeline that is open on this instance. */
  openPipeline: object | undefined = undefined;
  /** Pipelines that may have to restore local values. */
  private watchers: Watchers<ChangeWatcher> | undefined = undefined;
  /** Locks taken for this very instance by a handle. */
  locks: readonly HeldLock[] = NO_LOCKS;
  /** The state of the instance that users hold; set as soon as it exists. */
  local!: LocalDocument;
  /** The document was read, so it existed. */
  wasFound = false;
  /** Grows when local values may have changed. */
  revision = 0;
  /** Grows when local values may have been replaced by those of the server; unsent changes do not count. */
  news = 0;
  /** The number of verbs that were answered or failed. */
  answered = 0;
  /** The calls that wait to be sent for this instance; undefined when there are none. */
  line: Line | undefined = undefined;
  /**
   * Set when it is unknown whether the local values are the stored ones. A new object each time, so that a read ends only the doubt that existed when
   * the read was sent.
   */
  doubt: object | undefined = undefined;
  /** The number of verbs under way whose answers will change local values. */
  private underWay = 0;
  /** The number of commits under way whose changes the local values already include. */
  private ahead = 0;
  /** The number of reads under way whose answers will replace local values. */
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

  /** Notes that a verb was sent whose answer will change local values. */
  begin(): void {
    this.underWay += 1;
  }

  /** Notes that such a verb was answered or failed. */
  end(): void {
    this.underWay -= 1;
    this.noteEnd(true);
  }

  /** Notes that a commit was sent whose changes the local values already include. */
  beginAhead(): void {
    this.ahead += 1;
  }

  /**
   * Notes that such a commit was answered or failed.
   *
   * @param isNews - Whether earlier reads of the document lack its effect. Default true.
   */
  endAhead(isNews = true): void {
    this.ahead -= 1;
    this.noteEnd(isNews);
  }

  /** Whether a pipeline is open or its commit is under way, so that local values may be restored. */
  get mayBeUndone(): boolean {
    return this.openPipeline !== undefined || this.watchers !== undefined;
  }

  /** Notes, until it has ended, a read whose answer will replace local values. */
  noteRead<R>(read: Promise<R>): Promise<R> {
    this.reads += 1;
    const end = (): void => {
      this.reads -= 1;
      this.line?.advance();
    };
    // The caller gets the promise of finally(), so that the stack trace of an error leads to the caller: it follows a promise to one place only.
    return read.finally(end);
  }

  /** Whether no read is under way whose answer will replace local values. */
  get isRead(): boolean {
    return this.reads === 0;
  }

  private noteEnd(isNews: boolean): void {
    if (isNews) this.answered += 1;
    if (this.isSettled && this.openPipeline === undefined) this.returned = undefined;
    this.noteNews();
    this.line?.advance();
  }

  private noteNews(): void {
    this.revision += 1;
    this.news += 1;
  }

  /** Whether no answer is due that will change local values. */
  get isApplied(): boolean {
    return this.underWay === 0;
  }

  /** Whether, in addition, no answer is due that may restore them. */
  get isSettled(): boolean {
    return this.underWay === 0 && this.ahead === 0;
  }

  /** Whether a write got no reply or cannot be undone here, so that the local values may differ from the stored ones until `load()`. */
  get isStale(): boolean {
    return this.doubt !== undefined;
  }

  /** Refuses to build a commit on local values that may differ from the stored ones. */
  requireFresh(): void {
    if (!this.isStale) return;
    const facts = { model: this.model, key: this.key, command: 'an earlier write' };
    throw new OutcomeUnknownError(facts, 'left local values that may differ from the stored ones');
  }

  /** Notes that the local values may differ from the stored ones. */
  markStale(): void {
    this.doubt = {};
  }

  /** Reports a change to the pipelines that may have to restore local values; `by` is the pipeline that makes it. */
  noteChange(operations: readonly Operation[], by?: object): void {
    if (this.watchers === undefined) return;
    for (const { path, setsTimeToLive } of operations) {
      // The time to live is not a local value.
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

  /** Ends the watch on these places. */
  unwatchPlaces(watcher: ChangeWatcher, places: readonly JsonPath[]): void {
    this.watchers?.deletePlaces(watcher, places);
  }

  /** @param places - All places that it watches. */
  unwatch(watcher: ChangeWatcher, places: readonly JsonPath[]): void {
    this.watchers?.delete(watcher, places);
    if (this.watchers?.isEmpty === true) this.watchers = undefined;
  }

  /** The connection through which the document was read or first used. Once that is closed, the connection to which the model is then bound. */
  get connection(): Connection {
    if (this.bound === undefined || this.bound.isClosed) this.bound = this.services.connectionOf(this.schema);
    return this.bound;
  }

  get executor(): Executor {
    return this.connection.executor;
  }

  /**
   * Whether nothing of the document was read, so that the local values say nothing about it. A getter, because a property would take eight bytes per
   * document.
   */
  get isUnread(): boolean {
    return false;
  }

  /** Name of the model, for errors. */
  get model(): string {
    return this.schema.name;
  }

  /** Forgets local changes at or below a path, because the server has just reported the value there. */
  forget(path: JsonPath): void {
    this.noteNews();
    if (!this.hasPending) return;
    const dropped = this.pending.takeFrom(path);
    this.returned?.delete(dropped);
  }

  /**
   * Takes the local changes at, above or below one of the paths, with the changes that must precede them, in order: a verb at these paths has to be
   * sent after them.
   */
  takeOverlapping(paths: readonly JsonPath[]): readonly Operation[] {
    return this.hasPending ? this.taken(this.pending.takeOverlapping(paths)) : NO_CHANGES;
  }

  /** Makes changes pending again that a place had taken but that were not written. */
  putBackPart(taken: readonly Operation[]): void {
    this.noteReturned(taken);
    this.pending.putBack(taken);
  }

  /** Notes that the whole document was read. `doubt` is the doubt at the time of the request; one that arose later remains. */
  wasRead(doubt: object | undefined): void {
    this.changes = this.returned = undefined;
    if (this.doubt === doubt) this.doubt = undefined;
    this.wasFound = true;
    this.noteNews();
  }

  /** Takes the local changes for a commit. */
  takePending(): LocalChanges {
    const taken = this.pending;
    this.changes = undefined;
    return this.taken(taken);
  }

  /** Makes changes pending again that no commit took. */
  putBack(taken: LocalChanges): void {
    this.noteReturned(taken);
    taken.merge(this.pending);
    this.changes = taken;
  }

  private taken<C extends LocalChanges | readonly Operation[]>(changes: C): C {
    if (changes.length > 0) noteTaken(changes, (this.moves += 1));
    return changes;
  }

  private noteReturned(changes: Iterable<Operation>): void {
    this.returned ??= new ReturnedChanges();
    this.returned.add(changes, (this.moves += 1));
  }

  get hasReturned(): boolean {
    return this.returned !== undefined;
  }

  /** Notes that operations were done. Older local changes that became pending again must not overwrite them unnoticed. */
  noteDone(done: readonly SentOperation[]): void {
    if (this.returned?.areOlder(done) === true) this.markStale();
  }
}

/** A document of which nothing was read. */
export class UnreadRoot<S extends Services = Services> extends DocumentRoot<S> {
  override get isUnread(): boolean {
    return true;
  }
}

/** What to do with values that were modified in place: queue these changes, forget them, or only check them. */
export type SettleTask = 'collect' | 'forget' | 'check';

/** What a commit needs from the local instance. */
export interface LocalDocument {
  /** Its place in the document. */
  readonly path: JsonPath;
  /** The stored form of the local values. */
  toStored(): Json;
  /** Looks for values that were modified in place, without a verb. */
  settleUnseen(task: SettleTask): void;
  readonly version: number | undefined;
  /** Called when a commit was applied that brought the stored version to this. */
  setVersion(version: number): void;
}
