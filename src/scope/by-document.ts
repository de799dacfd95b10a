import type { DocumentRoot } from './document-root';
import type { QueuedOperation } from './pipeline-scope';

/** Where a queue changes each of its documents, in the order of their first changes. */
export type PositionsByDocument = ReadonlyMap<DocumentRoot, readonly number[]>;

/** A queue may change ten thousand documents, so it is divided once, and never searched for the changes of one. */
export function byDocument(queue: readonly QueuedOperation[]): PositionsByDocument {
  const positions = new Map<DocumentRoot, number[]>();
  queue.forEach(({ root }, position) => {
    const own = positions.get(root);
    if (own === undefined) positions.set(root, [position]);
    else own.push(position);
  });
  return positions;
}
