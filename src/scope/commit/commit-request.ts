import type { CallOptions } from '../../input/call-options';
import type { Executor } from '../../executor/executor';
import type { Purpose } from '../../executor/purpose';
import type { ReplyPositions } from './commands-in-commit';
import type { HeldLock, ReleasedLock } from '../held-lock';
import type { QueuedOperation } from '../pipeline-scope';

/** A commit to be made. */
export interface CommitRequest {
  readonly queue: readonly QueuedOperation[];
  /** The verb by which the user started the commit as a whole. Default: the verb of its last change. */
  readonly verb?: string | undefined;
  /** Raw commands that run after the changes, and the positions of the replies to both. */
  readonly commands?: ReplyPositions | undefined;
  /** The connection, if only commands are queued. Default: that of the documents. */
  readonly executor?: Executor | undefined;
  /** Locks that must still be held. */
  readonly locks: readonly HeldLock[];
  /** Refuse when a document with a version is not at the version that was read. */
  readonly checkVersion: boolean;
  /** Lock to free after the writes, in the same step. */
  readonly release?: ReleasedLock | undefined;
  readonly call?: CallOptions | undefined;
  /** Called with the error when nothing was done, or when the outcome is unknown, before the caller receives it. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** The purpose that an error names if no single change is to blame, however many there are. */
export function purposeOfWhole(request: CommitRequest): Purpose | undefined {
  return request.verb === undefined ? purposeOf(request) : { verb: request.verb };
}

/**
 * The purpose that an error of the commit as a whole names: the only change, the last one if the others precede it at the same place or above, or the
 * commit.
 */
export function purposeOf({ queue, commands, verb }: CommitRequest): Purpose | undefined {
  const last = queue[queue.length - 1];
  if (last === undefined) return verb === undefined ? undefined : { verb };
  const { root, operation } = last;
  if (queue.length === 1 && commands === undefined) return operation;
  if (verb !== undefined) return { verb };
  const isOne = queue.every((other) => other.root === root && operation.path.text.startsWith(other.operation.path.text));
  return isOne ? operation : { verb: operation.verb };
}
