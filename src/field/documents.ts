import { describe } from '../input/describe';
import type { DocumentRoot } from '../scope/document-root';
import { CONTAINER } from './container';
import { ModelBase } from './model-instance';
import { rootOfQueued } from './values-at';

/**
 * The documents of some instances, or of what a pipeline makes of documents that were not read, each once.
 *
 * @param verb - Whose they are, for the error.
 */
export function documentsOf(documents: readonly unknown[], verb: string): DocumentRoot[] {
  if (!Array.isArray(documents)) throw new TypeError(`${verb} takes its documents as a list, found ${describe(documents)}`);
  const roots = documents.map((document: unknown, position) => {
    const root = document instanceof ModelBase ? document[CONTAINER].root : rootOfQueued(document);
    if (root === undefined) throw new TypeError(`${verb} takes documents, found ${describe(document)} at position ${position}`);
    return root;
  });
  return [...new Set(roots)];
}
