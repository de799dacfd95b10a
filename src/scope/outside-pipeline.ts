import { PipelineNeedsReplyError } from '../errors/commit';
import type { JsonPath } from '../path/json-path';
import { openPipelineOf } from './dispatch';
import type { DocumentPlace, DocumentRoot } from './document-root';
import { currentFlow } from './flow';

/** The target of a verb: a document, or the value at a path in it. */
interface Subject {
  readonly root: DocumentRoot;
  readonly path?: JsonPath;
}

/** The error of a verb that has to be called before the pipeline on its document is opened. */
export function needsReply({ root, path }: Subject, verb: string, instead: string): PipelineNeedsReplyError {
  return new PipelineNeedsReplyError(verb, instead, { model: root.model, key: root.key, path: path?.text });
}

/** Refuses a verb while a pipeline is open on its document. */
export function requireNoPipeline(subject: Subject, verb: string, instead: string): void {
  if (openPipelineOf(subject.root) !== undefined) throw needsReply(subject, verb, instead);
}

/**
 * Starts a verb that takes the keys of its documents and sends at once. If an instance of one of these documents is part of a pipeline, the verb is
 * refused, like verbs of the instance.
 */
export function startOutside<R>(
  documents: readonly DocumentPlace[],
  { verb, instead, need }: { readonly verb: string; readonly instead: string; readonly need?: string },
  start: () => Promise<R>,
): Promise<R> {
  const innermost = currentFlow()?.pipeline;
  if (innermost === undefined) return start();
  for (const { schema, key, connection } of documents) {
    const scope = innermost.collectorOf(key, connection.executor);
    if (scope !== undefined) return scope.refuse(new PipelineNeedsReplyError(verb, instead, { model: schema.name, key, need }));
  }
  return start();
}
