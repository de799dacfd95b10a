import { prepareCommit, type PreparedCommit } from './commit/commit';
import { locksOn } from './dispatch';
import type { DocumentRoot } from './document-root';
import { runOutsideFlows } from './flow';
import { changedBy, collectUnseen, startWork } from './pipeline';
import { PipelineScope } from './pipeline-scope';

/** Changes of documents that were made locally and wait to be sent as part of something else. */
export interface CollectedChanges {
  readonly commit: PreparedCommit;
  /** Restores the local values. If other changes were made after these, it is unknown which values should remain, so the instances are stale then. */
  readonly undo: () => void;
  /** Notes that the changes are sent. Changes sent over one connection are applied in that order. */
  readonly noteSending: (connection: object) => void;
  /** Notes that the changes were applied. Where the local values may differ from the stored ones, the instances are stale then. */
  readonly noteApplied: () => void;
}

/** Collects the changes that `work` makes to some documents. It must make them synchronously. */
export function collectChanges(roots: readonly DocumentRoot[], work: () => unknown): CollectedChanges {
  for (const root of roots) root.requireFresh();
  // Earlier changes do not belong to these, and are not undone with them.
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
    throw new TypeError('the callback must make its changes at once, found an asynchronous one; await what it needs before');
  } finally {
    scope.close();
  }
}

/** Changes that were collected and possibly sent. */
interface Changes {
  /** The connection over which they were last sent. */
  connection: object | undefined;
  /** Their outcome is known; until then the local values include them. */
  isTold: boolean;
}

/** The latest changes sent for a document, with the revision to which they brought its instance. */
const latestSent = new WeakMap<DocumentRoot, { readonly changes: Changes; readonly revision: number }>();

function fateOf(scope: PipelineScope, before: readonly number[]): Omit<CollectedChanges, 'commit'> {
  const { roots } = scope;
  const after = revisionsOf(roots);
  const news = roots.map((root) => root.news);
  const changes: Changes = { connection: undefined, isTold: false };
  let isInOrder = true;
  const markStale = (): void => {
    for (const root of roots) root.markStale();
  };
  const isLast = (): boolean => {
    if (roots.some(({ openPipeline }) => openPipeline !== undefined)) return false;
    collectUnseen(roots);
    return roots.every(({ revision }, at) => revision === after[at]);
  };
  const undo = (): void => {
    if (changes.isTold) return;
    changes.isTold = true;
    if (isLast()) putBack(scope, before);
    else markStale();
  };
  const noteSending = (connection: object): void => {
    changes.connection = connection;
    roots.forEach((root, at) => {
      const latest = latestSent.get(root);
      const revision = after[at] as number;
      if (latest !== undefined && (latest.revision > revision || isElsewhere(latest.changes, connection))) isInOrder = false;
      latestSent.set(root, { changes, revision });
    });
  };
  const noteApplied = (): void => {
    if (changes.isTold || !isInOrder || roots.some((root, at) => root.news !== news[at])) markStale();
    changes.isTold = true;
  };
  return { undo, noteSending, noteApplied };
}

/** Whether the changes are under way over another connection, so that the order in which both are applied is unknown. */
function isElsewhere({ isTold, connection }: Changes, here: object): boolean {
  return !isTold && connection !== here;
}

function revisionsOf(roots: readonly DocumentRoot[]): number[] {
  return roots.map(({ revision }) => revision);
}

/** Undoes local changes as if they had never been made. Versions are kept, because only commits change them. */
function putBack(scope: PipelineScope, revisions: readonly number[]): void {
  const versions = scope.roots.map(({ local }) => local.version);
  runOutsideFlows(() => scope.rollBack());
  scope.roots.forEach((root, at) => {
    root.revision = revisions[at] as number;
    if (versions[at] !== undefined) root.local.setVersion(versions[at]);
  });
}
