import type { Operation } from '../command/operation';
import { PipelineBusyError, PipelineClosedError } from '../errors/commit';
import type { RecordedCommand } from '../executor/commands/recorded-command';
import { getOrMake } from '../memo/get-or-make';
import type { JsonPath } from '../path/json-path';
import type { ChangeWatcher, DocumentRoot, LocalDocument } from './document-root';
import type { HeldLock } from './held-lock';
import { Refusal } from './refusal';

/** A change that waits for the commit. */
export interface QueuedOperation {
  readonly root: DocumentRoot;
  readonly operation: Operation;
  /** The number of moves of the document when it was recorded. Default: when it is sent. */
  readonly moves?: number;
}

/** A raw command that waits for the commit. */
export interface QueuedCommand {
  readonly command: RecordedCommand;
  /** How many changes were queued before it. */
  readonly after: number;
}

/** Represents all parts of a value. */
export const WHOLE = undefined;

/** An open pipeline: the queued changes, and how to restore the local values. */
export class PipelineScope implements ChangeWatcher {
  readonly queue: QueuedOperation[] = [];
  /** Commands that run after the changes, in the same commit. */
  readonly commands: QueuedCommand[] = [];
  /** Functions that run the rules of changed parts before the commit. */
  readonly rules: (() => Promise<void> | undefined)[] = [];
  /** A set, because it is searched with every change. */
  private readonly members: ReadonlySet<DocumentRoot>;
  private readonly byKey: ReadonlyMap<string, readonly DocumentRoot[]>;
  private readonly undo: (() => void)[] = [];
  private readonly remembered = new Map<object, Set<unknown>>();
  /** Places that a rollback will restore, by document. */
  private readonly places = new Map<DocumentRoot, JsonPath[]>();
  /** Whether others have to report changes of such places. */
  private isWatching = false;
  /** Documents in which others have changed such a place since. */
  private readonly overlapped = new Set<DocumentRoot>();
  /** How to undo the inner pipelines that are to join this one and have not ended. */
  private readonly unfinished = new Map<PipelineScope, () => void>();
  /** The refused verbs. */
  private readonly refusals: Refusal[] = [];
  /** Locks that guarded its documents when it was opened; it must not commit without them. */
  locks: readonly HeldLock[] = [];
  private closed = false;

  /**
   * @param outer - The enclosing pipeline in the same flow.
   * @param joined - The enclosing pipeline that commits its changes.
   */
  constructor(
    readonly roots: readonly DocumentRoot[],
    readonly outer?: PipelineScope,
    readonly joined?: PipelineScope,
  ) {
    this.members = new Set(roots);
    this.byKey = differentDocuments(roots);
    for (const root of roots) {
      if (root.openPipeline !== undefined && !this.isInside(root.openPipeline)) throw new PipelineBusyError(root);
    }
    for (const root of roots) root.openPipeline = this;
  }

  private isInside(other: object): boolean {
    return other === this.outer || (this.outer?.isInside(other) ?? false);
  }

  /** The pipeline whose commit includes the changes of this one. */
  get committer(): PipelineScope {
    return this.joined?.committer ?? this;
  }

  /** The innermost pipeline of this flow to which a document belongs; throws if that is closed. */
  scopeFor(root: DocumentRoot): PipelineScope | undefined {
    const scope = this.holderOf(root);
    scope?.requireOpen(root);
    return scope;
  }

  /** The same, but undefined if that is closed. */
  openFor(root: DocumentRoot): PipelineScope | undefined {
    const scope = this.holderOf(root);
    return scope?.isOpen === true ? scope : undefined;
  }

  private holderOf(root: DocumentRoot): PipelineScope | undefined {
    return this.members.has(root) ? this : this.outer?.holderOf(root);
  }

  /** Returns the promise of a verb that cannot become part of this pipeline. */
  refuse(error: unknown): Promise<never> {
    return Refusal.of(error, (refusal) => this.refusals.push(refusal));
  }

  /** Throws the first error of a refused verb that no caller has handled. */
  requireNoRefusal(): void {
    const unseen = this.refusals.find(({ isSeen }) => !isSeen);
    if (unseen !== undefined) throw unseen.error;
  }

  get isOpen(): boolean {
    return !this.closed;
  }

  requireOpen(root = this.roots[0]): void {
    if (this.closed) throw new PipelineClosedError(root);
  }

  /** Registers how to undo this pipeline if the one that it is to join ends first, since nothing would commit its changes then. */
  undoIfOutlived(undo: () => void): void {
    this.joined?.unfinished.set(this, undo);
  }

  /**
   * The pipeline, this or an enclosing one, that queues changes of the document with this key. Another connection may have another document with the
   * same key.
   */
  collectorOf(key: string, executor: object): PipelineScope | undefined {
    const isHere = !this.closed && this.byKey.get(key)?.some((root) => root.executor === executor) === true;
    return isHere ? this : this.outer?.collectorOf(key, executor);
  }

  /** Schedules the rules of a changed part to run before the commit; those of documents always run. */
  checkLater({ services, local: whole }: DocumentRoot, local: LocalDocument): void {
    if (local !== whole) this.rules.push(() => services.runRules(local));
  }

  /** Records, before its first change, how to restore a value or a part of it. */
  remember(value: object, part: unknown, snapshot: () => () => void): void {
    const parts = getOrMake(this.remembered, value, () => new Set());
    if (parts.has(WHOLE) || parts.has(part)) return;
    parts.add(part);
    this.undo.push(snapshot());
  }

  /** Adds a step to the rollback. */
  undoWith(restore: () => void): void {
    this.undo.push(restore);
  }

  /** Restores the local values. Later changes by others at the same places are lost, so their documents become stale. */
  rollBack(): void {
    for (const restore of this.undo.reverse()) restore();
    for (const root of this.overlapped) root.markStale();
    this.unwatch();
  }

  /** Watches the changes of others until it is known whether this pipeline has to be undone. */
  watch(): void {
    this.isWatching = true;
    for (const root of this.roots) root.watch(this);
  }

  unwatch(): void {
    this.isWatching = false;
    for (const root of this.roots) root.unwatch(this, this.placesOn(root));
  }

  noteOverlap(root: DocumentRoot, by: object | undefined): void {
    if (this.isOwn(by) || this.overlapped.has(root)) return;
    this.overlapped.add(root);
    // Once noted, further changes of this document need not be reported.
    root.unwatchPlaces(this, this.placesOn(root));
  }

  /** Whether the change is undone together with this pipeline: its own and those of inner pipelines are, those of enclosing ones are not. */
  private isOwn(by: object | undefined): boolean {
    return by === this || (by instanceof PipelineScope && by.isInside(this));
  }

  /** Notes the place of a value that was remembered. */
  notePlace(root: DocumentRoot, path: JsonPath): void {
    getOrMake(this.places, root, () => [] as JsonPath[]).push(path);
    if (this.isWatching && !this.overlapped.has(root)) root.watchPlace(this, path);
  }

  private placesOn(root: DocumentRoot): readonly JsonPath[] {
    return this.places.get(root) ?? [];
  }

  /** Ends the collecting of changes, and undoes inner pipelines that have not ended. */
  close(): void {
    this.closed = true;
    this.joined?.unfinished.delete(this);
    for (const undo of this.unfinished.values()) undo();
    for (const root of this.roots) root.openPipeline = this.outer?.holderOf(root);
  }

  /** Hands everything over to the pipeline that commits it. */
  join(outer: PipelineScope): void {
    const before = outer.queue.length;
    for (const { command, after } of this.commands) outer.commands.push({ command, after: before + after });
    for (const change of this.queue) outer.queue.push(change);
    for (const run of this.rules) outer.rules.push(run);
    for (const restore of this.undo) outer.undo.push(restore);
    for (const root of this.overlapped) outer.overlapped.add(root);
    for (const [root, places] of this.places) for (const path of places) outer.notePlace(root, path);
    this.unwatch();
  }
}

/**
 * The documents by key. Refuses two instances of one document: neither sees the changes of the other, so together they could exceed what each was
 * checked for.
 */
function differentDocuments(roots: readonly DocumentRoot[]): ReadonlyMap<string, readonly DocumentRoot[]> {
  const byKey = new Map<string, DocumentRoot[]>();
  for (const root of roots) {
    const others = getOrMake(byKey, root.key, () => []);
    if (others.some(({ executor }) => executor === root.executor))
      throw new PipelineBusyError(root, "is in one pipeline as two instances, which do not see each other's changes; use one of them");
    others.push(root);
  }
  return byKey;
}
