import type { Operation } from '../command/operation';
import { Places } from './places';

/** The number of takes of their document at the time when a write took these changes. */
const takenAt = new WeakMap<Iterable<Operation>, number>();

/** Notes when a write takes local changes. */
export function noteTaken(changes: Iterable<Operation>, takes: number): void {
  takenAt.set(changes, takes);
}

/** Local changes that are pending again because the write that had taken them failed. Requests sent after that write are newer than these changes. */
export class ReturnedChanges {
  private readonly takenAt = new Map<Operation, number>();

  add(changes: Iterable<Operation>): void {
    const at = takenAt.get(changes);
    if (at === undefined) return;
    for (const change of changes) this.takenAt.set(change, at);
  }

  /** Whether a pending change would overwrite the effect of operations that were sent after the given number of takes. */
  areOlder(waiting: Iterable<Operation>, { operations, takes }: { operations: readonly Operation[]; takes: number }): boolean {
    const places = new Places();
    // The time to live is not a local value.
    for (const { path, setsTimeToLive } of operations) if (setsTimeToLive !== true) places.add(path);
    return [...waiting].some((change) => (this.takenAt.get(change) ?? Infinity) <= takes && places.overlap(change.path));
  }
}
