import { rejected } from '../async/promised';
import type { DocumentRoot } from './document-root';
import { currentFlow } from './flow';

/**
 * Starts a verb, of which everything that it throws rejects its promise. In a pipeline nobody need wait for verbs: one that is refused there refuses the
 * pipeline, unless somebody looks at its error.
 */
export function startVerb<R>(root: DocumentRoot, start: () => Promise<R>): Promise<R> {
  try {
    return start();
  } catch (error) {
    return currentFlow()?.pipeline?.openFor(root)?.refuse(error) ?? rejected(error);
  }
}
