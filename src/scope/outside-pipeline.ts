import { PipelineNeedsReplyError } from '../errors/commit';
import type { JsonPath } from '../path/json-path';
import { openPipelineOf } from './dispatch';
import type { DocumentPlace, DocumentRoot } from './document-root';
import { currentFlow } from './flow';

/** What a verb works on: a document, or what is at a path of it. */
interface Subject {
  readonly root: DocumentRoot;
  readonly path?: JsonPath;
}

/** The error of a verb that has to come before the pipeline that is open on its document. */
export function needsReply({ root, path }: Subject, verb: string, instead: string): PipelineNeedsReplyError {
  return new PipelineNeedsReplyError(verb, instead, { model: root.model, key: root.key, path: path?.text });
}

/** Refuses a verb while a pipeline is open on its document. */
export function requireNoPipeline(subject: Subject, verb: string, instead: string): void {
  if (openPipelineOf(subject.root) !== undefined) throw needsReply(subject, verb, instead);
}

/**
 * Starts a verb that is given the keys of its documents, and sends at once. Some instance of one of them may be part of a pipeline: that is refused then, as by
 * verbs of the instance.
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
