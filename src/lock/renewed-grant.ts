import type { LockLostError } from '../errors/lock';
import type { Executor } from '../executor/executor';
import type { ScriptCall } from '../executor/request';
import { OFFLINE_TIMEOUT_MS } from '../executor/outcomes/deadline';
import { MAX_TIMER_MS } from '../input/timer';
import { freeLater } from './freeing';
import type { LockSettings } from './lock-options';

/** How long a grant lasts, and since when: it cannot end before `askedAt + firstMs` on the monotonic clock. */
export interface GrantTerms {
  readonly settings: LockSettings;
  /** Time on the monotonic clock before the grant was asked for. */
  readonly askedAt: number;
  /** How long it lasts before it is renewed for the first time, in milliseconds. Default: as long as after. */
  readonly firstMs?: number;
}

/** Something granted for a time: renewed while it is needed, and known to be lost as soon as that can be known. */
export abstract class RenewedGrant {
  /** Made when somebody asks for it, because that costs as much as a tenth of the whole lock. */
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

  /** Prolongs the grant; answers 1, or 0 when it is lost. */
  protected abstract renewCall(leaseMs: number): ScriptCall;

  /** Ends the grant. */
  protected abstract releaseCall(): ScriptCall;

  /** The same for later, when nobody waits for the answer. */
  protected lateReleaseCall(): ScriptCall {
    return this.releaseCall();
  }

  /** Whether the answer to that says that it was still held. */
  protected abstract wasHeld(reply: unknown): boolean;

  /** The error of a loss that was noticed, with no write refused for it. `command` is the verb that was called then; default: the one that took the lock. */
  abstract lossError(command?: string): LockLostError;

  /** Aborts as soon as the lock is known to be lost. */
  get signal(): AbortSignal {
    this.lost ??= new AbortController();
    if (this.isLost || this.isDue) this.lost.abort(this.lossError());
    return this.lost.signal;
  }

  /** The lock is lost, or was released. A process that was paused may see so before its timer does. */
  get isOver(): boolean {
    return this.over || this.isDue;
  }

  /**
   * Whether it guards what is written over a connection. With its own it is lost; what is written over another one then may go to the same server, so it is
   * refused there, too.
   */
  guards(executor: object): boolean {
    return executor === this.executor || this.executor.isClosed;
  }

  /** Its holder freed it: by a release, or with the last commit. */
  get isFreed(): boolean {
    return this.freed;
  }

  /** Stops renewing. Resolves to whether the lock was still held. */
  async release(): Promise<boolean> {
    if (this.endWhenDue()) return false;
    this.noteFreed();
    try {
      // When the lease has ended there is nothing to free, and a server that is away does not hold up who has done his work.
      const timeoutMs = Math.min(this.leftMs(), OFFLINE_TIMEOUT_MS);
      return await this.executor.evaluate(this.releaseCall(), (reply) => this.wasHeld(reply), { timeoutMs });
    } catch (error) {
      void freeLater(this.executor, this.lateReleaseCall(), this.leftMs());
      throw error;
    }
  }

  /** Loses it before its time. */
  forfeit(): void {
    if (!this.over) this.lose();
  }

  protected noteFreed(): void {
    this.freed = true;
    this.stop();
  }

  /** Its lease has ended, and nobody was told yet. */
  private get isDue(): boolean {
    return !this.over && performance.now() >= this.endsAt;
  }

  /** Loses the lock when its lease has ended. Answers whether it is over. */
  private endWhenDue(): boolean {
    if (this.isDue) this.lose();
    return this.over;
  }

  /** Nothing is renewed any more. */
  protected stop(): void {
    this.over = true;
    clearTimeout(this.timer);
  }

  private lose(): void {
    this.stop();
    this.tellLost();
    this.noteLost();
  }

  /** Aborts the signal, at once or when somebody asks for it. */
  protected tellLost(): void {
    this.isLost = true;
    this.lost?.abort(this.lossError());
  }

  /** Called once, when it is known that the grant is lost. */
  protected noteLost(): void {
    // Most have nothing to add.
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
