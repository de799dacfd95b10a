import type { Operation } from '../command/operation';
import type { CallOptions } from '../executor/executor';
import { commitVerb } from './commit';
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
 * Who calls it notes an unknown outcome.
 */
export function send(root: DocumentRoot, operations: readonly Operation[], call?: CallOptions): Promise<unknown> {
  const { schema, key } = root;
  const locks = locksOn(root);
  if (operations.length === 1 && schema.ttlMs === undefined && schema.version === undefined && locks.length === 0) {
    const operation = operations[0] as Operation;
    const args = operation.guards === undefined ? operation.direct?.(key) : undefined;
    if (args !== undefined) return root.executor.execute({ args, key, write: true }, (reply) => operation.decode(reply, root), call);
  }
  return commitVerb(root, operations, { locks, call });
}
