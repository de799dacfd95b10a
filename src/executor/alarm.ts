import { AsyncResource } from 'node:async_hooks';

/** Longest time for which Node can set a timer; a longer one would go off at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A timer may be late on a busy machine; one that is this late was taken away, as tests do that replace timers. */
const LATEST_MS = 1000;

/** Whose flow the timer is part of must not matter to those who share it. */
const nobody = new AsyncResource('redatom:alarms');

/**
 * Something to do at a time, unless it is called off, as most are. All share one timer, which stays when one is called off: a timer of Node for each
 * costs a lock a tenth of its time.
 */
export class Alarm {
  private static first: Alarm | undefined;
  private static timer: NodeJS.Timeout | undefined;
  /** When the timer goes off, on the monotonic clock. */
  private static goesOffAt = Infinity;
  /** How many there are that keep the process alive. */
  private static keepers = 0;

  private readonly dueAt: number;
  private isSet = true;
  private previous: Alarm | undefined = undefined;
  private next: Alarm | undefined;

  /**
   * @param ms - From now, in milliseconds.
   * @param ring - What to do; it must not throw.
   * @param keepsAlive - Whether the process waits for it.
   */
  constructor(
    ms: number,
    private readonly ring: () => void,
    private readonly keepsAlive = true,
  ) {
    const now = performance.now();
    this.dueAt = now + Math.min(ms, LONGEST_TIMER_MS);
    this.next = Alarm.first;
    if (this.next !== undefined) this.next.previous = this;
    Alarm.first = this;
    if (this.dueAt < Alarm.goesOffAt || now > Alarm.goesOffAt + LATEST_MS) Alarm.wind(this.dueAt, now);
    if (keepsAlive && Alarm.keepers++ === 0) Alarm.timer?.ref();
  }

  /** Calls it off. Nothing happens when it has rung. */
  cancel(): void {
    if (!this.isSet) return;
    this.isSet = false;
    if (this.previous === undefined) Alarm.first = this.next;
    else this.previous.next = this.next;
    if (this.next !== undefined) this.next.previous = this.previous;
    if (this.keepsAlive && --Alarm.keepers === 0) Alarm.timer?.unref();
  }

  private static wind(goesOffAt: number, now: number): void {
    clearTimeout(Alarm.timer);
    Alarm.goesOffAt = goesOffAt;
    const ms = Math.max(goesOffAt - now, 1);
    const timer = nobody.runInAsyncScope(() => setTimeout(() => Alarm.goOff(), ms));
    if (Alarm.keepers === 0) timer.unref();
    Alarm.timer = timer;
  }

  private static goOff(): void {
    const now = performance.now();
    const due: Alarm[] = [];
    let nextAt = Infinity;
    for (let alarm = Alarm.first; alarm !== undefined; alarm = alarm.next) {
      if (alarm.dueAt <= now) due.push(alarm);
      else nextAt = Math.min(nextAt, alarm.dueAt);
    }
    Alarm.timer = undefined;
    Alarm.goesOffAt = Infinity;
    if (nextAt !== Infinity) Alarm.wind(nextAt, now);
    for (const alarm of due.reverse().sort((one, other) => one.dueAt - other.dueAt)) {
      if (!alarm.isSet) continue;
      alarm.cancel();
      alarm.ring();
    }
  }
}
