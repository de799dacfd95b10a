import { LockLostError } from '../errors/lock';
import type { Executor } from '../executor/executor';
import { lockRelease, lockRenew } from '../lua/catalog.generated';
import type { LockSettings } from './lock-options';

export interface Grant {
  readonly documentKey: string;
  readonly lockKey: string;
  readonly action: string;
  readonly token: string;
  /** Grows with every grant of locks on the document; outside systems compare it to refuse a holder that was overtaken. */
  readonly fence: number;
}

/** A lock that is held: renewed while it is needed, and known to be lost as soon as that can be known. */
export class Lease implements Grant {
  readonly documentKey: string;
  readonly lockKey: string;
  readonly action: string;
  readonly token: string;
  readonly fence: number;
  /** Made when somebody asks for it, because that costs as much as a tenth of the whole lock. */
  private lost: AbortController | undefined = undefined;
  private isLost = false;
  private readonly settings: LockSettings;
  private readonly acquiredAt: number;
  private endsAt: number;
  private timer: NodeJS.Timeout | undefined;
  private over = false;
  private freed = false;

  /** @param grant - What was granted; `askedAt` is the time on the monotonic clock before the lock was asked for: the lease cannot end before `askedAt + ttlMs`. */
  constructor(
    private readonly executor: Executor,
    { settings, askedAt, ...grant }: Grant & { readonly settings: LockSettings; readonly askedAt: number },
  ) {
    this.settings = settings;
    ({ documentKey: this.documentKey, lockKey: this.lockKey, action: this.action, token: this.token, fence: this.fence } = grant);
    this.acquiredAt = askedAt;
    this.endsAt = askedAt + settings.ttlMs;
    this.schedule();
  }

  /** Aborts as soon as the lock is known to be lost. */
  get signal(): AbortSignal {
    this.lost ??= new AbortController();
    if (this.isLost) this.lost.abort(this.lostError());
    return this.lost.signal;
  }

  /** The lock is known to be lost, or was released. A paused process finds out here that its lease has ended. */
  get isOver(): boolean {
    if (!this.over && performance.now() >= this.endsAt) this.lose();
    return this.over;
  }

  /** It was freed together with the last commit. */
  get isFreed(): boolean {
    return this.freed;
  }

  /** Stops renewing. Resolves to whether the lock was still held. */
  async release(): Promise<boolean> {
    if (this.isOver) return this.freed;
    this.end();
    return this.executor.evaluate({ script: lockRelease, keys: [this.lockKey], args: [this.token] }, (reply) => reply === 1);
  }

  /** The lock was freed together with the last commit. */
  end(): void {
    this.freed = true;
    this.stop();
  }

  private stop(): void {
    this.over = true;
    clearTimeout(this.timer);
  }

  private lose(): void {
    this.stop();
    this.isLost = true;
    this.lost?.abort(this.lostError());
  }

  private lostError(): LockLostError {
    return new LockLostError(this.action, { key: this.documentKey });
  }

  private schedule(): void {
    const untilRenewal = Math.min(this.settings.ttlMs / 3, Math.max(this.endsAt - performance.now(), 0));
    this.timer = setTimeout(() => void this.renew(), Math.max(untilRenewal, 1));
    this.timer.unref();
  }

  private async renew(): Promise<void> {
    if (this.isOver) return;
    const now = performance.now();
    const leaseMs = Math.floor(Math.min(this.settings.ttlMs, this.acquiredAt + this.settings.maxHoldMs - now));
    if (leaseMs > 0 && now + leaseMs > this.endsAt) {
      const call = { script: lockRenew, keys: [this.lockKey], args: [this.token, String(leaseMs)] };
      const held = await this.executor
        .evaluate(call, (reply) => reply === 1, { timeoutMs: Math.ceil(this.settings.ttlMs / 3) })
        .catch(() => undefined);
      if (this.over) return;
      if (held === false) {
        this.lose();
        return;
      }
      if (held === true) this.endsAt = now + leaseMs;
    }
    this.schedule();
  }
}
