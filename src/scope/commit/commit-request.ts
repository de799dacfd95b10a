import type { CallOptions } from '../../input/call-options';
import type { Executor } from '../../executor/executor';
import type { Purpose } from '../../executor/purpose';
import type { ReplyPositions } from './commands-in-commit';
import type { HeldLock, ReleasedLock } from '../held-lock';
import type { QueuedOperation } from '../pipeline-scope';

/** What one commit does. */
export interface CommitRequest {
  readonly queue: readonly QueuedOperation[];
  /** What the user calls the commit as a whole. Default: the verb of its last change. */
  readonly verb?: string | undefined;
  /** Raw commands that run after the changes, and where the replies to both stand. */
  readonly commands?: ReplyPositions | undefined;
  /** The connection, where nothing but commands is queued. Default: that of the documents. */
  readonly executor?: Executor | undefined;
  /** Locks that must still be held. */
  readonly locks: readonly HeldLock[];
  /** Refuse when a document with a version is not at the version that was read. */
  readonly checkVersion: boolean;
  /** Lock to free after the writes, in the same step. */
  readonly release?: ReleasedLock | undefined;
  readonly call?: CallOptions | undefined;
  /** Told why nothing was done, or why nobody knows what, before the caller is. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** What an error is about that no single change is to blame for, however many there are. */
export function purposeOfWhole(request: CommitRequest): Purpose | undefined {
  return request.verb === undefined ? purposeOf(request) : { verb: request.verb };
}

/** What an error of all of it is about: the one change, or the change with what goes before it, or the commit as a whole. */
export function purposeOf({ queue, commands, verb }: CommitRequest): Purpose | undefined {
  const last = queue[queue.length - 1];
  if (last === undefined) return verb === undefined ? undefined : { verb };
  const { root, operation } = last;
  if (queue.length === 1 && commands === undefined) return operation;
  if (verb !== undefined) return { verb };
  const isOne = queue.every((other) => other.root === root && operation.path.text.startsWith(other.operation.path.text));
  return isOne ? operation : { verb: operation.verb };
}
