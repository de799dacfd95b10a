import { describe } from '../input/describe';
import type { DocumentRoot } from '../scope/document-root';
import { CONTAINER } from './container';
import { ModelBase } from './model-instance';

/**
 * The documents of some instances, each once.
 *
 * @param verb - Whose they are, for the error.
 */
export function documentsOf(instances: readonly ModelBase[], verb: string): DocumentRoot[] {
  if (!Array.isArray(instances)) throw new TypeError(`${verb} takes its documents as a list, found ${describe(instances)}`);
  const wrong = instances.findIndex((instance) => !(instance instanceof ModelBase));
  if (wrong >= 0) throw new TypeError(`${verb} takes documents, found ${describe(instances[wrong])} at position ${wrong}`);
  return [...new Set((instances as readonly ModelBase[]).map((instance) => instance[CONTAINER].root))];
}
