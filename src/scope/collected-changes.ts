import { prepareCommit, type PreparedCommit } from './commit/commit';
import { locksOn } from './dispatch';
import type { DocumentRoot } from './document-root';
import { runOutsideFlows } from './flow';
import { requireFresh } from './freshness';
import { changedBy, collectUnseen, startWork } from './pipeline';
import { PipelineScope } from './pipeline-scope';

/** Changes of documents that were made locally and wait to be sent as a part of something else. */
export interface CollectedChanges {
  readonly commit: PreparedCommit;
  /** Puts the local values back. Where others changed after them it cannot be told what is to be left, so the instances are stale then. */
  readonly undo: () => void;
  /** Notes that the changes were applied. Where the local values may not show them as the stored ones do, the instances are stale then. */
  readonly noteApplied: () => void;
}

/** Collects the changes that `work` makes to some documents. They must be made at once, without waiting for anything. */
export function collectChanges(roots: readonly DocumentRoot[], work: () => unknown): CollectedChanges {
  for (const root of roots) requireFresh(root);
  // What was changed before is no part of this, and is not undone with it.
  collectUnseen(roots);
  const before = revisionsOf(roots);
  const scope = new PipelineScope(roots);
  try {
    workAtOnce(scope, work);
    if (scope.queue.length === 0) throw new TypeError('the callback changed nothing that a batch could send');
    for (const { services, local } of changedBy(scope.queue)) services.runRulesNow(local);
    const commit = prepareCommit({ queue: scope.queue, locks: roots.flatMap(locksOn), checkVersion: true });
    return { commit, ...fateOf(scope, before) };
  } catch (error) {
    putBack(scope, before);
    for (const root of roots) root.local.settleUnseen('forget');
    throw error;
  }
}

function workAtOnce(scope: PipelineScope, work: () => unknown): void {
  try {
    const later = startWork(scope, work);
    if (later === undefined) return;
    later.catch(() => undefined);
    throw new TypeError('changes for a batch are made at once; the callback must not be asynchronous');
  } finally {
    scope.close();
  }
}

/** The latest of the changes that were applied to a document, as the revision to which they brought its instance. */
const latestApplied = new WeakMap<DocumentRoot, number>();

function fateOf(scope: PipelineScope, before: readonly number[]): Pick<CollectedChanges, 'undo' | 'noteApplied'> {
  const { roots } = scope;
  const after = revisionsOf(roots);
  const news = roots.map((root) => root.news);
  // The local values have them once, until they are taken back.
  let isShown = true;
  const markStale = (): void => {
    for (const root of roots) root.markStale();
  };
  const isLast = (): boolean => {
    if (roots.some(({ openPipeline }) => openPipeline !== undefined)) return false;
    collectUnseen(roots);
    return roots.every(({ revision }, at) => revision === after[at]);
  };
  const undo = (): void => {
    if (isShown && isLast()) putBack(scope, before);
    else if (isShown) markStale();
    isShown = false;
  };
  const noteApplied = (): void => {
    const isInOrder = roots.every((root, at) => root.news === news[at] && (latestApplied.get(root) ?? 0) <= (after[at] as number));
    if (!isShown || !isInOrder) markStale();
    isShown = false;
    roots.forEach((root, at) => latestApplied.set(root, after[at] as number));
  };
  return { undo, noteApplied };
}

function revisionsOf(roots: readonly DocumentRoot[]): number[] {
  return roots.map(({ revision }) => revision);
}

/** Takes local changes back as if they had never been made. Only commits change versions, so those are left. */
function putBack(scope: PipelineScope, revisions: readonly number[]): void {
  const versions = scope.roots.map(({ local }) => local.version);
  runOutsideFlows(() => scope.rollBack());
  scope.roots.forEach((root, at) => {
    root.revision = revisions[at] as number;
    if (versions[at] !== undefined) root.local.setVersion(versions[at]);
  });
}
