import type { Operation } from '../command/operation';
import { Places } from './places';

/** How often changes of their document had been taken when a write took these. */
const takenAt = new WeakMap<Iterable<Operation>, number>();

/** Notes when a write takes local changes. */
export function noteTaken(changes: Iterable<Operation>, takes: number): void {
  takenAt.set(changes, takes);
}

/** Local changes that wait again, because the write failed that had taken them. What was sent after that write is newer than they are. */
export class ReturnedChanges {
  private readonly takenAt = new Map<Operation, number>();

  add(changes: Iterable<Operation>): void {
    const at = takenAt.get(changes);
    if (at === undefined) return;
    for (const change of changes) this.takenAt.set(change, at);
  }

  /** Whether one that waits would be written over what was done there by operations that were sent after so many takes. */
  areOlder(waiting: Iterable<Operation>, { operations, takes }: { operations: readonly Operation[]; takes: number }): boolean {
    const places = new Places();
    // How long a document lives is no local value.
    for (const { path, setsTimeToLive } of operations) if (setsTimeToLive !== true) places.add(path);
    return [...waiting].some((change) => (this.takenAt.get(change) ?? Infinity) <= takes && places.overlap(change.path));
  }
}
