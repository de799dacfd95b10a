import { AsyncLocalStorage } from 'node:async_hooks';
import timersPromises from 'node:timers/promises';

/** Which of the simulated processes runs now. */
export const processNow = new AsyncLocalStorage<string>();

interface Timer {
  readonly atMs: number;
  readonly owner: string;
  readonly fire: () => void;
}

const BEGIN_MS = 1_000;

/** The time of this process: it goes on only when it is told to, and may stand still for some of the simulated processes. */
export class VirtualClock {
  nowMs = BEGIN_MS;
  private readonly timers = new Set<Timer>();
  private readonly pausedUntilMs = new Map<string, number>();

  /** Replaces the real clock until the returned function is called. */
  install(): () => void {
    const setTimer = (fire: () => void, ms = 0): Timer => {
      const timer = { atMs: this.nowMs + Math.max(ms, 1), owner: processNow.getStore() ?? '', fire, unref: () => timer };
      this.timers.add(timer);
      return timer;
    };
    const { setTimeout: realSleep } = timersPromises;
    // All test files of a Jest process share this Node module: work that an earlier file left behind goes on in real time.
    const sleep = (ms: number, ...rest: []): Promise<unknown> =>
      processNow.getStore() === undefined ? realSleep(ms, ...rest) : new Promise<void>((resolve) => setTimer(resolve, ms));
    const putBack = [
      put(globalThis, 'setTimeout', setTimer),
      put(globalThis, 'clearTimeout', (timer: Timer) => this.timers.delete(timer)),
      put(globalThis, 'performance', { now: () => this.nowMs }),
      put(Date, 'now', () => 1_700_000_000_000 + Math.floor(this.nowMs)),
      put(Math, 'random', () => 0.5),
      put(timersPromises, 'setTimeout', sleep),
    ];
    return () => putBack.forEach((undo) => undo());
  }

  reset(): void {
    this.nowMs = BEGIN_MS;
    this.timers.clear();
    this.pausedUntilMs.clear();
  }

  pause(owner: string, ms: number): void {
    this.pausedUntilMs.set(owner, this.nowMs + ms);
  }

  isPaused(owner: string): boolean {
    return this.runsFrom(owner) > this.nowMs;
  }

  /** How long until something happens by itself; undefined when nothing will. */
  get idleMs(): number | undefined {
    const times = [...this.timers].map((timer) => this.dueAt(timer));
    for (const owner of this.pausedUntilMs.keys()) if (this.isPaused(owner)) times.push(this.runsFrom(owner));
    return times.length === 0 ? undefined : Math.min(...times) - this.nowMs;
  }

  /** Goes on to that moment, and fires one timer that is due. */
  goOn(): void {
    this.nowMs += this.idleMs ?? 0;
    const [due] = [...this.timers].filter((timer) => this.dueAt(timer) <= this.nowMs).sort((one, other) => one.atMs - other.atMs);
    if (due === undefined) return;
    this.timers.delete(due);
    processNow.run(due.owner, due.fire);
  }

  private runsFrom(owner: string): number {
    return this.pausedUntilMs.get(owner) ?? 0;
  }

  private dueAt({ atMs, owner }: Timer): number {
    return Math.max(atMs, this.runsFrom(owner), this.nowMs);
  }
}

/** Gives a test file a virtual clock. */
export function useVirtualClock(): VirtualClock {
  const clock = new VirtualClock();
  let putBack: () => void;
  beforeAll(() => {
    putBack = clock.install();
  });
  afterAll(() => putBack());
  return clock;
}

function put(target: object, name: string, value: unknown): () => void {
  const real = Object.getOwnPropertyDescriptor(target, name) as PropertyDescriptor;
  Object.defineProperty(target, name, { configurable: true, writable: true, value });
  return () => Object.defineProperty(target, name, real);
}
