import type { Operation } from '../command/operation';
import { getOrMake } from '../memo/get-or-make';
import { Places } from './places';

/** When a write took these changes: the number of moves of their document by then. */
const takenAt = new WeakMap<Iterable<Operation>, number>();

/** Notes that a write takes local changes. */
export function noteTaken(changes: Iterable<Operation>, moves: number): void {
  takenAt.set(changes, moves);
}

/** While a change was not pending, because a write had taken it that failed in the end. Both ends are numbers of moves. */
interface Absence {
  readonly from: number;
  readonly to: number;
}

/** An operation that was sent, or recorded in a pipeline, after a number of moves of its document. */
export interface SentOperation {
  readonly operation: Operation;
  readonly moves: number;
}

/**
 * Local changes that became pending again because the write that had taken them failed; another write may have taken them since. A request that was sent while
 * they were away is newer than they are. One that was sent before or after that is in order with them.
 */
export class ReturnedChanges {
  private readonly absences = new Map<Operation, Absence[]>();

  add(changes: Iterable<Operation>, moves: number): void {
    const from = takenAt.get(changes);
    if (from === undefined) return;
    for (const change of changes) getOrMake(this.absences, change, () => []).push({ from, to: moves });
  }

  /** Forgets changes that will not be written any more. */
  delete(changes: readonly Operation[]): void {
    for (const change of changes) this.absences.delete(change);
  }

  /** Whether one of these changes, which is written later, overwrites the effect of operations. */
  areOlder(done: readonly SentOperation[]): boolean {
    const sent = new Map<number, Places>();
    for (const { operation, moves } of done) {
      // The time to live is not a local value.
      if (operation.setsTimeToLive !== true) getOrMake(sent, moves, () => new Places()).add(operation.path);
    }
    return [...sent].some(([moves, places]) => this.someWasAway(moves, places));
  }

  private someWasAway(moves: number, places: Places): boolean {
    return [...this.absences].some(
      ([{ path }, absences]) => absences.some(({ from, to }) => from <= moves && moves < to) && places.overlap(path),
    );
  }
}
