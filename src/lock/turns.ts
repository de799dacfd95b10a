import { RedisConnectionError } from '../errors/connection';
import type { Executor } from '../executor/executor';
import { onAbort } from '../async/on-abort';
import { MAX_TIMER_MS } from '../input/timer';
import { oncePer } from '../memo/once-per';
import { Claims, freeBeforeClosing, type Claim } from './claims';
import { freeSoon } from './freeing';
import { freeingCall } from './lock-keys';
import type { LockSettings } from './lock-options';
import type { Unanswered } from './refusal';

/** The tasks of one process hand a lock to one another for this long before they free it, so that other processes get their share. */
const STREAK_MS = 5;

/** What the server is told about a task that wants a lock. */
interface Candidate {
  readonly documentKey: string;
  readonly token: string;
  readonly ttlMs: number;
  /** Called as soon as the lock was granted, before any later answer is handled. */
  readonly onGrant?: (() => void) | undefined;
}

/** A lock that was handed over, with the document. */
export interface Handed {
  readonly fence: number;
  readonly document: string;
  /** Earliest time of the grant, on the monotonic clock. */
  readonly askedAt: number;
}

/** Reads the answer of the server to a grant. */
export function handedIn(answer: unknown, askedAt: number): Handed | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [fence, document] = answer as [number, string];
  return { fence: Number(fence), document, askedAt };
}

/** A turn that did not come in time. */
interface Missed {
  readonly turn: undefined;
  /** Why the tasks ahead got no answer, or will get none; undefined if they did get answers. */
  readonly unanswered: Unanswered | undefined;
}

/** A turn at a lock, possibly together with the lock itself. */
export interface Entry {
  readonly turn: Turn;
  readonly handed: Handed | undefined;
  /** Whether the lock may have been handed over even if `handed` is undefined. */
  readonly mayHold: boolean;
}

/** A lock that is held. */
interface Holding {
  /** Gives it up as lost before its time. */
  forfeit(): void;
}

interface Waiter {
  readonly candidate: Candidate;
  readonly enter: (handed: Handed | undefined, mayHold: boolean) => void;
}

/** The tasks of this process that want one lock, first come first served: only the first of them asks the server. */
class LockQueue implements Claim {
  readonly executor: Executor;
  readonly waiters: Waiter[];
  /** When the process took the lock; undefined if it has freed the lock since. */
  streakBegan: number | undefined = undefined;
  /** Whether other processes were told that the lock is free. */
  yields = false;
  /** The lock, if the first task holds it. */
  holding: Holding | undefined = undefined;
  /** Why the latest attempt got no answer; undefined if it got one. */
  unanswered: Unanswered | undefined = undefined;
  /** The waiter to which the lock is being handed over, until the outcome is known. */
  successor: Waiter | undefined = undefined;
  handed: Handed | undefined = undefined;

  constructor(
    readonly queues: Claims<LockQueue>,
    readonly lockKey: string,
    candidate: Candidate,
  ) {
    this.executor = queues.executor;
    this.waiters = [{ candidate, enter: () => undefined }];
  }

  /** Why it is unknown here whether the lock is free; undefined if a task here holds it, or the server has answered. */
  whyUnanswered(): Unanswered | undefined {
    const { unanswered, holding, executor } = this;
    const isOffline = holding === undefined && executor.offlineTimeoutMs !== undefined;
    return unanswered ?? (isOffline ? new RedisConnectionError('there is no connection') : undefined);
  }

  next(): void {
    const { successor, handed } = this;
    this.successor = this.handed = undefined;
    this.holding = undefined;
    this.waiters.shift();
    const [first] = this.waiters;
    if (first === undefined) this.queues.byName.delete(this.lockKey);
    const isSuccessor = successor !== undefined && first === successor;
    first?.enter(isSuccessor ? handed : undefined, isSuccessor);
    if (successor !== undefined && !isSuccessor) this.withdraw(successor);
  }

  /** The holder loses the lock; waiters find the connection closed when their turn comes. */
  giveBack(): Promise<unknown> {
    const { executor, lockKey, successor } = this;
    const mayHold = [this.waiters[0], successor].filter((waiter) => waiter !== undefined);
    const freed = mayHold.map(({ candidate }) => freeBeforeClosing(executor, freeingCall(lockKey, candidate.token)));
    this.holding?.forfeit();
    return Promise.all(freed);
  }

  /** Frees the lock of a successor that has left. */
  withdraw({ candidate: { token, ttlMs } }: Waiter): void {
    void freeSoon(this.executor, freeingCall(this.lockKey, token), { ttlMs });
  }
}

/** The right of one task to ask for a lock before the other tasks of its process. */
export class Turn {
  private freedAt = 0;
  private isEnded = false;

  constructor(private readonly queue: LockQueue) {}

  /** Whether other processes should have the chance to ask first. */
  get yields(): boolean {
    return this.queue.yields;
  }

  /** Notes that the server was asked for the lock. `unanswered` is why it did not answer; undefined if it did. */
  noteAnswer(unanswered: Unanswered | undefined): void {
    this.queue.unanswered = unanswered;
  }

  /** Why the lock can no longer be asked for; undefined while it can. */
  get closed(): RedisConnectionError | undefined {
    return this.queue.queues.closed;
  }

  /** Notes that the lock was taken. */
  granted(holding: Holding): void {
    this.queue.unanswered = undefined;
    this.queue.holding = holding;
    this.queue.streakBegan ??= performance.now();
    this.queue.yields = false;
  }

  /** The task that gets the lock if it is freed now; undefined if all may ask for it. */
  successor(): Candidate | undefined {
    if (this.isEnded) return undefined;
    const { queue } = this;
    this.freedAt = performance.now();
    const isStreak = queue.streakBegan !== undefined && this.freedAt - queue.streakBegan < STREAK_MS;
    // A waiter that may already have the lock, because the outcome of an earlier attempt is unknown, remains the successor.
    const [mine, next] = queue.waiters;
    // The keys of two documents can result in the same lock key.
    if (isStreak && next?.candidate.documentKey === mine?.candidate.documentKey) queue.successor ??= next;
    return queue.successor?.candidate;
  }

  /** Takes the answer to the release: the grant of the successor, or 1 if other processes wait. */
  freed(answer: unknown): void {
    // A lock can be lost while it is being freed; the queue has moved on by then.
    if (this.isEnded) return;
    const { queue } = this;
    queue.handed = handedIn(answer, this.freedAt);
    if (queue.handed !== undefined) {
      queue.successor?.candidate.onGrant?.();
      return;
    }
    queue.successor = queue.streakBegan = undefined;
    queue.yields = Number(answer) === 1;
  }

  /** Returns the handler of an answer that arrives after the release was given up: a successor that has left since must not keep the lock. */
  lateAnswer(): (answer: unknown) => void {
    const { queue } = this;
    const { successor } = queue;
    return (answer) => {
      if (successor !== undefined && handedIn(answer, 0) !== undefined && !queue.waiters.includes(successor)) queue.withdraw(successor);
    };
  }

  /** Lets the next task of this process have the lock, or ask for it. Later calls do nothing. */
  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.queue.next();
  }
}

const queuesOf = oncePer((executor: Executor) => new Claims<LockQueue>(executor));

type WaitLimits = Pick<LockSettings, 'waitMs' | 'signal'>;

/** Waits for the turn at a lock, if there is a queue. */
export function takeTurn(
  { executor, lockKey, candidate }: { executor: Executor; lockKey: string; candidate: Candidate },
  limits: WaitLimits,
): Turn | Promise<Entry | Missed> {
  const queues = queuesOf(executor);
  const queue = queues.byName.get(lockKey);
  if (queue !== undefined) return joinQueue(queue, candidate, limits);
  const first = new LockQueue(queues, lockKey, candidate);
  queues.byName.set(lockKey, first);
  return new Turn(first);
}

function joinQueue(queue: LockQueue, candidate: Candidate, { waitMs, signal }: WaitLimits): Promise<Entry | Missed> {
  const { waiters } = queue;
  return new Promise((resolve) => {
    const stopWaiting = (): void => {
      clearTimeout(timer);
      stopListening?.();
    };
    const enter: Waiter['enter'] = (handed, mayHold) => {
      stopWaiting();
      resolve({ turn: new Turn(queue), handed, mayHold });
    };
    const leave = (): void => {
      stopWaiting();
      waiters.splice(waiters.indexOf(waiter), 1);
      resolve({ turn: undefined, unanswered: queue.whyUnanswered() });
    };
    const waiter: Waiter = { candidate, enter };
    // First, so that if listening fails, no waiter has been added to the queue.
    const stopListening = signal === undefined ? undefined : onAbort(signal, leave);
    const timer = setTimeout(leave, Math.min(waitMs, MAX_TIMER_MS));
    waiters.push(waiter);
    if (signal?.aborted === true) leave();
  });
}
