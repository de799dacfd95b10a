import type { Purpose } from '../executor/purpose';
import type { ModelState } from '../field/model-state';
import { MIN_ATTEMPT_MS } from '../lock/attempt-time';
import type { Lease } from '../lock/lease';
import { acquireLock, type Acquired } from '../lock/lock';
import { lockSettings, type LockOptions, type LockSettings } from '../lock/lock-options';
import { notGranted } from '../lock/refusal';
import type { ModelClass } from '../schema/model-schema';
import { locksOn } from '../scope/dispatch';
import type { DocumentPlace, DocumentRoot } from '../scope/document-root';
import { currentFlow } from '../scope/flow';
import type { HeldLock } from '../scope/held-lock';
import { inTurn, whenReady } from '../scope/in-turn';
import { startOutside } from '../scope/outside-pipeline';
import { documentPlaceOf } from './pk';
import { loadInto, takeOver } from './read';

/** Which lock to take on which document, with which options. */
export interface LockCall extends DocumentPlace {
  readonly action: string;
  readonly settings: LockSettings;
  /** The verb that was called. */
  readonly purpose: Purpose;
  readonly onGrant?: () => void;
  /** The document of the instance that asks. */
  readonly root?: DocumentRoot;
}

export function lockCallOf(
  model: ModelClass,
  { key: keyOrPk, action, purpose }: Pick<LockCall, 'key' | 'action' | 'purpose'>,
  options: LockOptions,
): LockCall {
  const { schema, key, connection } = documentPlaceOf(model, keyOrPk);
  return { schema, key, connection, action, settings: lockSettings(options), purpose };
}

export interface InstanceLockCall extends LockCall {
  readonly root: DocumentRoot;
  /** Number of verbs of the instance that were answered when the lock was granted; where replies come in any order, when it was requested. */
  answered: number;
  /** The doubt about the instance (an unknown outcome) when the lock was requested. */
  readonly doubt: object | undefined;
}

export function lockCallOn(
  root: DocumentRoot,
  { action, purpose }: Pick<LockCall, 'action' | 'purpose'>,
  options: LockOptions,
): InstanceLockCall {
  const { schema, key, connection } = root;
  const call: InstanceLockCall = {
    root,
    schema,
    key,
    connection,
    action,
    settings: lockSettings(options),
    purpose,
    answered: root.answered,
    doubt: root.doubt,
    onGrant: () => {
      if (connection.executor.keepsOrder) call.answered = root.answered;
    },
  };
  return call;
}

/** Starts a call that takes a lock. Not inside a pipeline, which would commit after the lock is free again. */
export function startOutsidePipeline<R>(call: LockCall, start: () => Promise<R>): Promise<R> {
  const { verb } = call.purpose;
  return startOutside([call], { verb, instead: 'take the lock around the pipeline', need: 'takes its lock at once' }, start);
}

/** The lock that this flow holds already. */
export function leaseOfFlow(call: LockCall): Lease | undefined {
  return leaseAmong(currentFlow()?.locks, call);
}

/** The lock that the instance holds already, by a handle. */
export function leaseOfHandles(call: LockCall): Lease | undefined {
  return leaseAmong(call.root?.locks, call);
}

function leaseAmong(locks: readonly HeldLock[] | undefined, call: LockCall): Lease | undefined {
  return locks?.find((lock) => isSame(lock, call) && !lock.isOver) as Lease | undefined;
}

function isSame(lock: HeldLock, { connection, key, action }: LockCall): boolean {
  return lock.documentKey === key && lock.action === action && lock.executor === connection.executor;
}

export function acquire(call: LockCall): Promise<Acquired> {
  const { root } = call;
  return root === undefined || (root.line === undefined && root.isRead) ? ask(call) : acquireInTurn(call, root);
}

function ask({ connection, schema, key, action, settings, purpose, onGrant }: LockCall, waitedMs?: number): Promise<Acquired> {
  return acquireLock(connection.executor, { documentKey: key, action, model: schema.name, purpose, waitedMs, onGrant }, settings);
}

/** The wait for the turn of the instance counts as waiting for the lock. */
function acquireInTurn(call: LockCall, root: DocumentRoot): Promise<Acquired> {
  const { key, action, settings, schema, purpose } = call;
  const { signal, waitMs } = settings;
  const began = performance.now();
  let isAsked = false;
  const limits = { signal, timeoutMs: Math.max(waitMs, MIN_ATTEMPT_MS) };
  const asked = whenReady([root], { level: 'read', call: limits }, () => {
    isAsked = true;
    return ask(call, performance.now() - began);
  });
  return asked.catch((error: unknown) => {
    throw isAsked ? error : notGranted({ name: action, settings, facts: { key, model: schema.name, command: purpose.verb } }, error);
  });
}

/** Takes over the stored document, unless this instance was the last to be read under this lock, or has changes that belong to the surrounding section. */
export function readAnew(call: InstanceLockCall, lease: Lease, json: string | undefined): Promise<unknown> | undefined {
  const { root } = call;
  if (lease.reader === root) return undefined;
  // Cleared first: when the read is skipped or fails, every instance has to read the document again.
  lease.reader = undefined;
  // When this flow holds another lock, changes that were not written yet belong to that lock's section.
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

/** Takes over the document that was read with the lock. Reads it again when a verb of the instance was answered meanwhile, or is still under way. */
function refresh({ root, answered, doubt, purpose }: InstanceLockCall, json: string): Promise<unknown> | undefined {
  const state = root.local as ModelState;
  if (root.answered !== answered || !root.isSettled || root.doubt !== doubt) return loadInto(state, undefined, purpose);
  takeOver(state, { json, doubt, purpose });
  return undefined;
}

/** Frees a lock after its work succeeded, and after everything that still waits to be sent under it. If the lock was lost meanwhile, that is an error. */
export async function release(lease: Lease, root: DocumentRoot | undefined, verb?: string): Promise<void> {
  try {
    const freed = root === undefined ? lease.release() : inTurn(root, undefined, () => lease.release());
    const wasHeld = await freed.catch(leaveToExpire);
    if (!wasHeld) throw lease.lossError(verb);
  } finally {
    lease.turn.end();
  }
}

/** The work is done. When the server cannot be reached, the lease of the lock ends by itself. */
function leaveToExpire(): true {
  return true;
}

/** Frees a lock after work that failed; the error of the work is what matters. */
export async function freeQuietly(lease: Lease): Promise<void> {
  await lease.release().catch(leaveToExpire);
  lease.turn.end();
}
