import { rejected } from '../async/promised';
import type { DocumentRoot } from './document-root';
import { currentFlow } from './flow';

/**
 * Starts a verb; everything it throws becomes a rejection of its promise. In a pipeline, verbs need not be awaited: a verb that is refused there
 * makes the pipeline fail, unless its caller handles the error.
 */
export function startVerb<R>(root: DocumentRoot, start: () => Promise<R>): Promise<R> {
  try {
    return start();
  } catch (error) {
    return currentFlow()?.pipeline?.openFor(root)?.refuse(error) ?? rejected(error);
  }
}
