import { isGeneratorObject } from 'node:util/types';
import { type CallOptions, checkedLimits, refuseWrongLimits } from '../input/call-options';
import { PipelineBusyError } from '../errors/commit';
import { KeyNotFoundError } from '../errors/document';
import { refuseUnknown } from '../input/options';
import { promised } from '../async/promised';
import { deadlineOf } from '../async/time-left';
import { writeChecked } from './checked-write';
import { changeAfterDeletion, commit, prepareCommit, type PreparedCommit } from './commit';
import { locksOn, openPipelineOf, pipelineAround, record, takePending } from './dispatch';
import { replyPositionsOf } from './commands-in-commit';
import type { CommitRequest } from './commit-request';
import type { DocumentRoot } from './document-root';
import { currentFlow, runInFlow, runOutsideFlows } from './flow';
import { requireFresh } from './freshness';
import type { ReleasedLock } from './held-lock';
import { whenReady } from './in-turn';
import { PipelineCommands } from './pipeline-commands';
import { PipelineScope, type QueuedOperation } from './pipeline-scope';

/** Options of a pipeline. */
export interface PipelineOptions extends CallOptions {
  /** A document that is gone makes the commit do nothing, instead of throwing {@link KeyNotFoundError}. Default false. */
  readonly ignoreIfDeleted?: boolean | undefined;
}

const PIPELINE_OPTIONS = { ignoreIfDeleted: true, signal: true, timeoutMs: true } satisfies Record<keyof PipelineOptions, true>;

/** What a pipeline did. */
export interface PipelineResult {
  /** The changes were applied. False when the document was gone and that was to be ignored, and inside another pipeline, which commits later. */
  readonly committed: boolean;
  /**
   * The server's answer to each queued operation and each raw command, in the order in which they were recorded; operations that were sent as one share its
   * answer.
   */
  readonly replies: readonly unknown[];
}

const NOTHING: PipelineResult = { committed: false, replies: [] };

/** Collects the changes that `work` makes to some documents and sends them as one commit when it ends. */
export function runPipeline(
  roots: readonly DocumentRoot[],
  work: (commands: PipelineCommands) => unknown,
  options: PipelineOptions = {},
): Promise<PipelineResult> {
  return promised(() => {
    refuseUnknown(options, PIPELINE_OPTIONS, 'pipeline()');
    const { ignoreIfDeleted } = options;
    const call = checkedLimits(options);
    const left = deadlineOf(call);
    // A part of another one is sent with that.
    if (roots.some((root) => pipelineAround(root) !== undefined)) {
      if (ignoreIfDeleted === true)
        throw new TypeError('ignoreIfDeleted belongs to the outer pipeline: that commits what a pipeline inside of it collects');
      return gather(roots, work, { left });
    }
    return whenReady(roots, { level: 'applied', call }, () => gather(roots, work, { ignoreIfDeleted, left }));
  });
}

/** How what was gathered is committed. */
interface Committing {
  readonly ignoreIfDeleted?: boolean | undefined;
  /** What is left of the limits of the call. */
  readonly left: () => CallOptions;
}

function gather(
  roots: readonly DocumentRoot[],
  work: (commands: PipelineCommands) => unknown,
  committing: Committing,
): Promise<PipelineResult> {
  return promised(() => {
    const scope = openScope(roots);
    const commands = new PipelineCommands(scope);
    const close = (): void => {
      commands.close();
      scope.close();
    };
    const finish = (): Promise<PipelineResult> => {
      scope.requireOpen();
      close();
      if (scope.joined === undefined) return commitFound(scope, committing);
      scope.join(scope.joined);
      return Promise.resolve(NOTHING);
    };
    const undo = (): void => {
      close();
      runOutsideFlows(() => scope.rollBack());
      for (const root of roots) root.local.settleUnseen('forget');
    };
    const fail = (error: unknown): never => {
      // When the one around it has ended before, it was undone then.
      if (scope.isOpen) undo();
      throw error;
    };
    scope.undoIfOutlived(undo);
    let later: Promise<void> | undefined;
    try {
      later = startWork(scope, () => work(commands));
    } catch (error) {
      return fail(error);
    }
    // Work that does not wait is sent now, so that it keeps its place among the verbs that nobody waits for.
    return later === undefined ? finish() : later.then(finish, fail);
  });
}

function openScope(roots: readonly DocumentRoot[]): PipelineScope {
  for (const root of roots) requireFresh(root);
  const outer = currentFlow()?.pipeline;
  const joined = outer === undefined ? undefined : outerOf(outer, roots);
  // What was changed before is no part of this pipeline, and is not undone with it.
  collectUnseen(roots);
  const scope = new PipelineScope(roots, outer, joined);
  scope.locks = roots.flatMap(locksOn);
  scope.watch();
  return scope;
}

/** Commits; a document that is gone may be no failure. */
function commitFound(scope: PipelineScope, { ignoreIfDeleted, left }: Committing): Promise<PipelineResult> {
  const sent = commitScope(scope, left);
  // What the callback itself deletes is no document that was gone.
  return ignoreIfDeleted === true && changeAfterDeletion(scope.queue) === undefined ? sent.catch(ignoreDeletion) : sent;
}

/** Runs work in its pipeline; resolves when it has ended, or answers undefined when it has already. */
function startWork(scope: PipelineScope, work: () => unknown): Promise<void> | undefined {
  return runInFlow({ pipeline: scope }, () => {
    const started = work();
    if (isGeneratorObject(started)) throw new TypeError('the callback is a generator, which nobody runs; use an async function');
    if (isThenable(started)) return endOf(started, scope.roots);
    collectUnseen(scope.roots);
    return undefined;
  });
}

async function endOf(started: PromiseLike<unknown>, roots: readonly DocumentRoot[]): Promise<void> {
  await started;
  collectUnseen(roots);
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

function collectUnseen(roots: readonly DocumentRoot[]): void {
  for (const root of roots) root.local.settleUnseen('collect');
}

/** The pipeline around this one that commits these documents anyway. */
function outerOf(outer: PipelineScope, roots: readonly DocumentRoot[]): PipelineScope | undefined {
  const scopes = new Set(roots.map((root) => outer.scopeFor(root)));
  if (scopes.size === 1) return [...scopes][0];
  const [root] = roots;
  throw new PipelineBusyError({ model: root?.model, key: root?.key });
}

function commitScope(scope: PipelineScope, left: () => CallOptions): Promise<PipelineResult> {
  const { roots } = scope;
  if (scope.queue.length + scope.commands.length === 0) {
    scope.unwatch();
    return Promise.resolve({ committed: true, replies: [] });
  }
  const { queue, commands, executor, locks } = partsOf(scope);
  const end = (): void => {
    for (const root of roots) root.endAhead();
  };
  const onFailure = (): void => {
    scope.rollBack();
    end();
  };
  // Whoever writes local values as they are has to wait: they may be put back.
  for (const root of roots) root.beginAhead();
  const read = (replies: unknown[]): PipelineResult => {
    scope.unwatch();
    end();
    return { committed: true, replies };
  };
  const send = (): Promise<PipelineResult> =>
    commit({ verb: 'pipeline', queue, commands, executor, locks, checkVersion: true, call: left(), onFailure }, read);
  const rules = changedBy(queue).flatMap(({ services, local }) => services.runRules(local) ?? []);
  if (rules.length === 0) return send();
  return Promise.all(rules).then(send, (error: unknown) => {
    onFailure();
    throw error;
  });
}

/** The documents to which a commit gives other values. */
function changedBy(queue: CommitRequest['queue']): readonly DocumentRoot[] {
  const isChange = ({ operation }: QueuedOperation): boolean => operation.endsDocument !== true && operation.setsTimeToLive !== true;
  return [...new Set(queue.filter(isChange).map(({ root }) => root))];
}

/** What a pipeline has gathered, and what goes with it. Nothing is sent over a connection that was closed meanwhile. */
function partsOf(scope: PipelineScope): Pick<CommitRequest, 'queue' | 'commands' | 'executor' | 'locks'> {
  const { queue, roots } = scope;
  try {
    const commands = scope.commands.length === 0 ? undefined : replyPositionsOf(queue.length, scope.commands);
    return { queue, commands, executor: roots[0]?.executor, locks: [...new Set([...scope.locks, ...roots.flatMap(locksOn)])] };
  } catch (error) {
    scope.rollBack();
    throw error;
  }
}

function ignoreDeletion(error: unknown): PipelineResult {
  if (error instanceof KeyNotFoundError) return NOTHING;
  throw error;
}

/** How local changes are written. */
interface Flush {
  /** What the user called for that. Default `saveChanges`. */
  readonly verb?: string | undefined;
  /** Lock to free in the same step. */
  readonly release?: ReleasedLock | undefined;
  readonly call?: CallOptions | undefined;
}

/** Writes the local changes of a document, which keep the rules of its class, as one commit. They stay pending when it is refused. */
export function flushPending(root: DocumentRoot, { verb, release, call }: Flush = {}): Promise<void> {
  return promised(() => {
    // Perhaps nothing will be sent that would check them.
    refuseWrongLimits(call);
    const inTurn = (limits: CallOptions | undefined, start: (left: CallOptions | undefined) => Promise<void>): Promise<void> =>
      openPipelineOf(root) === undefined ? whenReady([root], { level: 'versionKnown', call: limits }, start) : start(limits);
    const write = (left: CallOptions | undefined): Promise<void> => flushNow(root, { verb, release, call: left });
    return writeChecked(root, { local: root.local, inTurn, write }, call);
  });
}

function flushNow(root: DocumentRoot, { verb = 'saveChanges', release, call }: Flush): Promise<void> {
  return promised(() => {
    requireFresh(root);
    const scope = openPipelineOf(root);
    root.local.settleUnseen('collect');
    const locks = locksOn(root);
    const taken = takePending(root, scope);
    if (taken.length === 0) return Promise.resolve();
    if (scope !== undefined) {
      record(root, [...taken], scope);
      return Promise.resolve();
    }
    const queue = [...taken].map((operation) => ({ root, operation }));
    // Whoever gets a lock with the commit that frees it reads what that commit did.
    const end = (): void => root.endAhead(release === undefined);
    const onFailure = (): void => {
      root.putBack(taken);
      end();
    };
    root.beginAhead();
    return commit({ verb, queue, locks, checkVersion: true, release, call, onFailure }, end);
  });
}

/** Changes of documents that were made locally and wait to be sent as a part of something else. */
export interface CollectedChanges {
  readonly commit: PreparedCommit;
  /** Puts the local values back. Where others changed after them it cannot be told what is to be left, so the instances are stale then. */
  readonly undo: () => void;
  /** The stored documents have the changes more often than the local ones. */
  readonly markStale: () => void;
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
    return { commit, ...undoingOf(scope, before) };
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

function undoingOf(scope: PipelineScope, before: readonly number[]): Pick<CollectedChanges, 'undo' | 'markStale'> {
  const { roots } = scope;
  const after = revisionsOf(roots);
  const markStale = (): void => {
    for (const root of roots) root.markStale();
  };
  const isLast = (): boolean => {
    if (roots.some(({ openPipeline }) => openPipeline !== undefined)) return false;
    collectUnseen(roots);
    return roots.every(({ revision }, at) => revision === after[at]);
  };
  return { undo: () => (isLast() ? putBack(scope, before) : markStale()), markStale };
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
