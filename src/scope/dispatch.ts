import type { Operation } from '../command/operation';
import type { CallOptions } from '../input/call-options';
import { CommitRefusedError, OutcomeUnknownError, PipelineBusyError } from '../errors/commit';
import { PathMismatchError } from '../errors/document';
import { softDeadlineOf } from '../async/time-left';
import { rejected } from '../async/promised';
import { commit, noteDoubt, noteOutcome } from './commit/commit';
import type { CommitRequest } from './commit/commit-request';
import type { DocumentRoot } from './document-root';
import { currentFlow } from './flow';
import type { HeldLock } from './held-lock';
import type { LocalChanges } from './local-changes';
import type { PipelineScope } from './pipeline-scope';

/**
 * The pipeline of this flow that collects the changes of a document.
 *
 * @throws {@link PipelineBusyError} a pipeline of another flow is open on the instance, so its local values are undecided until that pipeline ends.
 */
export function openPipelineOf(root: DocumentRoot): PipelineScope | undefined {
  const scope = pipelineAround(root);
  if (scope === undefined && root.openPipeline !== undefined) throw new PipelineBusyError(root);
  return scope;
}

/** The same for work that may go on even if a pipeline of another flow is open. */
export function pipelineAround(root: DocumentRoot): PipelineScope | undefined {
  return currentFlow()?.pipeline?.scopeFor(root);
}

/** Queues a local change: in the open pipeline, or until `saveChanges()`. */
export function record(root: DocumentRoot, operations: readonly Operation[], scope = openPipelineOf(root)): void {
  root.revision += 1;
  root.noteChange(operations, scope);
  for (const operation of operations) {
    if (scope === undefined) root.pending.add(operation);
    else scope.queue.push({ root, operation, moves: root.moves });
  }
}

/** Takes the local changes of a document for a commit. If an open pipeline takes them and is undone, they become pending again. */
export function takePending(root: DocumentRoot, scope: PipelineScope | undefined): LocalChanges {
  const taken = root.takePending();
  if (taken.length > 0) scope?.undoWith(() => root.putBack(taken));
  return taken;
}

/** Locks that guard writes on a document in this flow. */
export function locksOn(root: DocumentRoot): readonly HeldLock[] {
  const locks = currentFlow()?.locks;
  if (locks === undefined || locks.length === 0) return root.locks;
  return [...root.locks, ...locks.filter((lock) => isOn(lock, root) && !root.locks.includes(lock))];
}

/** Whether this flow holds, or has held, a lock on the document at a place. */
export function isLockedHere(place: { readonly key: string; readonly executor: object }): boolean {
  return currentFlow()?.locks.some((lock) => isOn(lock, place)) === true;
}

/** Whether a lock is one of this document. */
function isOn(lock: HeldLock, { key, executor }: { readonly key: string; readonly executor: object }): boolean {
  return lock.documentKey === key && lock.guards(executor);
}

/** Operations that are sent at once, and the handling of their answer. */
interface SentVerb<R> {
  readonly operations: readonly Operation[];
  /** Gets the answer of the last operation. */
  readonly accept: (reply: unknown) => R;
  /** Refuse when a document with a version is not at the version that was read. Default false. */
  readonly checkVersion?: boolean;
  /** Called when nothing was done or the outcome is unknown, before the caller receives the error. */
  readonly onFailure?: (() => void) | undefined;
}

/** Sends operations at once: as one plain command where that is safe, else as a commit. */
export function send<R>(root: DocumentRoot, verb: SentVerb<R>, call?: CallOptions): Promise<R> {
  try {
    const { schema, key } = root;
    const locks = locksOn(root);
    const [operation, second] = verb.operations;
    const isAlone = (schema.ttlMs === undefined && schema.version === undefined) || operation?.setsTimeToLive === true;
    const isPlain = second === undefined && isAlone && locks.length === 0;
    // If the document was read, it is known to lack the defaults that have to be put there first.
    const isAsItIs = operation?.guards === undefined && (operation?.seeds === undefined || root.isUnread);
    const args = isPlain && isAsItIs ? operation?.direct?.(key) : undefined;
    if (args === undefined) return sendCommit(root, verb, { locks, call });
    if (operation?.seeds === undefined) return sendPlain(root, verb, { args, call });
    const left = softDeadlineOf(call);
    return sendPlain(root, verb, { args, call }).catch((error: unknown) => {
      if (mayLackField(error)) return sendCommit(root, verb, { locks, call: left() });
      throw error;
    });
  } catch (error) {
    return rejected(noteFailure(root, verb, error));
  }
}

/** Whether nothing was done, possibly because an older document lacks a field, whose default has to be put there first. */
function mayLackField(error: unknown): boolean {
  if (error instanceof PathMismatchError) return error.found.startsWith('nothing');
  return error instanceof CommitRefusedError && error.reason === 'out-of-range';
}

function sendPlain<R>(
  root: DocumentRoot,
  verb: SentVerb<R>,
  { args, call }: { args: string[]; call: CallOptions | undefined },
): Promise<R> {
  const onFailure = failing(root, verb);
  const left = softDeadlineOf(call);
  const { moves } = root;
  const decode = (reply: unknown): R => {
    let doubt: Promise<R> | undefined;
    try {
      const answer = answerOf(root, verb, reply);
      if (root.hasReturned) root.noteDone(verb.operations.map((operation) => ({ operation, moves })));
      return verb.accept(answer);
    } catch (error) {
      const review = verb.operations[0]?.review?.(error);
      if (review === undefined) throw error;
      doubt = settleDoubt(root, { review, verb, error, call: left() });
      // A promise that resolves to another promise takes over its result.
      return doubt as R;
    } finally {
      if (doubt === undefined) root.end();
    }
  };
  const { executor, key, model } = root;
  const onLateAnswer = executor.keepsOrder ? undefined : (): void => noteDoubt(root, verb.operations);
  root.begin();
  try {
    return executor.execute({ args, key, write: true, model, purpose: verb.operations[0], onFailure, onLateAnswer }, decode, call);
  } catch (error) {
    root.end();
    throw error;
  }
}

function answerOf(root: DocumentRoot, verb: SentVerb<unknown>, reply: unknown): unknown {
  try {
    const [operation] = verb.operations;
    return operation?.decodeDirect === undefined ? operation?.decode(reply, root) : operation.decodeDirect(reply, root);
  } catch (error) {
    throw noteFailure(root, verb, error);
  }
}

/** Undoes what went too far, then rejects with the original error. */
function settleDoubt<R>(
  root: DocumentRoot,
  { review, verb, error, call }: { review: Operation; verb: SentVerb<R>; error: unknown; call: CallOptions | undefined },
): Promise<R> {
  const read = ([answer]: unknown[]): R => {
    try {
      if (answer === undefined) throw error;
      return verb.accept(answer);
    } finally {
      root.end();
    }
  };
  const onFailure = (): void => root.end();
  return commit({ queue: [{ root, operation: review }], locks: [], checkVersion: false, call, onFailure }, read).catch((cause: unknown) => {
    if (cause === error) throw cause;
    const facts = { model: root.model, key: root.key, path: review.path.text, command: review.verb, cause };
    throw noteOutcome(root, new OutcomeUnknownError(facts, 'went too far, and may not have been taken back'), [review]);
  });
}

function sendCommit<R>(root: DocumentRoot, verb: SentVerb<R>, { locks, call }: Pick<CommitRequest, 'locks' | 'call'>): Promise<R> {
  const queue = verb.operations.map((operation) => ({ root, operation }));
  const onFailure = failing(root, verb);
  const read = (replies: unknown[]): R => {
    try {
      return verb.accept(replies[replies.length - 1]);
    } finally {
      root.end();
    }
  };
  root.begin();
  return commit({ queue, locks, call, checkVersion: verb.checkVersion === true, onFailure }, read);
}

/** Notes that the request under way has failed. */
function failing(root: DocumentRoot, verb: SentVerb<unknown>): (error: unknown) => void {
  return (error) => {
    // First, so that verbs that wait for this one find the instance stale.
    noteFailure(root, verb, error);
    root.end();
  };
}

function noteFailure(root: DocumentRoot, verb: SentVerb<unknown>, error: unknown): unknown {
  verb.onFailure?.();
  return noteOutcome(root, error, verb.operations);
}
