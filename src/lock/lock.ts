import { v4 as randomToken } from 'uuid';
import { OutcomeUnknownError } from '../errors/commit';
import { KeyNotFoundError } from '../errors/document';
import type { Executor } from '../executor/executor';
import { lockAcquire, lockRelease } from '../lua/catalog.generated';
import { colocatedKey } from '../path/redis-key';
import { contend, type Attempt } from './contend';
import { Lease } from './lease';
import type { LockSettings } from './lock-options';
import { isUnanswered, notAsked, notGranted, type AskedLock } from './refusal';
import { takeTurn } from './turns';

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
  readonly endTurn: () => void;
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
  const lockKey = lockKeyOf(target.documentKey, target.action);
  const deadline = performance.now() + settings.waitMs;
  const endTurn = await takeTurn(executor, lockKey, settings);
  if (endTurn === undefined) throw notGranted(askedLock(target, settings));
  let shortestMs = SHORTEST_ATTEMPT_MS;
  try {
    const contest = {
      channel: lockKey,
      jitterMs: JITTER_MS,
      attempt: () => {
        const attempt = tryOnce(executor, { ...target, lockKey }, { settings, deadline, shortestMs });
        shortestMs = 1;
        return attempt;
      },
      refusal: () => notGranted(askedLock(target, settings)),
    };
    const granted = await contend(executor, contest, { signal: settings.signal, deadline });
    return { ...granted, endTurn };
  } catch (error) {
    endTurn();
    throw error;
  }
}

function askedLock({ documentKey, action, model }: LockTarget, settings: LockSettings): AskedLock {
  return { name: action, settings, facts: { key: documentKey, model } };
}

type Contender = LockTarget & { readonly lockKey: string };
type Limits = { readonly settings: LockSettings; readonly deadline: number; readonly shortestMs: number };
type Granted = Omit<Acquired, 'endTurn'>;

async function tryOnce(executor: Executor, contender: Contender, { settings, deadline, shortestMs }: Limits): Promise<Attempt<Granted>> {
  const { documentKey, lockKey, action, load, model } = contender;
  const token = randomToken();
  const askedAt = performance.now();
  const leaseMs = Math.floor(Math.min(settings.ttlMs, settings.maxHoldMs));
  const call = {
    script: lockAcquire,
    keys: [lockKey, colocatedKey(documentKey, '/fence'), documentKey],
    args: [token, String(leaseMs), load ? '1' : '0'],
  };
  const timeoutMs = Math.max(deadline - askedAt, shortestMs);
  const reply = await executor
    .evaluate(call, (answer) => answer as [number, (string | number)?, string?], { signal: settings.signal, timeoutMs })
    .catch((error: unknown) => {
      if (!isUnanswered(error)) throw error;
      if (error instanceof OutcomeUnknownError)
        executor.evaluate({ script: lockRelease, keys: [lockKey], args: [token] }, () => undefined).catch(() => undefined);
      throw notAsked(askedLock(contender, settings), error, deadline);
    });
  if (reply[0] === 2) throw new KeyNotFoundError({ key: documentKey, model });
  if (reply[0] === 0) return { askAgainInMs: Number(reply[1]) < 0 ? Infinity : Number(reply[1]) + 1 };
  const grant = { documentKey, lockKey, action, token, fence: Number(reply[1]) };
  const lease = new Lease(executor, { ...grant, settings: { ...settings, ttlMs: leaseMs }, askedAt });
  return { granted: { lease, document: reply[2] ?? '' } };
}
