import type { LockLostError } from '../errors/lock';
import type { Executor } from '../executor/executor';
import type { ScriptCall } from '../executor/request';
import { OFFLINE_TIMEOUT_MS } from '../executor/outcomes/deadline';
import { MAX_TIMER_MS } from '../input/timer';
import { freeLater } from './freeing';
import type { LockSettings } from './lock-options';

/** How long a grant lasts, and from when: it cannot end before `askedAt + firstMs` on the monotonic clock. */
export interface GrantTerms {
  readonly settings: LockSettings;
  /** Time on the monotonic clock before the grant was asked for. */
  readonly askedAt: number;
  /** How long it lasts before it is first renewed, in milliseconds. Default: as long as after a renewal. */
  readonly firstMs?: number;
}

/** A grant for a limited time, which is renewed while it is needed, and known to be lost as early as possible. */
export abstract class RenewedGrant {
  /** Made on first use, because it costs up to a tenth of the whole lock. */
  private lost: AbortController | undefined = undefined;
  private isLost = false;
  private readonly settings: LockSettings;
  private readonly acquiredAt: number;
  private endsAt: number;
  private timer: NodeJS.Timeout | undefined;
  private over = false;
  private freed = false;

  constructor(
    readonly executor: Executor,
    { settings, askedAt, firstMs = settings.ttlMs }: GrantTerms,
  ) {
    this.settings = settings;
    this.acquiredAt = askedAt;
    this.endsAt = askedAt + firstMs;
    this.schedule();
  }

  /** Prolongs the grant; the answer is 1, or 0 when the grant is lost. */
  protected abstract renewCall(leaseMs: number): ScriptCall;

  /** Ends the grant. */
  protected abstract releaseCall(): ScriptCall;

  /** Ends the grant later, when no caller waits for the answer. */
  protected lateReleaseCall(): ScriptCall {
    return this.releaseCall();
  }

  /** Whether the answer to the release says that the grant was still held. */
  protected abstract wasHeld(reply: unknown): boolean;

  /** The error of a loss that was noticed without a refused write. `command` is the verb called at that time; default: the one that took the lock. */
  abstract lossError(command?: string): LockLostError;

  /** Aborts as soon as the lock is known to be lost. */
  get signal(): AbortSignal {
    this.lost ??= new AbortController();
    if (this.isLost || this.isDue) this.lost.abort(this.lossError());
    return this.lost.signal;
  }

  /** Whether the lock is lost or was released. After a pause of the process, this may show it before the timer does. */
  get isOver(): boolean {
    return this.over || this.isDue;
  }

  /**
   * Whether it guards writes over a connection. If its own connection is closed, the lock is lost; writes over another one may go to the same server,
   * so they are refused as well.
   */
  guards(executor: object): boolean {
    return executor === this.executor || this.executor.isClosed;
  }

  /** Whether its holder freed it, by a release or with the last commit. */
  get isFreed(): boolean {
    return this.freed;
  }

  /** Stops renewing, and frees the lock. Resolves to whether it was still held. */
  async release(): Promise<boolean> {
    if (this.endWhenDue()) return false;
    this.noteFreed();
    try {
      // After the end of the lease there is nothing left to free, and an unreachable server must not hold up a task that has finished.
      const timeoutMs = Math.min(this.leftMs(), OFFLINE_TIMEOUT_MS);
      return await this.executor.evaluate(this.releaseCall(), (reply) => this.wasHeld(reply), { timeoutMs });
    } catch (error) {
      void freeLater(this.executor, this.lateReleaseCall(), this.leftMs());
      throw error;
    }
  }

  /** Gives it up as lost before its time. */
  forfeit(): void {
    if (!this.over) this.lose();
  }

  protected noteFreed(): void {
    this.freed = true;
    this.stop();
  }

  /** Whether its lease has ended without this having been reported yet. */
  private get isDue(): boolean {
    return !this.over && performance.now() >= this.endsAt;
  }

  /** Gives the lock up as lost if its lease has ended. Returns whether it is over. */
  private endWhenDue(): boolean {
    if (this.isDue) this.lose();
    return this.over;
  }

  /** Ends the renewals. */
  protected stop(): void {
    this.over = true;
    clearTimeout(this.timer);
  }

  private lose(): void {
    this.stop();
    this.tellLost();
    this.noteLost();
  }

  /** Aborts the signal, at once or when it is first used. */
  protected tellLost(): void {
    this.isLost = true;
    this.lost?.abort(this.lossError());
  }

  /** Called once, when the grant is known to be lost. */
  protected noteLost(): void {
    // Most grants have nothing to do here.
  }

  private schedule(): void {
    this.timer = setTimeout(() => void this.renew(), Math.min(this.leftMs() / 3, MAX_TIMER_MS));
    this.timer.unref();
  }

  private leftMs(): number {
    return Math.max(this.endsAt - performance.now(), 1);
  }

  private async renew(): Promise<void> {
    if (this.endWhenDue()) return;
    const now = performance.now();
    const leaseMs = Math.floor(Math.min(this.settings.ttlMs, this.acquiredAt + this.settings.maxHoldMs - now));
    if (now + leaseMs > this.endsAt) {
      const held = await this.executor
        .evaluate(this.renewCall(leaseMs), (reply) => reply === 1, { timeoutMs: Math.min(this.leftMs(), this.settings.ttlMs / 3) })
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
