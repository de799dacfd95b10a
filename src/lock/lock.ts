import { describe } from '../input/describe';
import { isName } from '../codec/scalars';
import { OutcomeUnknownError } from '../errors/commit';
import { KeyNotFoundError } from '../errors/document';
import type { Executor } from '../executor/executor';
import type { ScriptCall } from '../executor/request';
import { lockAcquire } from '../lua/catalog.generated';
import { promised } from '../async/promised';
import type { Purpose } from '../executor/purpose';
import { randomId } from '../path/random-id';
import { AttemptTime } from './attempt-time';
import { contend, contendLater, type Attempt, type Contest } from './contend';
import { freeSoon } from './freeing';
import { Lease } from './lease';
import { fenceKeyOf, freeingCall, lockKeyOf, waitingKeyOf } from './lock-keys';
import type { LockSettings } from './lock-options';
import { isUnanswered, notAsked, notGranted, requireInTime, type AskedLock, type Unanswered } from './refusal';
import { handedIn, takeTurn, type Handed, type Turn } from './turns';

interface LockTarget {
  readonly documentKey: string;
  readonly action: string;
  readonly model: string;
  /** The verb that asks for it. */
  readonly purpose: Purpose;
  /** How long the instance has already waited for its turn to ask, in milliseconds. Default 0. */
  readonly waitedMs?: number | undefined;
  /** Called as soon as the lock was granted, before any later answer is handled. */
  readonly onGrant?: (() => void) | undefined;
}

export interface Acquired {
  readonly lease: Lease;
  /** JSON text of the document. */
  readonly document: string;
}

/** Waiters that are woken together ask again after a random time of up to this. */
const JITTER_MS = 5;

/** Messages can be missed, so waiters ask at least this often. */
const MAX_SLEEP_MS = 1_000;

/** A waiter counts as waiting for this long after an attempt, in milliseconds. */
const WAITING_MS = String(3 * MAX_SLEEP_MS);

/**
 * Takes a lock, and waits for it as long as the settings say.
 *
 * @throws {@link LockTimeoutError} it was not free in time.
 * @throws {@link KeyNotFoundError} there is no document to guard.
 */
export function acquireLock(executor: Executor, target: LockTarget, settings: LockSettings): Promise<Acquired> {
  return promised(() => {
    const { documentKey, action, model, purpose, waitedMs = 0 } = target;
    const waitMs = Math.max(settings.waitMs - waitedMs, 0);
    if (!isName(action)) {
      throw new TypeError(`the lock of a document has a name, such as withLock('checkout', …), found ${describe(action)}`);
    }
    const deadline = performance.now() + waitMs;
    const contender: Contender = {
      executor,
      target,
      settings,
      asked: { name: action, settings, facts: { key: documentKey, model, command: purpose.verb }, deadline, isHeld: false },
      lockKey: lockKeyOf(documentKey, action),
      token: randomId(),
    };
    const candidate = { documentKey, token: contender.token, ttlMs: settings.ttlMs, onGrant: target.onGrant };
    const turn = takeTurn({ executor, lockKey: contender.lockKey, candidate }, { waitMs, signal: settings.signal });
    if (!(turn instanceof Promise)) return ask(contender, turn);
    return turn.then((entry) => {
      if (entry.turn === undefined) throw refusalOf(contender, entry.unanswered);
      const { handed, mayHold } = entry;
      // A process that was paused may get here too late.
      const isOver = handed === undefined || performance.now() >= handed.askedAt + settings.ttlMs || entry.turn.closed !== undefined;
      return isOver ? ask(contender, entry.turn, { mayHold }) : acquiredBy(contender, entry.turn, handed);
    });
  });
}

/** A task that wants a lock. */
interface Contender {
  readonly executor: Executor;
  readonly target: LockTarget;
  readonly settings: LockSettings;
  readonly asked: AskedLock;
  readonly lockKey: string;
  readonly token: string;
}

/**
 * Asks the server until the lock is granted; ends the turn if it will not be.
 *
 * @param waited - Present if the task has waited for its turn: whether the lock may already have been handed over to it.
 */
function ask(contender: Contender, turn: Turn, waited?: { readonly mayHold: boolean }): Promise<Acquired> {
  const { executor, asked, lockKey, settings } = contender;
  const time = new AttemptTime(executor, asked.deadline);
  let mayHold = waited?.mayHold === true;
  const noteFailure = (error: unknown): void => {
    mayHold ||= error instanceof OutcomeUnknownError;
    if (settings.signal?.aborted !== true) turn.noteAnswer(isUnanswered(error) ? error : undefined);
  };
  const contest: Contest<Acquired> = {
    channel: lockKey,
    jitterMs: JITTER_MS,
    attempt: () => tryOnce(contender, { time, turn }),
    noteFailure,
    refusal: () => notGranted(asked),
  };
  const patience = { deadline: asked.deadline, signal: settings.signal, hasWaited: waited !== undefined };
  const giveUp = (error: unknown): never => {
    noteFailure(error);
    turn.end();
    // Only this can free a lock that may have been granted without an answer.
    if (mayHold) free(contender);
    throw isUnanswered(error) ? refusalOf(contender, error) : error;
  };
  try {
    return (turn.yields ? contendLater(executor, contest, patience) : contend(executor, contest, patience)).catch(giveUp);
  } catch (error) {
    // A request that cannot even be made ends the turn, like one that fails.
    return giveUp(error);
  }
}

function refusalOf({ asked }: Contender, unanswered: Unanswered | undefined): Error {
  return unanswered === undefined ? notGranted(asked) : notAsked(asked, unanswered);
}

function free({ executor, lockKey, token, settings }: Contender): void {
  void freeSoon(executor, freeingCall(lockKey, token), { ttlMs: settings.ttlMs });
}

function tryOnce(contender: Contender, { time, turn }: { time: AttemptTime; turn: Turn }): Promise<Attempt<Acquired>> {
  const { executor, asked, lockKey, token, settings } = contender;
  const { documentKey, model, purpose } = contender.target;
  refuseWhenClosed(turn);
  const askedAt = performance.now();
  // Over several connections, the call that frees the lock may have overtaken this attempt.
  const onLateAnswer = (answer: unknown): void => {
    if (handedIn(answer, askedAt) !== undefined) free(contender);
  };
  const read = (answer: unknown): Attempt<Acquired> => {
    if (answer === null) throw new KeyNotFoundError({ key: documentKey, model, command: purpose.verb });
    const handed = handedIn(answer, askedAt);
    if (handed === undefined) {
      turn.noteAnswer(undefined);
      asked.isHeld = true;
      return { askAgainInMs: untilNextAttempt(Number(answer)) };
    }
    if (turn.closed !== undefined) free(contender);
    refuseWhenClosed(turn);
    requireInTime(askedAt + settings.ttlMs, asked.facts);
    contender.target.onGrant?.();
    return { granted: acquiredBy(contender, turn, handed) };
  };
  // The same members in the same order as the call of a commit, because code that reads both would be slower otherwise.
  const call: ScriptCall = {
    script: lockAcquire,
    // The document first, because errors of the server name the first key.
    keys: [documentKey, lockKey, fenceKeyOf(documentKey), waitingKeyOf(lockKey)],
    args: [token, String(settings.ttlMs), settings.waitMs > 0 ? WAITING_MS : '0'],
    model,
    purpose,
    onFailure: undefined,
    onLateAnswer,
  };
  return executor.evaluate(call, read, { signal: settings.signal, timeoutMs: time.nextMs() });
}

function refuseWhenClosed({ closed }: Turn): void {
  if (closed !== undefined) throw closed;
}

/** @param leftMs - What is left of the current lease; negative when it has no end. */
function untilNextAttempt(leftMs: number): number {
  return leftMs < 0 ? MAX_SLEEP_MS : Math.min(leftMs + 1, MAX_SLEEP_MS);
}

function acquiredBy({ executor, target, settings, lockKey, token }: Contender, turn: Turn, { fence, document, askedAt }: Handed): Acquired {
  const { documentKey, action, model, purpose } = target;
  const grant = { documentKey, model, purpose, lockKey, action, token, fence };
  const lease = new Lease({ executor, grant, turn }, { settings, askedAt });
  turn.granted(lease);
  return { lease, document };
}
