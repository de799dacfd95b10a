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

/** What a pipeline did. */
export interface PipelineResult {
  /** Whether the changes were applied. False when the document was gone with `ignoreIfDeleted`, and inside another pipeline, which commits later. */
  readonly committed: boolean;
  /**
   * The server's answer to each queued operation and each raw command, in the order in which they were recorded; operations sent as one share its answer.
   * `undefined` for changes that are part of a new document, because they come before the `save` that stores it.
   */
  readonly replies: readonly unknown[];
}

const NOTHING: PipelineResult = { committed: false, replies: [] };

/** Collects the changes that `work` makes to some documents and sends them as one commit when it ends. Throws what is refused before that. */
export function runPipeline(
  roots: readonly DocumentRoot[],
  work: (commands: PipelineCommands) => unknown,
  options: PipelineOptions = {},
): Promise<PipelineResult> {
  refuseUnknown(options, PIPELINE_OPTIONS, 'pipeline()');
  const { ignoreIfDeleted } = options;
  const call = checkedLimits(options);
  const left = deadlineOf(call);
  // A part of another one is sent with that.
  if (roots.some((root) => pipelineAround(root) !== undefined)) {
    if (ignoreIfDeleted === true)
      throw new TypeError('ignoreIfDeleted belongs to the outer pipeline, which commits what the inner one collects; set it there');
    return gather(roots, work, { left });
  }
  return whenReady(roots, { level: 'applied', call }, () => gather(roots, work, { ignoreIfDeleted, left }));
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
}

function openScope(roots: readonly DocumentRoot[]): PipelineScope {
  for (const root of roots) root.requireFresh();
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
  return ignoreIfDeleted === true && changeAfterDeletion(byDocument(scope.queue)) === undefined ? sent.catch(ignoreDeletion) : sent;
}

/** Runs work in its pipeline; resolves when it has ended, or answers undefined when it has already. */
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

/** Queues what was changed from inside. */
export function collectUnseen(roots: readonly DocumentRoot[]): void {
  for (const root of roots) root.local.settleUnseen('collect');
}

/** The pipeline around this one that commits these documents anyway. */
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
  // Whoever writes local values as they are has to wait: they may be put back.
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

/** The documents to which a commit gives other values. */
export function changedBy(queue: CommitRequest['queue']): readonly DocumentRoot[] {
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
