import { OutcomeUnknownError } from '../errors/commit';
import type { DocumentRoot } from './document-root';

/** Refuses to build a commit on local values that may differ from the stored ones. */
export function requireFresh(root: DocumentRoot): void {
  if (!root.isStale) return;
  const facts = { model: root.model, key: root.key, command: 'an earlier write' };
  throw new OutcomeUnknownError(facts, 'left local values that may differ from the stored ones');
}
