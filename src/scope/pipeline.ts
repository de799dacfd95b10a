import { isGeneratorObject } from 'node:util/types';
import { CALL_OPTIONS, type CallOptions, checkedLimits } from '../input/call-options';
import { PipelineBusyError } from '../errors/commit';
import { KeyNotFoundError } from '../errors/document';
import { refuseUnknown, type NamesOf } from '../input/options';
import { deadlineOf } from '../async/time-left';
import { isThenable } from '../async/thenable';
import { commit } from './commit/commit';
import { byDocument, changeAfterDeletion } from './commit/by-document';
import { locksOn, pipelineAround } from './dispatch';
import { replyPositionsOf } from './commit/commands-in-commit';
import type { CommitRequest } from './commit/commit-request';
import type { DocumentRoot } from './document-root';
import { currentFlow, runInFlow, runOutsideFlows } from './flow';
import { whenReady } from './in-turn';
import { PipelineCommands } from './pipeline-commands';
import { PipelineScope, type QueuedOperation } from './pipeline-scope';

/** Options of a pipeline. */
export interface PipelineOptions extends CallOptions {
  /** Makes the commit do nothing, instead of throwing {@link KeyNotFoundError}, when a document is gone. Default false. */
  readonly ignoreIfDeleted?: boolean | undefined;
}

const PIPELINE_OPTIONS = { ignoreIfDeleted: 'boolean', ...CALL_OPTIONS } satisfies NamesOf<PipelineOptions>;

/** The result of a pipeline. */
export interface PipelineResult {
  /** Whether the changes were applied. False when the document was gone with `ignoreIfDeleted`, and inside another pipeline, which commits later. */
  readonly committed: boolean;
  /**
   * The server's answer to each queued operation and each raw command, in the order in which they were recorded; operations sent as one share its
   * answer. `undefined` for changes to a new document before the `save` that stores it, because they become part of it.
   */
  readonly replies: readonly unknown[];
}

const NOTHING: PipelineResult = { committed: false, replies: [] };

/**
 * Collects the changes that `work` makes to some documents, and sends them as one commit when it ends. May throw synchronously if something is refused before
 * that.
 */
export function runPipeline(
  roots: readonly DocumentRoot[],
  work: (commands: PipelineCommands) => unknown,
  options: PipelineOptions = {},
): Promise<PipelineResult> {
  refuseUnknown(options, PIPELINE_OPTIONS, 'pipeline()');
  const { ignoreIfDeleted } = options;
  const call = checkedLimits(options);
  const left = deadlineOf(call);
  // An inner pipeline is sent with the outer one.
  if (roots.some((root) => pipelineAround(root) !== undefined)) {
    if (ignoreIfDeleted === true)
      throw new TypeError('ignoreIfDeleted belongs to the outer pipeline, which commits what the inner one collects; set it there');
    return gather(roots, work, { left });
  }
  return whenReady(roots, { level: 'applied', call }, () => gather(roots, work, { ignoreIfDeleted, left }));
}

/** How to commit the collected changes. */
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
    // If the outer pipeline has ended first, it has already undone this one.
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
  // Synchronous work is sent now, so that it keeps its place among verbs that are not awaited.
  return later === undefined ? finish() : later.then(finish, fail);
}

function openScope(roots: readonly DocumentRoot[]): PipelineScope {
  for (const root of roots) root.requireFresh();
  const outer = currentFlow()?.pipeline;
  const joined = outer === undefined ? undefined : outerOf(outer, roots);
  // Earlier changes do not belong to this pipeline, and are not undone with it.
  collectUnseen(roots);
  const scope = new PipelineScope(roots, outer, joined);
  scope.locks = roots.flatMap(locksOn);
  scope.watch();
  return scope;
}

/** Commits; with `ignoreIfDeleted`, a missing document is not an error. */
function commitFound(scope: PipelineScope, { ignoreIfDeleted, left }: Committing): Promise<PipelineResult> {
  const sent = commitScope(scope, left);
  // A document that the callback itself deletes does not count as missing.
  return ignoreIfDeleted === true && changeAfterDeletion(byDocument(scope.queue)) === undefined ? sent.catch(ignoreDeletion) : sent;
}

/** Runs work in its pipeline. Returns a promise that resolves when it has ended, or undefined if it was synchronous. */
export function startWork(scope: PipelineScope, work: () => unknown): Promise<void> | undefined {
  return runInFlow({ pipeline: scope }, () => {
    const started = work();
    if (isGeneratorObject(started)) throw new TypeError('the callback is a generator, which would not run; use an async function');
    if (isThenable(started)) return endOf(started, scope);
    endWork(scope);
    return undefined;
  });
}

async function endOf(started: PromiseLike<unknown>, scope: PipelineScope): Promise<void> {
  await started;
  endWork(scope);
}

function endWork(scope: PipelineScope): void {
  scope.requireNoRefusal();
  collectUnseen(scope.roots);
}

/** Queues the changes of values that were modified in place. */
export function collectUnseen(roots: readonly DocumentRoot[]): void {
  for (const root of roots) root.local.settleUnseen('collect');
}

/** The enclosing pipeline that commits these documents anyway. */
function outerOf(outer: PipelineScope, roots: readonly DocumentRoot[]): PipelineScope | undefined {
  const scopes = new Set(roots.map((root) => outer.scopeFor(root)));
  if (scopes.size <= 1) return [...scopes][0];
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
  // Verbs that write local values as they are have to wait, because these values may be restored.
  for (const root of roots) root.beginAhead();
  const read = (replies: unknown[]): PipelineResult => {
    scope.unwatch();
    end();
    return { committed: true, replies };
  };
  const send = (): Promise<PipelineResult> =>
    commit({ verb: 'pipeline', queue, commands, executor, locks, checkVersion: true, call: left(), onFailure }, read);
  const ofDocuments = changedBy(queue).map(({ services, local }) => services.runRules(local));
  const rules = [...ofDocuments, ...scope.rules.map((run) => run())].filter((running) => running !== undefined);
  if (rules.length === 0) return send();
  return Promise.all(rules).then(send, (error: unknown) => {
    onFailure();
    throw error;
  });
}

/** The documents whose values a commit changes. */
export function changedBy(queue: CommitRequest['queue']): readonly DocumentRoot[] {
  const isChange = ({ operation }: QueuedOperation): boolean => operation.endsDocument !== true && operation.setsTimeToLive !== true;
  return [...new Set(queue.filter(isChange).map(({ root }) => root))];
}

/** The collected parts of a commit. Throws if the connection was closed in the meantime, so that nothing is sent. */
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
