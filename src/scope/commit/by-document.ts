import type { Operation } from '../../command/operation';
import { getOrMake } from '../../memo/get-or-make';
import { JsonPath } from '../../path/json-path';
import type { DocumentRoot } from '../document-root';
import type { QueuedOperation } from '../pipeline-scope';

/** The changes of one document in order, with their positions in the queue. */
export interface DocumentChanges {
  readonly operations: readonly Operation[];
  readonly positions: readonly number[];
}

/** In the order in which the documents are first changed. */
export type ChangesByDocument = ReadonlyMap<DocumentRoot, DocumentChanges>;

/** Divides a queue by document. A queue may change ten thousand documents, so this is done once, and the queue is never searched for the changes of one. */
export function byDocument(queue: readonly QueuedOperation[]): ChangesByDocument {
  const documents = new Map<DocumentRoot, { operations: Operation[]; positions: number[] }>();
  queue.forEach(({ root, operation }, position) => {
    const { operations, positions } = getOrMake(documents, root, () => ({ operations: [], positions: [] }));
    operations.push(operation);
    positions.push(position);
  });
  return documents;
}

/** What happens to changes that find no document because it is new or was deleted before. Positions are those among the changes of the document. */
interface Homeless {
  /** Changes that are included in the whole document that is written after them. */
  readonly parts: ReadonlySet<number>;
  /** The first of the changes after which no whole document is written. */
  readonly lost: number | undefined;
}

/** The result for most commits, shared. */
const NONE: Homeless = { parts: new Set(), lost: undefined };

export function homelessAmong(operations: readonly Operation[]): Homeless {
  if (operations.length < 2) return NONE;
  const parts = new Set<number>();
  let lost: number | undefined;
  let isGone = false;
  let since = 0;
  for (let at = 0; at <= operations.length; at += 1) {
    const whole = operations[at];
    if (whole !== undefined && !isOfWhole(whole)) continue;
    const isNew = isGone || whole?.makesDocument === true;
    const isMade = whole !== undefined && whole.endsDocument !== true && isNew;
    for (let change = since; change < at; change += 1) {
      if (isMade && isInValues(operations[change] as Operation)) parts.add(change);
      else if (isGone) lost ??= change;
    }
    isGone = whole?.endsDocument === true;
    since = at + 1;
  }
  return { parts, lost };
}

/** Whether there must be no document before the changes, rather than only after one of them has deleted it. */
export function isNew(operations: readonly Operation[]): boolean {
  const first = operations.find(({ makesDocument, endsDocument }) => makesDocument === true || endsDocument === true);
  return first?.makesDocument === true;
}

/** Whether the local values contain all of a change. Whether a position exists, or bounds hold, only a stored document can tell. */
function isInValues({ checks, setsTimeToLive }: Operation): boolean {
  return setsTimeToLive !== true && !checks.some(({ isNamed }) => isNamed);
}

/** Whether an operation writes or deletes the whole document. */
function isOfWhole({ path, setsTimeToLive }: Operation): boolean {
  return path === JsonPath.root && setsTimeToLive !== true;
}

/** Position in the queue of the first change of a document that was deleted before and is not written as a whole afterwards. */
export function changeAfterDeletion(documents: ChangesByDocument): number | undefined {
  let first = Infinity;
  for (const { operations, positions } of documents.values()) {
    const { lost } = homelessAmong(operations);
    if (lost !== undefined) first = Math.min(first, positions[lost] as number);
  }
  return first === Infinity ? undefined : first;
}
