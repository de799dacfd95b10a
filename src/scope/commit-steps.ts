import { documentExists, versionIs } from '../command/checks';
import type { Check, Operation } from '../command/operation';
import type { ErrorFacts, RedatomError } from '../errors/base';
import { LockLostError } from '../errors/lock';
import { JsonPath } from '../path/json-path';
import type { Argument } from '../executor/commands/recorded-command';
import { factsOfRefusal } from '../executor/purpose';
import type { PositionsByDocument } from './by-document';
import { Coalescer } from './coalesce';
import type { CommitRequest } from './commit-request';
import { commandSteps, keysToBackUp } from './commands-in-commit';
import type { DocumentRoot } from './document-root';
import type { HeldLock, ReleasedLock } from './held-lock';
import type { QueuedOperation } from './pipeline-scope';
import { Planner } from './plan';

/** A step of the script: a check, a write of an operation, or a write that accompanies them. */
export interface ScriptStep {
  readonly key: string;
  readonly name: string;
  /** First argument after the key; none for commands of whole keys. */
  readonly path?: string;
  /** Name of the model whose document it is about. */
  readonly model?: string;
  /** What it is a part of. */
  readonly change?: PlacedOperation;
  readonly args: readonly Argument[];
  /** All its keys, where it may have others than `key`. */
  readonly keys?: readonly string[];
  /** Makes the error when the step fails. */
  readonly refuse?: (found: string) => RedatomError;
  readonly onReply?: ((reply: unknown) => void) | undefined;
  /** Makes the error when a raw command fails. */
  readonly refusal?: (found: string) => RedatomError;
}

export interface CommitSteps {
  readonly steps: readonly ScriptStep[];
  /** Keys that are put back when a later step fails, each once. */
  readonly backedUp: readonly string[];
}

/** The steps of a commit, in order. `replies` is filled as they are answered. */
export function stepsOf(request: CommitRequest, documents: PositionsByDocument, replies: unknown[]): CommitSteps {
  const steps: ScriptStep[] = [];
  const late: ScriptStep[] = [];
  for (const lock of request.locks)
    steps.push({ key: lock.lockKey, name: '?lock', path: lock.token, args: [], refuse: () => lockLost(lock) });
  for (const [root, positions] of documents) addDocument({ root, positions }, request, { early: steps, late, replies });
  const commands = commandSteps(request.commands?.commands ?? [], replies);
  // A command can be refused when the documents have been written.
  const isAtRisk = commands.length === 0 ? hasCheckAfterWrite(late) : late.some(isWrite);
  const backedUp = isAtRisk ? [...documents.keys()].map(({ key }) => key) : [];
  for (const step of late) steps.push(step);
  for (const step of commands) steps.push(step);
  if (request.release !== undefined) steps.push(releaseStep(request.release));
  if (commands.length > 0) backedUp.push(...keysToBackUp(request.commands?.commands ?? []));
  return { steps, backedUp: backedUp.length < 2 ? backedUp : [...new Set(backedUp)] };
}

function releaseStep(lock: ReleasedLock): ScriptStep {
  const { keys, args } = lock.freeing();
  return { key: lock.lockKey, name: 'release', keys, args, onReply: (answer) => lock.end(answer) };
}

function isWrite({ refuse }: ScriptStep): boolean {
  return refuse === undefined;
}

function hasCheckAfterWrite(steps: readonly ScriptStep[]): boolean {
  let isWritten = false;
  for (const step of steps) {
    if (isWrite(step)) isWritten = true;
    else if (isWritten) return true;
  }
  return false;
}

/** Where the steps of a document go. */
interface StepLists {
  /** Checks that stand before all writes. */
  readonly early: ScriptStep[];
  /** Writes, and checks that stand between them. */
  readonly late: ScriptStep[];
  /** Where the writes put what was answered. */
  readonly replies: unknown[];
}

/** A document of a commit, and which of the queued changes are its own. */
interface ChangedDocument {
  readonly root: DocumentRoot;
  readonly positions: readonly number[];
}

function addDocument({ root, positions: own }: ChangedDocument, request: CommitRequest, { early, late, replies }: StepLists): void {
  const coalescer = new Coalescer();
  let isGone = false;
  let isChanged = false;
  let setsTimeToLive = false;
  for (const position of own) {
    const { operation } = request.queue[position] as QueuedOperation;
    coalescer.add(operation, request.commands?.ofChanges[position] ?? position);
    // A document that is written anew as a whole is there again.
    if (operation.path === JsonPath.root) isGone = operation.endsDocument === true;
    setsTimeToLive ||= operation.setsTimeToLive === true;
    isChanged ||= operation.setsTimeToLive !== true;
  }
  const version = versionSteps(root, request.checkVersion);
  early.push(...version.checks);
  const planner = new Planner();
  for (const { operation, first, positions } of coalescer.result()) {
    const planned = planner.plan(operation);
    const change = { operation: first, index: positions[0] };
    for (const check of planned.early) early.push(checkStep(root, check, change));
    for (const check of planned.late) late.push(checkStep(root, check, change));
    // Given with the step: a closure that is added to a step later keeps V8 from freeing what a commit allocates before the next full collection.
    const onReply = (reply: unknown): void => {
      const value = operation.decode(reply, root);
      for (const position of positions) replies[position] = value;
    };
    planned.writes.forEach(({ name, path, args }, index) => {
      const isLast = index === planned.writes.length - 1;
      late.push({ key: root.key, name, path, model: root.model, change, args, onReply: isLast ? onReply : undefined });
    });
  }
  if (!isGone && isChanged) late.push(...version.writes);
  if (!isGone && !setsTimeToLive) late.push(...ttlSteps(root));
}

/** What a step is a part of. */
export interface PlacedOperation {
  readonly operation: Operation;
  readonly index: number | undefined;
}

function checkStep({ key, model }: DocumentRoot, check: Check, change: PlacedOperation): ScriptStep {
  const { operation, index } = change;
  return {
    key,
    model,
    change,
    name: check.name,
    path: check.path.sent,
    args: check.args,
    refuse: (found) => check.refuse(found, { model, key, command: operation.verb, index }),
  };
}

const NO_STEPS = { checks: [], writes: [] };

/** Each commit counts the version on, so that writers who check it see every change. */
function versionSteps(root: DocumentRoot, isChecked: boolean): { checks: ScriptStep[]; writes: ScriptStep[] } {
  const field = root.schema.version;
  const local = root.local.version;
  if (field === undefined || local === undefined) return NO_STEPS;
  const { key, model } = root;
  const step = (check: Check): ScriptStep => ({
    key,
    model,
    name: check.name,
    path: check.path.sent,
    args: check.args,
    refuse: (found) => check.refuse(found, { model, key }),
  });
  // A document that was read without a version has the same one as nothing.
  const presence = local === 0 && root.wasFound ? [documentExists] : [];
  return {
    checks: isChecked ? [...presence, versionIs(field.path, local)].map(step) : [],
    writes: [
      { key, model, name: 'seed', path: field.path.sent, args: ['0'] },
      {
        key,
        model,
        name: 'JSON.NUMINCRBY',
        path: field.path.sent,
        args: ['1'],
        onReply: (reply) => {
          const stored = Number((JSON.parse(reply as string) as unknown[])[0]);
          // Of several commits under way each has seen the ones before it only when its answer is there.
          if (isChecked || stored === (root.local.version ?? local) + 1) root.local.setVersion(stored);
        },
      },
    ],
  };
}

function ttlSteps({ key, model, schema: { ttlMs, refreshTtl } }: DocumentRoot): ScriptStep[] {
  if (ttlMs === undefined) return [];
  return [{ key, model, name: refreshTtl === 'never' ? 'expire.once' : 'PEXPIRE', path: String(ttlMs), args: [] }];
}

/** What the error of a step that failed says of it. */
export function factsOfStep({ name, key, model, change }: ScriptStep): ErrorFacts {
  if (change === undefined) return { command: name, key, model };
  return { ...factsOfRefusal(change.operation), key, model, index: change.index };
}

/** The error of what needs a lock and does not have it any more. */
export function lockLost({ action, documentKey, model }: HeldLock): LockLostError {
  return new LockLostError(action, { key: documentKey, model });
}
