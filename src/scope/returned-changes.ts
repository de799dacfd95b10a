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

/**
 * Local changes that are pending again because the write that had taken them failed. A request that was sent while they were away is newer than they are. One that
 * was sent before or after that is in order with them.
 */
export class ReturnedChanges {
  private readonly absences = new Map<Operation, Absence[]>();

  add(changes: Iterable<Operation>, moves: number): void {
    const from = takenAt.get(changes);
    if (from === undefined) return;
    for (const change of changes) getOrMake(this.absences, change, () => []).push({ from, to: moves });
  }

  /** Whether a pending change would overwrite the effect of operations that were sent after the given number of moves. */
  areOlder(waiting: Iterable<Operation>, { operations, moves }: { operations: readonly Operation[]; moves: number }): boolean {
    const places = new Places();
    // The time to live is not a local value.
    for (const { path, setsTimeToLive } of operations) if (setsTimeToLive !== true) places.add(path);
    return [...waiting].some((change) => this.wasAway(change, moves) && places.overlap(change.path));
  }

  private wasAway(change: Operation, moves: number): boolean {
    return this.absences.get(change)?.some(({ from, to }) => from <= moves && moves < to) === true;
  }
}
