import { LockLostError } from '../errors/lock';
import type { Executor, ScriptCall } from '../executor/executor';
import { lockRelease, lockRenew } from '../lua/catalog.generated';
import { RenewedGrant, type GrantTerms } from './renewed-grant';

export interface Grant {
  readonly documentKey: string;
  readonly lockKey: string;
  readonly action: string;
  readonly token: string;
  /** Grows with every grant of locks on the document; outside systems compare it to refuse a holder that was overtaken. */
  readonly fence: number;
}

/** A lock on a document that is held. */
export class Lease extends RenewedGrant implements Grant {
  readonly documentKey: string;
  readonly lockKey: string;
  readonly action: string;
  readonly token: string;
  readonly fence: number;

  constructor(executor: Executor, grant: Grant, terms: GrantTerms) {
    super(executor, terms);
    ({ documentKey: this.documentKey, lockKey: this.lockKey, action: this.action, token: this.token, fence: this.fence } = grant);
  }

  protected renewCall(leaseMs: number): ScriptCall {
    return { script: lockRenew, keys: [this.lockKey], args: [this.token, String(leaseMs)] };
  }

  protected releaseCall(): ScriptCall {
    return { script: lockRelease, keys: [this.lockKey], args: [this.token] };
  }

  protected lossError(): LockLostError {
    return new LockLostError(this.action, { key: this.documentKey });
  }
}
