import { describe } from '../codec/codec';
import { isText } from '../codec/scalars';
import { OutcomeUnknownError } from '../errors/commit';
import { KeyNotFoundError } from '../errors/document';
import type { Executor } from '../executor/executor';
import { lockAcquire, lockRelease } from '../lua/catalog.generated';
import { promised } from '../executor/promised';
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
  readonly model: string;
}

export interface Acquired {
  readonly lease: Lease;
  /** JSON text of the document. */
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
export function acquireLock(executor: Executor, target: LockTarget, settings: LockSettings): Promise<Acquired> {
  return promised(() => {
    const { documentKey, action, model } = target;
    if (!isText(action) || action === '') {
      throw new TypeError(`the lock of a document has a name, such as withLock('checkout', …), found ${describe(action)}`);
    }
    const contender: Contender = {
      executor,
      target,
      settings,
      asked: { name: action, settings, facts: { key: documentKey, model } },
      lockKey: lockKeyOf(documentKey, action),
      token: randomId(),
      deadline: performance.now() + settings.waitMs,
    };
    const turn = takeTurn(executor, contender.lockKey, settings);
    if (typeof turn === 'function') return ask(contender, turn);
    return turn.then((endTurn) => {
      if (endTurn === undefined) throw notGranted(contender.asked);
      return ask(contender, endTurn);
    });
  });
}

/** One who wants a lock. */
interface Contender {
  readonly executor: Executor;
  readonly target: LockTarget;
  readonly settings: LockSettings;
  readonly asked: AskedLock;
  readonly lockKey: string;
  readonly token: string;
  /** On the monotonic clock, in milliseconds. */
  readonly deadline: number;
}

/** Asks the server until the lock is granted; `endTurn` is called when it will not be. */
function ask(contender: Contender, endTurn: EndTurn): Promise<Acquired> {
  const { executor, asked, lockKey, deadline, settings } = contender;
  let shortestMs = SHORTEST_ATTEMPT_MS;
  const contest = {
    channel: lockKey,
    jitterMs: JITTER_MS,
    attempt: () => {
      const attempt = tryOnce(contender, { shortestMs, endTurn });
      shortestMs = 1;
      return attempt;
    },
    refusal: () => notGranted(asked),
  };
  return contend(executor, contest, { deadline, signal: settings.signal }).catch((error: unknown) => {
    endTurn();
    throw withdrawn(contender, error);
  });
}

/** Frees what may have been granted by an attempt that got no answer, which no one else would; gives the error that tells of it. */
function withdrawn({ executor, asked, lockKey, token, deadline }: Contender, error: unknown): unknown {
  if (!isUnanswered(error)) return error;
  if (error instanceof OutcomeUnknownError)
    executor.evaluate({ script: lockRelease, keys: [lockKey], args: [token] }, () => undefined).catch(() => undefined);
  return notAsked(asked, error, deadline);
}

function tryOnce(contender: Contender, { shortestMs, endTurn }: { shortestMs: number; endTurn: EndTurn }): Promise<Attempt<Acquired>> {
  const { executor, lockKey, token, settings, deadline } = contender;
  const { documentKey, action, model } = contender.target;
  const askedAt = performance.now();
  const call = {
    script: lockAcquire,
    keys: [lockKey, colocatedKey(documentKey, '/fence'), documentKey],
    args: [token, String(settings.ttlMs)],
  };
  const read = (answer: unknown): Attempt<Acquired> => {
    if (answer === null) throw new KeyNotFoundError({ key: documentKey, model });
    if (!Array.isArray(answer)) return { askAgainInMs: Number(answer) < 0 ? Infinity : Number(answer) + 1 };
    const [fence, document] = answer as [number, string];
    const grant = { documentKey, lockKey, action, token, fence: Number(fence) };
    return { granted: { lease: new Lease(executor, grant, { settings, askedAt }), document, endTurn } };
  };
  return executor.evaluate(call, read, { signal: settings.signal, timeoutMs: Math.max(deadline - askedAt, shortestMs) });
}
