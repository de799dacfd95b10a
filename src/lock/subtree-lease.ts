import { LockLostError } from '../errors/lock';
import type { Executor } from '../executor/executor';
import type { ScriptCall } from '../executor/request';
import type { Purpose } from '../executor/purpose';
import { INSPECT, inspected } from '../input/inspect';
import { treeLockRelease, treeLockRenew } from '../lua/catalog.generated';
import type { TreePath } from '../path/tree-path';
import { RenewedGrant, type GrantTerms } from './renewed-grant';

/** The space of the locks of one tree: locks of different spaces never conflict. */
export interface LockSpace {
  readonly executor: Executor;
  /** The prefix of all keys; contains a hash tag. */
  readonly prefix: string;
}

/** `X` excludes all other holders, `S` allows others that hold `S` too. */
export type LockMode = 'X' | 'S';

/** A granted lock on a subtree. */
interface SubtreeGrant {
  readonly space: LockSpace;
  readonly place: TreePath;
  readonly mode: LockMode;
  readonly id: string;
  /** The verb that took it. */
  readonly purpose: Purpose;
  /** Called when it is no longer held. */
  readonly onEnd: () => void;
  /** Grows with every grant in the space; outside systems compare it to refuse a holder that was overtaken. */
  readonly fence: number;
}

const KEY_NAMES = ['grants', 'exclusive', 'shared', 'deadlines', 'fence', 'queue', 'waiters'];

/** Keys of the lock scripts, in the order in which they take them. */
export function spaceKeysOf(prefix: string): string[] {
  return KEY_NAMES.map((name) => `${prefix}:${name}`);
}

/** A held lock on a subtree. */
export class SubtreeLease extends RenewedGrant implements SubtreeGrant {
  readonly space: LockSpace;
  readonly place: TreePath;
  readonly mode: LockMode;
  readonly id: string;
  readonly purpose: Purpose;
  readonly onEnd: () => void;
  readonly fence: number;

  constructor(grant: SubtreeGrant & GrantTerms) {
    super(grant.space.executor, grant);
    ({ space: this.space, place: this.place, mode: this.mode, id: this.id } = grant);
    ({ purpose: this.purpose, onEnd: this.onEnd, fence: this.fence } = grant);
  }

  /** Whether it locks the place itself or an ancestor of it. */
  covers(space: LockSpace, place: TreePath): boolean {
    return this.guards(space.executor) && this.space.prefix === space.prefix && this.place.covers(place);
  }

  toJSON(): object {
    const { place, mode, fence, isOver } = this;
    return { path: place.dotted, shared: mode === 'S', fence, isHeld: !isOver };
  }

  [INSPECT](_depth: number, options: object): string {
    return inspected('Lock', this.toJSON(), options);
  }

  lossError(command = this.purpose.verb): LockLostError {
    return LockLostError.noticed(this.place.dotted, { key: this.space.prefix, command });
  }

  /** The error of a write that needs this lock, which is no longer held. */
  refusalOf(command: string, path: TreePath): LockLostError {
    return new LockLostError(this.place.dotted, { key: this.space.prefix, command, path: path.dotted });
  }

  protected renewCall(leaseMs: number): ScriptCall {
    return { script: treeLockRenew, keys: spaceKeysOf(this.space.prefix), args: [this.id, String(leaseMs)] };
  }

  protected releaseCall(): ScriptCall {
    return releaseCallOf(this.space, this.id);
  }

  protected wasHeld(reply: unknown): boolean {
    return reply === 1;
  }

  protected override stop(): void {
    super.stop();
    this.onEnd();
  }
}

/** The call that frees a grant, or gives up waiting for it. */
export function releaseCallOf({ prefix }: LockSpace, id: string): ScriptCall {
  return { script: treeLockRelease, keys: spaceKeysOf(prefix), args: [id] };
}
