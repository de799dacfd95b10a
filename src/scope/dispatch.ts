import type { Direct, Operation } from '../command/operation';
import type { CallOptions } from '../executor/executor';
import { commitVerb, noteOutcome } from './commit';
import type { DocumentRoot } from './document-root';
import { currentFlow } from './flow';
import type { HeldLock } from './held-lock';
import type { PipelineScope } from './pipeline-scope';

/** The pipeline of this flow that collects the changes of a document. */
export function openPipelineOf(root: DocumentRoot): PipelineScope | undefined {
  return currentFlow()?.pipeline?.scopeFor(root);
}

/** Notes a change that was made locally: in the open pipeline, or until `saveChanges()`. */
export function record(root: DocumentRoot, operations: readonly Operation[]): void {
  const scope = openPipelineOf(root);
  if (scope === undefined) root.pending.push(...operations);
  else for (const operation of operations) scope.queue.push({ root, operation });
}

/** Locks that guard writes on a document from here. */
export function locksOn(root: DocumentRoot): readonly HeldLock[] {
  const locks = currentFlow()?.locks;
  if (locks === undefined || locks.length === 0) return root.locks;
  return [...root.locks, ...locks.filter(({ documentKey }) => documentKey === root.key)];
}

/**
 * Sends operations at once and resolves to the answer of the last one: as one plain command where that is safe, else as a commit.
 */
export function send(root: DocumentRoot, operations: readonly Operation[], call?: CallOptions): Promise<unknown> {
  const [operation] = operations;
  const direct = operation?.direct;
  const plain =
    operations.length === 1 &&
    direct !== undefined &&
    operation?.guards === undefined &&
    root.schema.ttlMs === undefined &&
    root.schema.version === undefined;
  const locks = locksOn(root);
  return plain && locks.length === 0 ? sendDirect(root, direct, call) : commitVerb(root, operations, { locks, call });
}

function sendDirect(root: DocumentRoot, { command, args, decode }: Direct, call: CallOptions | undefined): Promise<unknown> {
  return root.executor
    .execute({ args: [command, root.key, ...args], key: root.key, write: true }, (reply) => decode(reply, root), call)
    .catch((error: unknown) => {
      throw noteOutcome(root, error);
    });
}
