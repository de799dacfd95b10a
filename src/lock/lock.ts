import { describe } from '../codec/codec';
import { isText } from '../codec/scalars';
import { OutcomeUnknownError } from '../errors/commit';
import { KeyNotFoundError } from '../errors/document';
import type { Executor } from '../executor/executor';
import { lockAcquire, lockRelease } from '../lua/catalog.generated';
import { randomId } from '../path/random-id';
import { colocatedKey } from '../path/redis-key';
import { contend, type Attempt } from './contend';
import { Lease } from './lease';
import type { LockSettings } from './lock-options';
import { isUnanswered, notAsked, notGranted, type AskedLock } from './refusal';
import { takeTurn, type EndTurn } from './turns';

export interface LockTarget {
  readonly documentKey: string;
  readonly action: string;
  /** Answer the document together with the grant. */
  readonly load: boolean;
  readonly model: string;
}

export interface Acquired {
  readonly lease: Lease;
  /** JSON text of the document, when it was asked for. */
  readonly document: string;
  /** Lets the next one of this process ask for the lock; to be called when the lock is no longer held. */
  readonly endTurn: EndTurn;
}

/** Waiters that are woken together ask again within this time, at random. */
const JITTER_MS = 5;

/** The first attempt gets this long to be answered even when the waiting time is shorter: with 0, one attempt is made. */
const SHORTEST_ATTEMPT_MS = 1000;

/** Key of a lock, in the slot of the document that it guards. */
export function lockKeyOf(documentKey: string, action: string): string {
  return colocatedKey(documentKey, `/${action}:lock`);
}

/**
 * Takes a lock, waiting for it as long as the settings say.
 *
 * @throws {@link LockTimeoutError} it was not free in time.
 * @throws {@link KeyNotFoundError} there is no document to guard.
 */
export async function acquireLock(executor: Executor, target: LockTarget, settings: LockSettings): Promise<Acquired> {
  const { documentKey, action, model } = target;
  if (!isText(action) || action === '') {
    throw new TypeError(`the lock of a document has a name, such as withLock('checkout', …), found ${describe(action)}`);
  }
  const asked: AskedLock = { name: action, settings, facts: { key: documentKey, model } };
  const deadline = performance.now() + settings.waitMs;
  const contender: Contender = { target, settings, deadline, lockKey: lockKeyOf(documentKey, action), token: randomId() };
  const turn = takeTurn(executor, contender.lockKey, settings);
  const endTurn = typeof turn === 'function' ? turn : await turn;
  if (endTurn === undefined) throw notGranted(asked);
  let shortestMs = SHORTEST_ATTEMPT_MS;
  const contest = {
    channel: contender.lockKey,
    jitterMs: JITTER_MS,
    attempt: () => {
      const attempt = tryOnce(executor, contender, { shortestMs, endTurn });
      shortestMs = 1;
      return attempt;
    },
    refusal: () => notGranted(asked),
  };
  try {
    return await contend(executor, contest, { deadline, signal: settings.signal });
  } catch (error) {
    endTurn();
    if (!isUnanswered(error)) throw error;
    // It may have taken the lock all the same, which no one would free.
    if (error instanceof OutcomeUnknownError)
      executor
        .evaluate({ script: lockRelease, keys: [contender.lockKey], args: [contender.token] }, () => undefined)
        .catch(() => undefined);
    throw notAsked(asked, error, deadline);
  }
}

/** One who wants a lock. */
interface Contender {
  readonly target: LockTarget;
  readonly lockKey: string;
  readonly token: string;
  readonly settings: LockSettings;
  /** On the monotonic clock, in milliseconds. */
  readonly deadline: number;
}

function tryOnce(
  executor: Executor,
  contender: Contender,
  { shortestMs, endTurn }: { shortestMs: number; endTurn: EndTurn },
): Promise<Attempt<Acquired>> {
  const { lockKey, token, settings, deadline } = contender;
  const { documentKey, action, load, model } = contender.target;
  const askedAt = performance.now();
  const call = {
    script: lockAcquire,
    keys: [lockKey, colocatedKey(documentKey, '/fence'), documentKey],
    args: [token, String(settings.ttlMs), load ? '1' : '0'],
  };
  const read = (answer: unknown): Attempt<Acquired> => {
    const [outcome, detail, document] = answer as [number, (string | number)?, string?];
    if (outcome === 2) throw new KeyNotFoundError({ key: documentKey, model });
    if (outcome === 0) return { askAgainInMs: Number(detail) < 0 ? Infinity : Number(detail) + 1 };
    const grant = { documentKey, lockKey, action, token, fence: Number(detail) };
    const lease = new Lease(executor, grant, { settings, askedAt });
    return { granted: { lease, document: document ?? '', endTurn } };
  };
  return executor.evaluate(call, read, { signal: settings.signal, timeoutMs: Math.max(deadline - askedAt, shortestMs) });
}
