import type { CommandPipe } from '../executor/commands/command-pipe';
import { promised } from '../async/promised';
import { documentsOf } from '../field/documents';
import type { ModelBase } from '../field/model-instance';
import { requireWork } from '../input/arguments';
import { runPipeline, type PipelineOptions, type PipelineResult } from '../scope/pipeline';
import { DocumentVerbsAt, type QueuedAt } from './document-at';
import { QUEUED, type Queueable } from './queueable';

/** Documents as a pipeline hands them to its callback: unread ones have only verbs that need no answer. */
export type InPipeline<M extends readonly unknown[]> = { [K in keyof M]: OneInPipeline<M[K]> };

type OneInPipeline<D> = D extends DocumentVerbsAt<infer M> ? QueuedAt<M> : D;

/**
 * Collects the changes that `work` makes to several documents and applies all or none of them in one commit.
 *
 * Raw commands that `work` records run after the changes, in the same commit. When one is refused, everything is taken back.
 *
 * @throws {@link CrossSlotError} the documents belong to different connections, or lie in different slots of a cluster.
 * @throws {@link PipelineBusyError} two of them are instances of one document.
 * @throws {@link PipelineCommandError} a recorded command cannot be part of a commit: it blocks, or names no key.
 * @throws {@link KeyNotFoundError} one of the documents is gone; nothing was written.
 * @throws {@link OutcomeUnknownError} no reply: the write may have been applied; `load()` shows.
 * @example
 * ```ts
 * const { replies } = await pipeline([from, to], (_, commands) => {
 *   from.balance.subtract(10);
 *   to.balance.add(10);
 *   commands.incr('transfers');
 * });
 * replies.length; // => 3
 * ```
 *
 * @example
 * Documents that were not read take part with the verbs that the callback is given:
 * ```ts
 * await pipeline([Account.at('ada'), Account.at('bob')], async ([ada, bob]) => {
 *   await ada.balance.adjust(-10, { min: 0 });
 *   await bob.balance.increase(10);
 * });
 * ```
 */
export function pipeline<const M extends readonly (ModelBase | Queueable)[]>(
  documents: M,
  work: (documents: InPipeline<M>, commands: CommandPipe) => unknown,
  options?: PipelineOptions,
): Promise<PipelineResult> {
  return promised(() => {
    const inside = Array.isArray(documents) ? documents.map(queued) : documents;
    const roots = documentsOf(inside, 'pipeline()');
    requireWork(work, 'pipeline()', 'pipeline([from, to], () => …)');
    return runPipeline(roots, (commands) => work(inside as InPipeline<M>, commands), options);
  });
}

function queued(document: unknown): unknown {
  return document instanceof DocumentVerbsAt ? document[QUEUED]() : document;
}
