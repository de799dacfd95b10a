import { LockLostError } from '../errors/lock';
import type { Executor } from '../executor/executor';
import type { ScriptCall } from '../executor/request';
import type { Purpose } from '../executor/purpose';
import { INSPECT, inspected } from '../input/inspect';
import { lockRelease, lockRenew } from '../lua/catalog.generated';
import { fenceKeyOf, freeingCall, waitingKeyOf } from './lock-keys';
import { RenewedGrant, type GrantTerms } from './renewed-grant';
import type { Turn } from './turns';

interface Grant {
  readonly documentKey: string;
  /** Name of the model of the document. */
  readonly model: string;
  /** The verb that took it. */
  readonly purpose: Purpose;
  readonly lockKey: string;
  readonly action: string;
  readonly token: string;
  /** Grows with every grant of locks on the document; outside systems compare it to refuse a holder that was overtaken. */
  readonly fence: number;
}

/** A held lock on a document. */
export class Lease extends RenewedGrant implements Grant {
  readonly documentKey: string;
  readonly model: string;
  readonly purpose: Purpose;
  readonly lockKey: string;
  readonly action: string;
  readonly token: string;
  readonly fence: number;
  /** The turn, which must end when the lock is no longer held. */
  readonly turn: Turn;
  /** The instance that last read the document under this lock, so that it need not read again. Other instances may hold older values. */
  reader: object | undefined = undefined;
  /** The instance whose last handle frees the lock; undefined where the end of a section frees it. */
  keeper: object | undefined = undefined;
  /** The number of handles that do not free the lock: when it is freed, they lose it. */
  guests = 0;

  constructor({ executor, grant, turn }: { executor: Executor; grant: Grant; turn: Turn }, terms: GrantTerms) {
    super(executor, terms);
    this.turn = turn;
    ({ documentKey: this.documentKey, model: this.model, purpose: this.purpose, lockKey: this.lockKey } = grant);
    ({ action: this.action, token: this.token, fence: this.fence } = grant);
  }

  freeing(): { keys: string[]; args: string[] } {
    const { lockKey, documentKey } = this;
    const waitingKey = waitingKeyOf(lockKey);
    const successor = this.turn.successor();
    if (successor === undefined) return { keys: [lockKey, waitingKey], args: [waitingKey] };
    const fenceKey = fenceKeyOf(documentKey);
    return {
      keys: [lockKey, waitingKey, fenceKey, documentKey],
      args: [waitingKey, successor.token, String(successor.ttlMs), fenceKey, documentKey],
    };
  }

  /** Notes that the lock was freed together with the last commit. */
  end(answer: unknown): void {
    this.noteFreed();
    this.turn.freed(answer);
  }

  protected renewCall(leaseMs: number): ScriptCall {
    return { script: lockRenew, keys: [this.lockKey], args: [this.token, String(leaseMs)] };
  }

  protected releaseCall(): ScriptCall {
    const { model, purpose } = this;
    const { keys, args } = this.freeing();
    const onLateAnswer = this.turn.lateAnswer();
    args.unshift(this.token);
    // No spread, for the same reason as in the call that took the lock.
    return { script: lockRelease, keys, args, model, purpose, onFailure: undefined, onLateAnswer };
  }

  /** Without a successor, because the next task will have asked for the lock itself by then. */
  protected override lateReleaseCall(): ScriptCall {
    return freeingCall(this.lockKey, this.token);
  }

  protected wasHeld(answer: unknown): boolean {
    if (answer === null) return false;
    this.turn.freed(answer);
    return true;
  }

  protected override noteFreed(): void {
    super.noteFreed();
    if (this.guests > 0) this.tellLost();
  }

  /** Ends the turn, so that a task that hangs after losing its lock holds up no others. */
  protected override noteLost(): void {
    this.turn.end();
  }

  toJSON(): object {
    const { documentKey: key, action, fence, isOver } = this;
    return { key, action, fence, isHeld: !isOver };
  }

  [INSPECT](_depth: number, options: object): string {
    return inspected('Lock', this.toJSON(), options);
  }

  lossError(command = this.purpose.verb): LockLostError {
    return LockLostError.noticed(this.action, { key: this.documentKey, model: this.model, command });
  }
}
