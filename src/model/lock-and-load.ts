import type { Executor } from '../executor/executor';
import { refuseUnknown } from '../input/options';
import { promised } from '../async/promised';
import { isThenable } from '../async/thenable';
import type { Purpose } from '../executor/purpose';
import { CONTAINER } from '../field/container';
import type { ModelBase } from '../field/model-instance';
import type { ModelState } from '../field/model-state';
import type { Lease } from '../lock/lease';
import { MIN_ATTEMPT_MS } from '../lock/attempt-time';
import { acquireLock, type Acquired } from '../lock/lock';
import { LOCK_OPTIONS, lockSettings, type LockOptions, type LockSettings } from '../lock/lock-options';
import { notGranted } from '../lock/refusal';
import { schemaOf } from '../schema/compile';
import type { ModelSchema } from '../schema/model-schema';
import type { Connection, DocumentRoot } from '../scope/document-root';
import { locksOn } from '../scope/dispatch';
import { currentFlow, runInFlow } from '../scope/flow';
import { flushPending } from '../scope/flush';
import type { HeldLock, ReleasedLock } from '../scope/held-lock';
import { inTurn, onceRead } from '../scope/in-turn';
import { requireNotCollected } from '../scope/outside-pipeline';
import { bindingOf } from './bindings';
import { documentKey, hydrate } from './hydrate';
import type { ModelConstructor } from './model-class';
import { loadInto, readAt, takeOver } from './read';

/** Options of `withLock`. */
export interface WithLockOptions extends LockOptions {
  /** Commits the local changes before the lock is released, unless the callback threw. Default false. */
  readonly saveAtEnd?: boolean | undefined;
}

const LOCK: Purpose = { verb: 'lock' };
const WITH_LOCK: Purpose = { verb: 'withLock' };
const LOCK_FROM_KEY: Purpose = { verb: 'lockFromKey' };
const WITH_LOCK_FROM_KEY: Purpose = { verb: 'withLockFromKey' };

const WITH_LOCK_OPTIONS = { saveAtEnd: true, ...LOCK_OPTIONS } satisfies Record<keyof WithLockOptions, true>;

/** A lock that is held. */
export interface HeldLockInfo {
  /** Aborts as soon as the lock is known to be lost. */
  readonly signal: AbortSignal;
  /** Grows with every grant of a lock on the document; outside systems can refuse a smaller one than they have seen. */
  readonly fence: number;
}

/** A lock that is held until it is released, for `await using`. Writes of its document's instance are refused once it is lost. */
export interface LockHandle<T> extends HeldLockInfo, AsyncDisposable {
  /** The document, as it was read when the lock was taken. */
  readonly document: T;
  /**
   * Frees the lock, unless the instance has another handle of it. One that was taken before, by `withLock` around or by another instance, stays held.
   * Calling it again does nothing.
   *
   * @throws {@link LockLostError} the lock had been lost, or freed by who took it.
   */
  release(): Promise<void>;
}

/** Which lock of which document, and how. */
interface LockCall {
  readonly schema: ModelSchema;
  readonly key: string;
  readonly connection: Connection;
  readonly executor: Executor;
  readonly action: string;
  readonly settings: LockSettings;
  /** The verb that was called. */
  readonly purpose: Purpose;
  readonly onGrant?: () => void;
  /** The document of the instance that asks. */
  readonly root?: DocumentRoot;
}

/** Runs work under a lock, on the instance itself, which is read anew when the lock is taken. */
export function withLockOn<R>(
  state: ModelState,
  action: string,
  { options, work }: { options: WithLockOptions; work: (lock: HeldLockInfo) => Promise<R> | R },
): Promise<R> {
  const { root } = state;
  return promised(() => {
    refuseUnknown(options, WITH_LOCK_OPTIONS, 'withLock()');
    const call = lockCallOn(root, { action, purpose: WITH_LOCK }, options);
    return underLock(call, (lease, json) => {
      const saving = { root, options, isOuter: json === undefined, verb: WITH_LOCK.verb };
      const run = (): Promise<R> | R => section(work(lease), () => saveUnder(lease, saving));
      return readAnew(call, lease, json)?.then(run) ?? run();
    });
  });
}

/** Runs work under the lock of a key, on an instance that is read when the lock is taken. */
export function withLockFromKey<T, R>(
  model: ModelConstructor<T>,
  place: { readonly key: string; readonly action: string },
  { options, work }: { options: WithLockOptions; work: (document: T, lock: HeldLockInfo) => Promise<R> | R },
): Promise<R> {
  return promised(() => {
    refuseUnknown(options, WITH_LOCK_OPTIONS, 'withLockFromKey()');
    const call = lockCallOf(schemaOf(model), { key: place.key, action: place.action, purpose: WITH_LOCK_FROM_KEY }, options);
    const run = (document: T, lease: Lease, isOuter: boolean): Promise<R> | R => {
      const { root } = (document as unknown as ModelBase)[CONTAINER];
      lease.reader = root;
      return section(work(document, lease), () => saveUnder(lease, { root, options, isOuter, verb: WITH_LOCK_FROM_KEY.verb }));
    };
    return underLock(call, (lease, json) =>
      json === undefined
        ? readAt<T>(call, call.purpose).then((document) => run(document, lease, true))
        : run(hydrate(call, json) as T, lease, false),
    );
  });
}

/** What work gave, when what follows it is done. Nothing is waited for that is there at once. */
function section<R>(made: Promise<R> | R, finish: () => Promise<void> | undefined): Promise<R> | R {
  // A promise of our own goes on in this flow, whoever settles it.
  if (isThenable(made)) return Promise.resolve(made).then((result) => section(result, finish));
  return finish()?.then(() => made) ?? made;
}

/** Takes a lock for an instance until the handle releases it. */
export async function lockInstance<T>(document: T & ModelBase, action: string, options: LockOptions): Promise<LockHandle<T>> {
  refuseUnknown(options, LOCK_OPTIONS, 'lock()');
  const { root } = document[CONTAINER];
  const call = lockCallOn(root, { action, purpose: LOCK }, options);
  refuseInsidePipeline(call);
  const held = leaseOfFlow(call) ?? leaseOfHandles(call);
  if (held !== undefined) {
    await readAnew(call, held, undefined);
    // It may have been freed while the document was read.
    if (!held.isOver) return handleOf(document, root, held);
  }
  const acquired = await acquire(call);
  try {
    await readAnew(call, acquired.lease, acquired.document);
  } catch (error) {
    await freeQuietly(acquired.lease);
    throw error;
  }
  acquired.lease.keeper = root;
  return handleOf(document, root, acquired.lease);
}

/** Takes the lock of a key; the handle holds the document. */
export async function lockFromKey<T>(
  model: ModelConstructor<T>,
  place: { readonly key: string; readonly action: string },
  options: LockOptions,
): Promise<LockHandle<T>> {
  refuseUnknown(options, LOCK_OPTIONS, 'lockFromKey()');
  const call = lockCallOf(schemaOf(model), { key: place.key, action: place.action, purpose: LOCK_FROM_KEY }, options);
  refuseInsidePipeline(call);
  const held = leaseOfFlow(call);
  if (held !== undefined) {
    const document = await readAt<T>(call, call.purpose);
    const { root } = (document as unknown as ModelBase)[CONTAINER];
    held.reader = root;
    if (!held.isOver) return handleOf(document, root, held);
  }
  const { lease, document: json } = await acquire(call);
  try {
    const document = hydrate(call, json);
    const { root } = document[CONTAINER];
    lease.keeper = lease.reader = root;
    return handleOf(document as T, root, lease);
  } catch (error) {
    await freeQuietly(lease);
    throw error;
  }
}

function lockCallOf(
  schema: ModelSchema,
  { key: keyOrPk, action, purpose }: Pick<LockCall, 'key' | 'action' | 'purpose'>,
  options: LockOptions,
): LockCall {
  const key = documentKey(schema, keyOrPk);
  const connection = bindingOf(schema);
  return { schema, key, connection, executor: connection.executor, action, settings: lockSettings(options), purpose };
}

interface InstanceLockCall extends LockCall {
  readonly root: DocumentRoot;
  /** How many verbs of the instance had been answered when the lock was granted. */
  answered: number;
  /** The doubt in which the instance was when the lock was asked for. */
  readonly doubt: object | undefined;
}

function lockCallOn(root: DocumentRoot, { action, purpose }: Pick<LockCall, 'action' | 'purpose'>, options: LockOptions): InstanceLockCall {
  const { schema, key, connection } = root;
  const { executor } = connection;
  const call: InstanceLockCall = {
    root,
    schema,
    key,
    connection,
    executor,
    action,
    settings: lockSettings(options),
    purpose,
    answered: 0,
    doubt: root.doubt,
    onGrant: () => (call.answered = root.answered),
  };
  return call;
}

/** Makes the local value what is stored now, unless it was the last to be read under this lock, or has changes of the section around it. */
function readAnew(call: InstanceLockCall, lease: Lease, json: string | undefined): Promise<unknown> | undefined {
  const { root } = call;
  if (lease.reader === root) return undefined;
  // Cleared first: when the read is left out or fails, every instance has to read the document again.
  lease.reader = undefined;
  // Under another lock of this flow, changes that were not written yet are part of its section.
  const isInside = json === undefined || locksOn(root).some((lock) => lock !== lease);
  if (isInside) root.local.settleUnseen('collect');
  if (isInside && root.pending.length > 0) return undefined;
  const reading = json === undefined ? loadInto(root.local as ModelState, undefined, call.purpose) : refresh(call, json);
  if (reading !== undefined) return noteReader(lease, root, reading);
  lease.reader = root;
  return undefined;
}

async function noteReader(lease: Lease, root: DocumentRoot, reading: Promise<unknown>): Promise<void> {
  await reading;
  lease.reader = root;
}

/** Makes what was read with the lock the local value; reads it once more when a verb of the instance was answered meanwhile, or will be. */
function refresh({ root, answered, doubt, purpose }: InstanceLockCall, json: string): Promise<unknown> | undefined {
  const state = root.local as ModelState;
  if (root.answered !== answered || !root.isSettled || root.doubt !== doubt) return loadInto(state, undefined, purpose);
  takeOver(state, { json, doubt });
  return undefined;
}

/** Runs work under a lock. `json` is the document as it was when the lock was taken; undefined when this flow held the lock already. */
async function underLock<R>(call: LockCall, work: (lease: Lease, json: string | undefined) => Promise<R> | R): Promise<R> {
  refuseInsidePipeline(call);
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

/** The lock that this flow holds already. */
function leaseOfFlow(call: LockCall): Lease | undefined {
  return leaseAmong(currentFlow()?.locks, call);
}

/** The lock that the instance holds already, by a handle. */
function leaseOfHandles(call: LockCall): Lease | undefined {
  return leaseAmong(call.root?.locks, call);
}

function leaseAmong(locks: readonly HeldLock[] | undefined, call: LockCall): Lease | undefined {
  return locks?.find((lock) => isSame(lock, call) && !lock.isOver) as Lease | undefined;
}

function isSame(lock: HeldLock, { executor, key, action }: LockCall): boolean {
  return lock.documentKey === key && lock.action === action && lock.executor === executor;
}

function acquire(call: LockCall): Promise<Acquired> {
  const { root } = call;
  return root === undefined || (root.line === undefined && root.isRead) ? ask(call) : acquireInTurn(call, root);
}

function ask({ executor, schema, key, action, settings, purpose, onGrant }: LockCall, waitedMs?: number): Promise<Acquired> {
  return acquireLock(executor, { documentKey: key, action, model: schema.name, purpose, waitedMs, onGrant }, settings);
}

/** To wait for the turn is a part of waiting for the lock. */
function acquireInTurn(call: LockCall, root: DocumentRoot): Promise<Acquired> {
  const { key, action, settings, schema, purpose } = call;
  const { signal, waitMs } = settings;
  const began = performance.now();
  let isAsked = false;
  const asked = onceRead(root, { signal, timeoutMs: Math.max(waitMs, MIN_ATTEMPT_MS) }, () => {
    isAsked = true;
    return ask(call, performance.now() - began);
  });
  return asked.catch((error: unknown) => {
    throw isAsked ? error : notGranted({ name: action, settings, facts: { key, model: schema.name, command: purpose.verb } }, error);
  });
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

/** Frees a lock after work that succeeded, behind what still waits to be sent under it. That the lock had been lost meanwhile is an error. */
async function release(lease: Lease, root: DocumentRoot | undefined, verb?: string): Promise<void> {
  try {
    const freed = root === undefined ? lease.release() : inTurn(root, undefined, () => lease.release());
    const wasHeld = await freed.catch(leaveToExpire);
    if (!wasHeld) throw lease.lossError(verb);
  } finally {
    lease.turn.end();
  }
}

/** The work is done, and an unreachable server cannot be told that the lock is free: its lease ends by itself. */
function leaveToExpire(): true {
  return true;
}

/** Frees a lock after work that failed; the error of the work is what matters. */
async function freeQuietly(lease: Lease): Promise<void> {
  await lease.release().catch(leaveToExpire);
  lease.turn.end();
}

function handleOf<T>(document: T, root: DocumentRoot, lease: Lease): LockHandle<T> {
  // Once for each handle: the last one of the instance that took it frees it.
  root.locks = [...root.locks, lease];
  const isGuest = lease.keeper !== root;
  if (isGuest) lease.guests += 1;
  let released = false;
  const free = async (): Promise<void> => {
    if (released) return;
    released = true;
    // What waits to be sent is still guarded.
    if (root.line !== undefined) await inTurn(root, undefined, () => Promise.resolve());
    root.locks = root.locks.toSpliced(root.locks.indexOf(lease), 1);
    if (isGuest) lease.guests -= 1;
    if (!isGuest && !root.locks.includes(lease)) await release(lease, root, 'release');
    else if (lease.isOver) throw lease.lossError('release');
  };
  return {
    document,
    get signal() {
      return lease.signal;
    },
    fence: lease.fence,
    release: free,
    [Symbol.asyncDispose]: free,
  };
}

/** A pipeline commits after the lock would be free again. */
function refuseInsidePipeline(call: LockCall): void {
  const { verb } = call.purpose;
  requireNotCollected(call, { verb, instead: 'take the lock around the pipeline', need: 'takes its lock at once' });
}
