import { CONTAINER } from '../field/container';
import type { ModelBase } from '../field/model-instance';
import { runPipeline, type PipelineOptions, type PipelineResult } from '../scope/pipeline';

/**
 * Gathers the changes that `work` makes to several documents, and applies all of them in one commit, or none.
 *
 * @throws {@link CrossSlotError} they belong to different connections, or lie in different slots of a cluster.
 * @example
 * ```ts
 * await pipeline([from, to], () => {
 *   from.balance.subtract(10);
 *   to.balance.add(10);
 * });
 * ```
 */
export function pipeline<const M extends readonly ModelBase[]>(
  documents: M,
  work: (documents: M) => unknown,
  options?: PipelineOptions,
): Promise<PipelineResult> {
  const roots = [...new Set(documents.map((document) => document[CONTAINER].root))];
  return runPipeline(roots, () => work(documents), options);
}
