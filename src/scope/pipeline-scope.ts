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
}

/** A raw command that waits for the commit. */
export interface QueuedCommand {
  readonly command: RecordedCommand;
  /** How many changes were queued before it. */
  readonly after: number;
}

/** Stands for all parts of a value. */
export const WHOLE = undefined;

/** An open pipeline: what was queued, and how to put the local values back. */
export class PipelineScope implements ChangeWatcher {
  readonly queue: QueuedOperation[] = [];
  /** Commands that run after the changes, in the same commit. */
  readonly commands: QueuedCommand[] = [];
  /** Run the rules of parts that have some of their own, before the commit. */
  readonly rules: (() => Promise<void> | undefined)[] = [];
  /** Asked with every change. */
  private readonly members: ReadonlySet<DocumentRoot>;
  private readonly byKey: ReadonlyMap<string, readonly DocumentRoot[]>;
  private readonly undo: (() => void)[] = [];
  private readonly remembered = new Map<object, Set<unknown>>();
  /** Places that will be put back, by document. */
  private readonly places = new Map<DocumentRoot, JsonPath[]>();
  /** Others are to tell when they change such a place. */
  private isWatching = false;
  /** Documents where others have changed such a place since. */
  private readonly overlapped = new Set<DocumentRoot>();
  /** How to undo those inside that are to become part of this one, and have not ended. */
  private readonly unfinished = new Map<PipelineScope, () => void>();
  /** Verbs that were refused. */
  private readonly refusals: Refusal[] = [];
  /** Locks that guarded its documents when it was opened; without them it must not commit. */
  locks: readonly HeldLock[] = [];
  private closed = false;

  /**
   * @param outer - The pipeline of the same flow around this one.
   * @param joined - The one around this one that commits its changes.
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

  /** The one whose commit this becomes part of. */
  get committer(): PipelineScope {
    return this.joined?.committer ?? this;
  }

  /** The innermost pipeline of this flow that a document belongs to; it must be open. */
  scopeFor(root: DocumentRoot): PipelineScope | undefined {
    const scope = this.holderOf(root);
    scope?.requireOpen(root);
    return scope;
  }

  /** The same as long as it is open. */
  openFor(root: DocumentRoot): PipelineScope | undefined {
    const scope = this.holderOf(root);
    return scope?.isOpen === true ? scope : undefined;
  }

  private holderOf(root: DocumentRoot): PipelineScope | undefined {
    return this.members.has(root) ? this : this.outer?.holderOf(root);
  }

  /** The promise of a verb that cannot become a part of this. */
  refuse(error: unknown): Promise<never> {
    return Refusal.of(error, (refusal) => this.refusals.push(refusal));
  }

  /** Throws what verbs were refused with that nobody has looked at. */
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

  /** Says how to undo this when the one that it is to become part of ends before it: nothing would commit its changes. */
  undoIfOutlived(undo: () => void): void {
    this.joined?.unfinished.set(this, undo);
  }

  /** Where changes of the document with this key are queued: here, or around here. Another connection may have another one of the same key. */
  collectorOf(key: string, executor: object): PipelineScope | undefined {
    const isHere = !this.closed && this.byKey.get(key)?.some((root) => root.executor === executor) === true;
    return isHere ? this : this.outer?.collectorOf(key, executor);
  }

  /** Has the rules of a part that was changed run before the commit; those of documents are in any case. */
  checkLater({ services, local: whole }: DocumentRoot, local: LocalDocument): void {
    if (local !== whole) this.rules.push(() => services.runRules(local));
  }

  /** Remembers how to put a value back, or a part of it, before its first change. */
  remember(value: object, part: unknown, snapshot: () => () => void): void {
    const parts = getOrMake(this.remembered, value, () => new Set());
    if (parts.has(WHOLE) || parts.has(part)) return;
    parts.add(part);
    this.undo.push(snapshot());
  }

  /** Adds something to put back. */
  undoWith(restore: () => void): void {
    this.undo.push(restore);
  }

  /** Puts the local values back. What others changed at the same places since is lost here. */
  rollBack(): void {
    for (const restore of this.undo.reverse()) restore();
    for (const root of this.overlapped) root.markStale();
    this.unwatch();
  }

  /** Takes note of what others change, until it is known whether this has to be undone. */
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
    // What is known already need not be looked for with each further change.
    root.unwatchPlaces(this, this.placesOn(root));
  }

  /** What those inside have changed is put back with this, or has been. What the one around it changes is not. */
  private isOwn(by: object | undefined): boolean {
    return by === this || (by instanceof PipelineScope && by.isInside(this));
  }

  /** What was remembered stands here. */
  notePlace(root: DocumentRoot, path: JsonPath): void {
    getOrMake(this.places, root, () => [] as JsonPath[]).push(path);
    if (this.isWatching && !this.overlapped.has(root)) root.watchPlace(this, path);
  }

  private placesOn(root: DocumentRoot): readonly JsonPath[] {
    return this.places.get(root) ?? [];
  }

  /** Takes no more changes; what was begun inside and has not ended is undone. */
  close(): void {
    this.closed = true;
    this.joined?.unfinished.delete(this);
    for (const undo of this.unfinished.values()) undo();
    for (const root of this.roots) root.openPipeline = this.outer?.holderOf(root);
  }

  /** Hands everything to the pipeline that commits it. */
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

/** By key. What one instance does to a document, another one of it does not know, so together they could go beyond what each was checked for. */
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
