import { askedLate, documentExists, orNothing, typeIs, versionIs } from '../../command/checks';
import type { Check, Operation, Write } from '../../command/operation';
import type { RefusalFacts } from '../../errors/commit';
import { LockLostError } from '../../errors/lock';
import { factsOfPurpose, factsOfRefusal } from '../../executor/purpose';
import { homelessAmong, isNew, type ChangesByDocument, type DocumentChanges } from './by-document';
import { Coalescer } from './coalesce';
import { purposeOfWhole, type CommitRequest } from './commit-request';
import { commandSteps, keysToBackUp } from './commands-in-commit';
import type { DocumentRoot } from '../document-root';
import type { HeldLock, ReleasedLock } from '../held-lock';
import { isCheck, Planner, type PlannedOperation } from './plan';
import { stepOf, type PlacedOperation, type ScriptStep } from './script-step';

interface CommitSteps {
  readonly steps: readonly ScriptStep[];
  /** Keys that are restored when a later step fails, without duplicates. */
  readonly backedUp: readonly string[];
}

/** The steps of a commit, in order. `replies` is filled as replies arrive. */
export function stepsOf(request: CommitRequest, documents: ChangesByDocument, replies: unknown[]): CommitSteps {
  const steps: ScriptStep[] = [];
  const late: ScriptStep[] = [];
  for (const lock of request.locks) steps.push(lockStep(lock, request));
  for (const [root, changes] of documents) addDocument({ root, changes }, request, { early: steps, late, replies });
  const commands = commandSteps(request.commands?.commands ?? [], replies);
  // A command can be refused after the documents have been written.
  const isAtRisk = commands.length === 0 ? hasCheckAfterWrite(late) : late.some(isWrite);
  const backedUp = isAtRisk ? [...documents.keys()].map(({ key }) => key) : [];
  for (const step of late) steps.push(step);
  for (const step of commands) steps.push(step);
  if (request.release !== undefined) steps.push(releaseStep(request.release));
  if (commands.length > 0) backedUp.push(...keysToBackUp(request.commands?.commands ?? []));
  return { steps, backedUp: backedUp.length < 2 ? backedUp : [...new Set(backedUp)] };
}

export function isWrite({ kind }: ScriptStep): boolean {
  return kind !== 'check';
}

function hasCheckAfterWrite(steps: readonly ScriptStep[]): boolean {
  let isWritten = false;
  for (const step of steps) {
    if (isWrite(step)) isWritten = true;
    else if (isWritten) return true;
  }
  return false;
}

/** The lists to which the steps of a document are added. */
interface StepLists {
  /** Checks that come before all writes. */
  readonly early: ScriptStep[];
  /** Writes, and checks between them. */
  readonly late: ScriptStep[];
  /** Where the writes store their replies. */
  readonly replies: unknown[];
}

interface ChangedDocument {
  readonly root: DocumentRoot;
  readonly changes: DocumentChanges;
}

function addDocument(
  { root, changes: { operations, positions: own } }: ChangedDocument,
  request: CommitRequest,
  { early, late, replies }: StepLists,
): void {
  const coalescer = new Coalescer();
  const isAlone = request.queue.length === 1 && request.commands === undefined;
  const { parts } = homelessAmong(operations);
  for (const [at, operation] of operations.entries()) {
    const position = own[at] as number;
    if (!parts.has(at)) coalescer.add(operation, request.commands?.ofChanges[position] ?? position);
  }
  const version = versionSteps(root, request, { mustBeNew: isNew(operations) });
  early.push(...version.checks);
  const planner = new Planner();
  for (const { operation, first, positions } of coalescer.result()) {
    const planned = planner.plan(operation);
    const change = { operation: first, index: positions[0], isAlone };
    if (isAlone && tellsMisfit(operation, planned, root)) late.push(checkStep(root, askedLate(planned.early[0] as Check), change));
    else for (const check of planned.early) early.push(checkStep(root, check, change));
    // Passed when the step is made: if a closure is added to a step later, V8 frees nothing that a commit allocates before the next full collection.
    const onReply = (reply: unknown): void => {
      const value = operation.decode(reply, root);
      for (const position of positions) replies[position] = value;
    };
    planned.steps.forEach((step, index) => {
      const isLast = index === planned.steps.length - 1;
      if (isCheck(step)) late.push(checkStep(root, step, change));
      else late.push(writeStep(root, { name: step.name, args: step.args, change, onReply: isLast ? onReply : undefined }));
    });
  }
  // Looking at the last one is enough, because only a write of the whole document may follow a deletion.
  if (operations[operations.length - 1]?.endsDocument === true) return;
  if (!operations.every(setsTimeToLive)) {
    early.push(...version.lastChecks);
    late.push(...version.writes);
  }
  if (!operations.some(setsTimeToLive)) late.push(...ttlSteps(root));
}

/** Whether the only write of a change does nothing in a wrong place, and reports that. A check before it would cost a fifth of the server's time. */
function tellsMisfit(operation: Operation, { early, steps }: PlannedOperation, { key }: DocumentRoot): boolean {
  if (early.length !== 1 || early[0]?.name !== '?type' || steps.length !== 1) return false;
  // Of these commands, the script knows the reply when they have done nothing.
  return steps[0]?.name.startsWith('JSON.') === true && operation.direct?.(key) !== undefined;
}

function setsTimeToLive(operation: Operation): boolean {
  return operation.setsTimeToLive === true;
}

/** @param change - The change to which the check belongs; undefined for a check of the commit as a whole. */
function checkStep({ key, model }: DocumentRoot, check: Check, change?: PlacedOperation): ScriptStep {
  const refuse: ScriptStep['refuse'] = (found) =>
    check.refuse(found, { model, key, command: change?.operation.verb, index: change?.index, isAlone: change?.isAlone });
  return stepOf({ kind: 'check', key, name: check.name, args: [check.path.sent, ...check.args], model, change, refuse });
}

/** A write, and what happens with its reply. */
interface PlacedWrite extends Write {
  readonly change?: PlacedOperation;
  readonly onReply?: ScriptStep['onReply'];
}

function writeStep({ key, model }: DocumentRoot, { name, args, change, onReply }: PlacedWrite): ScriptStep {
  return stepOf({ kind: 'write', key, name, args, model, change, onReply });
}

function lockStep(lock: HeldLock, request: CommitRequest): ScriptStep {
  return stepOf({ kind: 'check', key: lock.lockKey, name: '?lock', args: [lock.token], refuse: () => lockLost(lock, request) });
}

function releaseStep(lock: ReleasedLock): ScriptStep {
  const { keys, args } = lock.freeing();
  return stepOf({ kind: 'release', key: lock.lockKey, keys, name: 'release', args, onReply: (answer) => lock.end(answer) });
}

/** The steps that check the version of a document and increment it. */
interface VersionSteps {
  readonly checks: readonly ScriptStep[];
  /** Checks that come after those of the changes. */
  readonly lastChecks: readonly ScriptStep[];
  readonly writes: readonly ScriptStep[];
}

const NO_STEPS: VersionSteps = { checks: [], lastChecks: [], writes: [] };

/** Each commit increments the version, so that writers who check it notice every change. */
function versionSteps(root: DocumentRoot, request: CommitRequest, { mustBeNew }: { mustBeNew: boolean }): VersionSteps {
  const isChecked = request.checkVersion && !root.isUnread && !mustBeNew;
  const field = root.schema.version;
  const local = root.local.version;
  if (field === undefined || local === undefined) return NO_STEPS;
  const { sent } = field.path;
  const onReply = (reply: unknown): void => {
    const stored = Number((JSON.parse(reply as string) as unknown[])[0]);
    // With several commits under way, each includes the ones before it only when its answer arrives.
    if (stored === (root.local.version ?? local) + 1) root.local.setVersion(stored);
  };
  // Version 0 also stands for no document, so a document that was read without a version must be checked to exist.
  const presence = local === 0 && root.wasFound ? [documentExists] : [];
  const checked = (check: Check): ScriptStep => checkStep(root, ofWhole(check, request));
  return {
    checks: isChecked ? [...presence, versionIs(field.path, local)].map(checked) : [],
    // A version that cannot be incremented must be found before anything is written.
    lastChecks: isChecked || mustBeNew ? [] : [checked(orNothing(typeIs(field.path, 'number')))],
    writes: [writeStep(root, { name: 'seed', args: [sent, '0'] }), writeStep(root, { name: 'JSON.NUMINCRBY', args: [sent, '1'], onReply })],
  };
}

/** A check that belongs to no single change, so its error names the commit. */
function ofWhole(check: Check, request: CommitRequest): Check {
  return { ...check, refuse: (found, facts) => check.refuse(found, { ...facts, command: purposeOfWhole(request)?.verb }) };
}

function ttlSteps(root: DocumentRoot): ScriptStep[] {
  const { ttlMs, refreshTtl } = root.schema;
  if (ttlMs === undefined) return [];
  const name = refreshTtl === 'never' ? 'expire.once' : 'PEXPIRE';
  return [writeStep(root, { name, args: [String(ttlMs)] })];
}

/** What the error of a failed step says about it. */
export function factsOfStep({ name, key, model, change }: ScriptStep): RefusalFacts {
  if (change === undefined) return { command: name, key, model };
  return { ...factsOfRefusal(change.operation), key, model, index: change.index, isAlone: change.isAlone };
}

/** The error of a commit that needs a lock that is no longer held. */
export function lockLost({ action, documentKey, model }: HeldLock, request: CommitRequest): LockLostError {
  const purpose = purposeOfWhole(request);
  return new LockLostError(action, { ...(purpose && factsOfPurpose(purpose)), key: documentKey, model });
}
