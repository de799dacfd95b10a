import { isThenable } from '../async/thenable';
import type { Purpose } from '../executor/purpose';
import { containerOf } from '../field/container';
import type { ModelState } from '../field/model-state';
import { refuseUnknown, type NamesOf } from '../input/options';
import type { Lease } from '../lock/lease';
import { LOCK_OPTIONS, type LockOptions } from '../lock/lock-options';
import type { DocumentRoot } from '../scope/document-root';
import { runInFlow } from '../scope/flow';
import { flushPending } from '../scope/flush';
import type { ReleasedLock } from '../scope/held-lock';
import type { ModelClass } from '../schema/model-schema';
import { hydrate } from './hydrate';
import {
  acquire,
  freeQuietly,
  leaseOfFlow,
  leaseOfHandles,
  lockCallOf,
  lockCallOn,
  readAnew,
  release,
  startOutsidePipeline,
  type LockCall,
} from './lock-call';
import type { HeldLockInfo } from './lock-handle';
import { readAt } from './read';

/** Options of `withLock`. */
export interface WithLockOptions extends LockOptions {
  /** Commits the local changes before the lock is released, unless the callback threw. Default false. */
  readonly saveAtEnd?: boolean | undefined;
}

const WITH_LOCK: Purpose = { verb: 'withLock' };
const WITH_LOCK_FROM_KEY: Purpose = { verb: 'withLockFromKey' };

const WITH_LOCK_OPTIONS = { saveAtEnd: 'boolean', ...LOCK_OPTIONS } satisfies NamesOf<WithLockOptions>;

/** Runs work under a lock, on the instance itself, which is read anew when the lock is taken. */
export function withLockOn<R>(
  state: ModelState,
  action: string,
  { options, work }: { options: WithLockOptions; work: (lock: HeldLockInfo) => Promise<R> | R },
): Promise<R> {
  const { root } = state;
  refuseUnknown(options, WITH_LOCK_OPTIONS, 'withLock()');
  const call = lockCallOn(root, { action, purpose: WITH_LOCK }, options);
  return underLock(call, (lease, json) => {
    const saving = { root, options, isOuter: json === undefined, verb: WITH_LOCK.verb };
    const run = (): Promise<R> | R => section(work(lease), () => saveUnder(lease, saving));
    return readAnew(call, lease, json)?.then(run) ?? run();
  });
}

/** Runs work under the lock of a key, on an instance that is read when the lock is taken. */
export function withLockFromKey<T extends object, R>(
  model: ModelClass<T>,
  place: { readonly key: string; readonly action: string },
  { options, work }: { options: WithLockOptions; work: (document: T, lock: HeldLockInfo) => Promise<R> | R },
): Promise<R> {
  refuseUnknown(options, WITH_LOCK_OPTIONS, 'withLockFromKey()');
  const call = lockCallOf(model, { key: place.key, action: place.action, purpose: WITH_LOCK_FROM_KEY }, options);
  return underLock(call, (lease, json) => {
    const run = (document: T): Promise<R> | R => {
      const { root } = containerOf(document);
      lease.reader = root;
      const saving = { root, options, isOuter: json === undefined, verb: WITH_LOCK_FROM_KEY.verb };
      return section(work(document, lease), () => saveUnder(lease, saving));
    };
    return json === undefined ? readAt<T>(call, call.purpose).then(run) : run(hydrate(call, json, call.purpose) as T);
  });
}

/** What work gave, when what follows it is done. Nothing is waited for that is there at once. */
function section<R>(made: Promise<R> | R, finish: () => Promise<void> | undefined): Promise<R> | R {
  // A promise of our own goes on in this flow, whoever settles it.
  if (isThenable(made)) return Promise.resolve(made).then((result) => section(result, finish));
  return finish()?.then(() => made) ?? made;
}

/** `json` is the document as it was when the lock was taken; undefined when this flow held the lock already. */
type WorkUnderLock<R> = (lease: Lease, json: string | undefined) => Promise<R> | R;

/** Runs work under a lock. */
function underLock<R>(call: LockCall, work: WorkUnderLock<R>): Promise<R> {
  return startOutsidePipeline(call, () => holdFor(call, work));
}

async function holdFor<R>(call: LockCall, work: WorkUnderLock<R>): Promise<R> {
  const outer = leaseOfFlow(call);
  if (outer !== undefined) return work(outer, undefined);
  const handled = leaseOfHandles(call);
  if (handled !== undefined) return runInFlow({ locks: [handled] }, () => work(handled, undefined));
  const { lease, document } = await acquire(call);
  let result: R;
  try {
    result = await runInFlow({ locks: [lease] }, () => work(lease, document));
  } catch (error) {
    await freeQuietly(lease);
    throw error;
  }
  if (lease.isFreed) lease.turn.end();
  else await release(lease, call.root ?? (lease.reader as DocumentRoot | undefined));
  return result;
}

/** Commits local changes under a lock, where that is asked for. When this call took the lock, the same step frees it. */
function saveUnder(
  lease: ReleasedLock,
  { root, options, isOuter, verb }: { root: DocumentRoot; options: WithLockOptions; isOuter: boolean; verb: string },
): Promise<void> | undefined {
  if (options.saveAtEnd !== true) return undefined;
  root.local.settleUnseen('collect');
  if (root.pending.length === 0) return undefined;
  return flushPending(root, { verb, release: isOuter ? undefined : lease });
}
