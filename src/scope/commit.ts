import { versionIs } from '../command/checks';
import type { Check, Operation } from '../command/operation';
import { CrossSlotError, OutcomeUnknownError } from '../errors/commit';
import { LockLostError } from '../errors/lock';
import { KeyNotFoundError } from '../errors/document';
import { RedatomError } from '../errors/base';
import type { CallOptions, ScriptCall } from '../executor/executor';
import type { Argument } from '../executor/commands/recorded-command';
import { promised } from '../executor/promised';
import { refusalOf } from '../executor/reply-errors';
import { commit as commitScript } from '../lua/catalog.generated';
import { JsonPath } from '../path/json-path';
import { colocatedKey } from '../path/redis-key';
import { slotOf } from '../path/slot';
import { Coalescer } from './coalesce';
import { commandSteps, keysToBackUp, routingKeysOf, type Places } from './commands-in-commit';
import type { DocumentRoot } from './document-root';
import type { HeldLock } from './held-lock';
import type { QueuedOperation } from './pipeline-scope';
import { Planner } from './plan';

/** What one commit does. */
export interface CommitRequest {
  readonly queue: readonly QueuedOperation[];
  /** Raw commands that run after the changes, and where the replies to both stand. */
  readonly commands?: Places | undefined;
  /** The connection, where nothing but commands is queued. Default: that of the documents. */
  readonly executor?: DocumentRoot['executor'] | undefined;
  /** Locks that must still be held. */
  readonly locks: readonly HeldLock[];
  /** Refuse when a document with a version is not at the version that was read. */
  readonly checkVersion: boolean;
  /** Lock to free after the writes, in the same step. */
  readonly release?: HeldLock | undefined;
  readonly call?: CallOptions | undefined;
}

/** A step of the script: a check, a write of an operation, or a write that accompanies them. */
interface ScriptStep {
  readonly key: string;
  readonly name: string;
  /** First argument after the key; none for commands of whole keys. */
  readonly path?: string;
  /** The place it changes, for errors. */
  readonly place?: string;
  readonly args: readonly Argument[];
  /** All its keys, where it may have others than `key`. */
  readonly keys?: readonly string[];
  /** Makes the error when the step fails. */
  readonly refuse?: (found: string) => RedatomError;
  readonly onReply?: ((reply: unknown) => void) | undefined;
  /** Makes the error when a raw command fails. */
  readonly refusal?: (found: string) => RedatomError;
}

/** A commit as data: the script call, and what its answer means. */
export interface PreparedCommit {
  readonly executor: DocumentRoot['executor'];
  readonly call: ScriptCall;
  /** Reads the answer of the script; throws what it refused with. */
  readonly accept: (answer: unknown) => unknown[];
  /** Notes for the documents that the commit failed. */
  readonly fail: (error: unknown) => void;
}

/** Makes the script call for a queue of changes. */
export function prepareCommit(request: CommitRequest): PreparedCommit {
  refuseAfterDeletion(request.queue);
  const roots = [...new Set(request.queue.map(({ root }) => root))];
  for (const lock of request.locks) if (lock.isOver) throw lockLost(lock);
  const replies: unknown[] = [];
  const { steps, backedUp } = stepsOf(request, roots, replies);
  const executor = soleExecutor(request, roots);
  const keys = keysOf(steps, roots, backedUp);
  const args: Argument[] = [String(backedUp.length)];
  for (const { name, key, path, args: rest } of steps) {
    const own = path === undefined ? rest : [path, ...rest];
    args.push(name, String(keys.indexOf(key) + 1), String(own.length), ...own);
  }
  return {
    executor,
    call: { script: commitScript, keys, args },
    accept: (answer) => {
      settle(answer as unknown[], steps, backedUp.length > 0);
      return replies;
    },
    fail: (error) => {
      for (const root of roots) noteOutcome(root, error);
    },
  };
}

/** What follows a deletion finds no document, unless it writes a whole one. */
function refuseAfterDeletion(queue: readonly QueuedOperation[]): void {
  const gone = new Set<DocumentRoot>();
  queue.forEach(({ root, operation }, index) => {
    if (operation.endsDocument === true) gone.add(root);
    else if (!gone.has(root)) return;
    else if (operation.path !== JsonPath.root)
      throw new KeyNotFoundError({ model: root.model, key: root.key, command: operation.verb, index });
    else gone.delete(root);
  });
}

/**
 * Sends a queue of changes as one script call: all of them are applied, or none. `read` gets the reply of each as soon as they are there, so that
 * local values change in the order of the answers.
 */
export function commit<R>(request: CommitRequest, read: (replies: unknown[]) => R): Promise<R> {
  return promised(() => {
    const { executor, call, accept, fail } = prepareCommit(request);
    return executor
      .evaluate(call, (answer) => read(accept(answer)), request.call)
      .catch((error: unknown) => {
        fail(error);
        throw error;
      });
  });
}

/** Marks an instance whose stored form is unknown. */
export function noteOutcome(root: DocumentRoot, error: unknown): unknown {
  if (error instanceof OutcomeUnknownError) root.isStale = true;
  // Errors that a client made know the command, not the class behind it.
  if (error instanceof RedatomError && error.model === undefined) Object.assign(error, { model: root.model });
  return error;
}

function lockLost(lock: HeldLock): LockLostError {
  return new LockLostError(lock.action, { key: lock.documentKey });
}

function stepsOf(
  request: CommitRequest,
  roots: readonly DocumentRoot[],
  replies: unknown[],
): { steps: ScriptStep[]; backedUp: readonly string[] } {
  const checks: ScriptStep[] = request.locks.map((lock) => ({
    key: lock.lockKey,
    name: '?lock',
    path: lock.token,
    args: [],
    refuse: () => lockLost(lock),
  }));
  const writes: ScriptStep[] = [];
  for (const root of roots) {
    const part = stepsOfDocument(root, request, replies);
    checks.push(...part.checks);
    writes.push(...part.writes);
  }
  const firstWrite = writes.findIndex(({ refuse }) => refuse === undefined);
  const needsBackup = firstWrite !== -1 && writes.slice(firstWrite).some(({ refuse }) => refuse !== undefined);
  const documents = needsBackup ? roots.map(({ key }) => key) : [];
  const { commands = [] } = request.commands ?? {};
  if (commands.length === 0) return { steps: [...checks, ...writes, ...releaseSteps(request.release)], backedUp: documents };
  // A command can be refused when the documents have been written.
  const backedUp = new Set([...(firstWrite === -1 ? [] : roots.map(({ key }) => key)), ...keysToBackUp(commands)]);
  return { steps: [...checks, ...writes, ...commandSteps(commands, replies)], backedUp: [...backedUp] };
}

function releaseSteps(lock: HeldLock | undefined): ScriptStep[] {
  if (lock === undefined) return [];
  return [
    { key: lock.lockKey, name: 'DEL', args: [] },
    { key: lock.lockKey, name: 'PUBLISH', path: 'free', args: [] },
  ];
}

interface DocumentSteps {
  readonly checks: ScriptStep[];
  readonly writes: ScriptStep[];
}

function stepsOfDocument(root: DocumentRoot, request: CommitRequest, replies: unknown[]): DocumentSteps {
  const coalescer = new Coalescer();
  request.queue.forEach(({ root: owner, operation }, position) => {
    if (owner === root) coalescer.add(operation, request.commands?.ofChanges[position] ?? position);
  });
  const planner = new Planner();
  const version = versionSteps(root, request.checkVersion);
  const checks = version.checks;
  const writes: ScriptStep[] = [];
  for (const { operation, positions } of coalescer.result()) {
    const asStep = checkStep(root, { operation, index: positions[0] });
    const planned = planner.plan(operation);
    for (const check of planned.early) checks.push(asStep(check));
    for (const check of planned.late) writes.push(asStep(check));
    const onReply = (reply: unknown): void => {
      const value = operation.decode(reply, root);
      for (const position of positions) replies[position] = value;
    };
    planned.writes.forEach(({ name, path, args }, index) => {
      const isLast = index === planned.writes.length - 1;
      writes.push({ key: root.key, name, path, place: operation.path.text, args, onReply: isLast ? onReply : undefined });
    });
  }
  const isGone = request.queue.some(({ root: owner, operation }) => owner === root && operation.endsDocument === true);
  if (!isGone) writes.push(...version.writes, ...ttlSteps(root));
  return { checks, writes };
}

function checkStep(
  root: DocumentRoot,
  { operation, index }: { operation: Operation; index: number | undefined },
): (check: Check) => ScriptStep {
  return (check) => ({
    key: root.key,
    name: check.name,
    path: check.path.sent,
    args: check.args,
    refuse: (found) => check.refuse(found, { model: root.model, key: root.key, command: operation.verb, index }),
  });
}

/** Each commit counts the version on, so that writers who check it see every change. */
function versionSteps(root: DocumentRoot, isChecked: boolean): DocumentSteps {
  const field = root.schema.version;
  const local = root.local.version;
  if (field === undefined || local === undefined) return { checks: [], writes: [] };
  const check = versionIs(field.path, local);
  const { key, model } = root;
  return {
    checks: isChecked
      ? [{ key, name: check.name, path: check.path.sent, args: check.args, refuse: (found) => check.refuse(found, { model, key }) }]
      : [],
    writes: [
      { key, name: 'seed', path: field.path.sent, place: field.path.text, args: ['0'] },
      {
        key,
        name: 'JSON.NUMINCRBY',
        path: field.path.sent,
        place: field.path.text,
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

function ttlSteps({ key, schema: { ttlMs, refreshTtl } }: DocumentRoot): ScriptStep[] {
  if (ttlMs === undefined) return [];
  return [{ key, name: refreshTtl === 'never' ? 'expire.once' : 'PEXPIRE', path: String(ttlMs), args: [] }];
}

function soleExecutor({ locks, commands, executor: given }: CommitRequest, roots: readonly DocumentRoot[]): DocumentRoot['executor'] {
  const executor = roots[0]?.executor ?? given;
  if (executor === undefined) throw new TypeError('a commit needs a document');
  const keys = [...roots.map(({ key }) => key), ...(commands === undefined ? [] : routingKeysOf(commands.commands))];
  if (roots.some((root) => root.executor !== executor)) throw new CrossSlotError(keys, 'they belong to different connections');
  if (executor.hasSlots && new Set([...keys, ...locks.map(({ lockKey }) => lockKey)].map(slotOf)).size > 1) {
    throw new CrossSlotError(
      keys,
      `they lie in the slots ${keys.map(slotOf).join(', ')}; give them one hash tag, with @Model({ hashTag: 'shop' }) or as part of the pk: "{shop}1"`,
    );
  }
  return executor;
}

/** All keys once, those with a backup first, then the backups. */
function keysOf(steps: readonly ScriptStep[], roots: readonly DocumentRoot[], backedUp: readonly string[]): string[] {
  const keys = new Set(backedUp);
  for (const key of backedUp) keys.add(colocatedKey(key, ':redatom-backup'));
  for (const { key } of roots) keys.add(key);
  for (const step of steps) {
    if (step.keys === undefined) keys.add(step.key);
    else for (const key of step.keys) keys.add(key);
  }
  return [...keys];
}

function settle(answer: unknown[], steps: readonly ScriptStep[], hadBackup: boolean): void {
  if (answer[0] === 1) {
    let at = 1;
    for (const step of steps) {
      if (step.refuse !== undefined) continue;
      step.onReply?.(answer[at]);
      at += 1;
    }
    return;
  }
  const failed = Number(answer[1]);
  const step = steps[failed];
  const found = String(answer[2]);
  if (step?.refuse !== undefined) throw step.refuse(found);
  if (step?.refusal !== undefined) throw step.refusal(found);
  const writesBefore = steps.slice(0, failed).some(({ refuse }) => refuse === undefined);
  throw refusedWrite(step, found, writesBefore && !hadBackup);
}

function refusedWrite(step: ScriptStep | undefined, found: string, isHalfDone: boolean): RedatomError {
  const facts = { key: step?.key, path: step?.place, command: step?.name, cause: new Error(found) };
  if (isHalfDone) return new OutcomeUnknownError(facts);
  return refusalOf(found, facts);
}
