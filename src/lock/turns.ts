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

/** Those of one process hand a lock to one another for so long before they let it go, so that other processes have their share. */
const STREAK_MS = 5;

/** What the server is told of one who wants a lock. */
interface Candidate {
  readonly documentKey: string;
  readonly token: string;
  readonly ttlMs: number;
  /** Told at once when the lock was granted, before anything that is answered later. */
  readonly onGrant?: (() => void) | undefined;
}

/** A lock that was handed over, with the document. */
export interface Handed {
  readonly fence: number;
  readonly document: string;
  /** On the monotonic clock: it was not granted before. */
  readonly askedAt: number;
}

/** Reads what the server answers to a grant. */
export function handedIn(answer: unknown, askedAt: number): Handed | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [fence, document] = answer as [number, string];
  return { fence: Number(fence), document, askedAt };
}

/** A turn that did not come in time. */
interface Missed {
  readonly turn: undefined;
  /** Why those whose turn it was got no answer when they asked, or get none, if so. */
  readonly unanswered: Unanswered | undefined;
}

/** A turn at a lock, which may be there with it. */
export interface Entry {
  readonly turn: Turn;
  readonly handed: Handed | undefined;
  /** The lock may have been handed over all the same. */
  readonly mayHold: boolean;
}

/** A lock that is held. */
interface Holding {
  /** Loses it before its time. */
  forfeit(): void;
}

interface Waiter {
  readonly candidate: Candidate;
  readonly enter: (handed: Handed | undefined, mayHold: boolean) => void;
}

/** Those who want one lock in this process, first come first served: only the first of them asks the server. */
class LockQueue implements Claim {
  readonly executor: Executor;
  readonly waiters: Waiter[];
  /** When the process took the lock; undefined when it was let go since. */
  streakBegan: number | undefined = undefined;
  /** Others were told that the lock is free. */
  yields = false;
  /** What the first of them has, when it has the lock. */
  holding: Holding | undefined = undefined;
  /** Why the latest attempt to take it got no answer; undefined when it got one. */
  unanswered: Unanswered | undefined = undefined;
  /** Whom the lock is being handed to, until it is known what became of that. */
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

  /** Why nobody here knows whether the lock is free; undefined when it is held here, or by what the server said. */
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

  /** Whoever has it loses it; those who wait find the connection closed when it is their turn. */
  giveBack(): Promise<unknown> {
    const { executor, lockKey, successor } = this;
    const mayHold = [this.waiters[0], successor].filter((waiter) => waiter !== undefined);
    const freed = mayHold.map(({ candidate }) => freeBeforeClosing(executor, freeingCall(lockKey, candidate.token)));
    this.holding?.forfeit();
    return Promise.all(freed);
  }

  /** The successor has left. */
  withdraw({ candidate: { token, ttlMs } }: Waiter): void {
    void freeSoon(this.executor, freeingCall(this.lockKey, token), { ttlMs });
  }
}

/** The right of one task to ask for a lock before the others of its process. */
export class Turn {
  private freedAt = 0;
  private isEnded = false;

  constructor(private readonly queue: LockQueue) {}

  /** Others should have the chance to ask first. */
  get yields(): boolean {
    return this.queue.yields;
  }

  /** The server was asked for the lock. `unanswered` is why it did not answer, if so. */
  noteAnswer(unanswered: Unanswered | undefined): void {
    this.queue.unanswered = unanswered;
  }

  /** Why there is nothing to ask for any more; undefined while there is. */
  get closed(): RedisConnectionError | undefined {
    return this.queue.queues.closed;
  }

  /** The lock was taken. */
  granted(holding: Holding): void {
    this.queue.unanswered = undefined;
    this.queue.holding = holding;
    this.queue.streakBegan ??= performance.now();
    this.queue.yields = false;
  }

  /** Who gets the lock when it is freed now; undefined when all may ask for it. */
  successor(): Candidate | undefined {
    if (this.isEnded) return undefined;
    const { queue } = this;
    this.freedAt = performance.now();
    const isStreak = queue.streakBegan !== undefined && this.freedAt - queue.streakBegan < STREAK_MS;
    // One who may have it already, because nobody knows what became of an earlier attempt, stays the successor.
    const [mine, next] = queue.waiters;
    // Keys of two documents can make one lock key.
    if (isStreak && next?.candidate.documentKey === mine?.candidate.documentKey) queue.successor ??= next;
    return queue.successor?.candidate;
  }

  /** What was answered when it was freed: what the successor gets, or 1 when others wait. */
  freed(answer: unknown): void {
    // A lock can be lost while it is being freed; the queue has gone on then.
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

  /** Hears what was answered when nobody waited for it any more: a successor that has left since must not keep the lock. */
  lateAnswer(): (answer: unknown) => void {
    const { queue } = this;
    const { successor } = queue;
    return (answer) => {
      if (successor !== undefined && handedIn(answer, 0) !== undefined && !queue.waiters.includes(successor)) queue.withdraw(successor);
    };
  }

  /** Lets the next one of this process have the lock, or ask for it. Once is enough. */
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
    // First of all: when it cannot be listened to, nobody stands in the queue.
    const stopListening = signal === undefined ? undefined : onAbort(signal, leave);
    const timer = setTimeout(leave, Math.min(waitMs, MAX_TIMER_MS));
    waiters.push(waiter);
    if (signal?.aborted === true) leave();
  });
}
