import type { Operation } from '../command/operation';
import { JsonPath } from '../path/json-path';
import { byDocument } from './by-document';
import type { QueuedOperation } from './pipeline-scope';

/** Shared by most commits. */
const NONE: ReadonlySet<number> = new Set();

function isWhole({ path, endsDocument, setsTimeToLive }: Operation): boolean {
  return path === JsonPath.root && endsDocument !== true && setsTimeToLive !== true;
}

/**
 * Which changes of a document are a part of a whole one that is written after them, by their positions: where that is new, or the document was deleted before,
 * there is none that they could change.
 */
export function partsOfNew(operations: readonly Operation[]): ReadonlySet<number> {
  if (operations.length < 2) return NONE;
  const parts = new Set<number>();
  let since = 0;
  let isGone = false;
  operations.forEach((operation, at) => {
    const isWritten = isWhole(operation);
    if (isWritten && (isGone || operation.makesDocument === true)) {
      for (let part = since; part < at; part += 1) if (operations[part]?.setsTimeToLive !== true) parts.add(part);
    }
    if (!isWritten && operation.endsDocument !== true) return;
    isGone = !isWritten;
    since = at + 1;
  });
  return parts;
}

/** Position of the first change of a document that the queue has deleted before, and does not write as a whole after it. */
export function changeAfterDeletion(queue: readonly QueuedOperation[]): number | undefined {
  if (!queue.some(({ operation }) => operation.endsDocument === true)) return undefined;
  const lost = [...byDocument(queue).values()].flatMap((positions) => {
    const operations = positions.map((position) => (queue[position] as QueuedOperation).operation);
    const parts = partsOfNew(operations);
    let isGone = false;
    const first = operations.findIndex((operation, at) => {
      if (operation.endsDocument === true) isGone = true;
      else if (isWhole(operation)) isGone = false;
      else return isGone && !parts.has(at);
      return false;
    });
    return first < 0 ? [] : [positions[first] as number];
  });
  return lost.length === 0 ? undefined : Math.min(...lost);
}
