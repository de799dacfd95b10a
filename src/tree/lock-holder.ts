import { LockedError } from '../errors/lock';
import type { SubtreeLease, LockSpace } from '../lock/subtree-lease';
import type { TreePath } from '../path/tree-path';
import { currentLockFlow, isInside, newScope } from './lock-flow';

/** Remembers the locks acquired by hand through some nodes, so that these nodes can release them, and write under them. */
export class LockHolder {
  private readonly leases: SubtreeLease[] = [];

  /** @param scope - The scope of all locks taken through this holder, which do not exclude one another. Without one, each lock is independent. */
  constructor(private readonly scope?: string) {}

  /** The scope of a lock that is held by hand: inside the lock under which the running flow works, if that flow works here. */
  scopeToHold(): string {
    const outer = this.outerScope();
    return this.scope === undefined || outer === undefined ? newScope(outer) : outer;
  }

  /** The scope of work that runs under a lock. */
  scopeToRun(): string {
    return newScope(this.outerScope());
  }

  /** The scope in which a write happens; empty outside all scopes. */
  scopeToWrite(): string {
    return this.outerScope() ?? '';
  }

  /** All leases held here and by the running flow, the newest last. */
  held(): readonly SubtreeLease[] {
    return [...(currentLockFlow()?.leases ?? []), ...this.leases];
  }

  remember(lease: SubtreeLease): void {
    this.leases.push(lease);
  }

  forget(lease: SubtreeLease): void {
    const index = this.leases.indexOf(lease);
    if (index >= 0) this.leases.splice(index, 1);
  }

  /** The lease acquired last for a path. */
  latest(space: LockSpace, path: TreePath): SubtreeLease | undefined {
    return this.leases.findLast((lease) => lease.covers(space, path) && lease.place.encoded === path.encoded);
  }

  /**
   * The lock that a write has to be checked against; undefined when none held here covers the path.
   *
   * @throws {@link LockLostError} the lock is known to be lost.
   * @throws {@link LockedError} only a shared lock covers the path.
   */
  guardOf(space: LockSpace, path: TreePath, command: string): SubtreeLease | undefined {
    const covering = this.held().filter((lease) => lease.covers(space, path));
    const guard = covering.findLast(({ mode }) => mode === 'X');
    const shared = covering[0];
    if (guard?.isOver === true) throw guard.refusalOf(command, path);
    if (guard !== undefined || shared === undefined) return guard;
    const facts = { command, key: space.prefix, path: path.dotted };
    throw new LockedError(shared.place.dotted, 'held here as a shared lock, which is for reading', facts);
  }

  private outerScope(): string | undefined {
    const flow = currentLockFlow()?.scope;
    if (this.scope === undefined) return flow;
    return flow !== undefined && isInside(flow, this.scope) ? flow : this.scope;
  }
}
