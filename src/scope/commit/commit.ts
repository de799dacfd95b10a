import { CrossSlotError, OutcomeUnknownError } from '../../errors/commit';
import { KeyNotFoundError } from '../../errors/document';
import type { Operation } from '../../command/operation';
import { RedatomError } from '../../errors/base';
import type { Executor } from '../../executor/executor';
import type { ScriptCall } from '../../executor/request';
import { routingKeysOf, type Argument } from '../../executor/commands/recorded-command';
import { requireOneSlot } from '../../executor/commands/one-slot';
import { promised } from '../../async/promised';
import { refusalOf } from '../../executor/outcomes/reply-errors';
import { commit as commitScript } from '../../lua/catalog.generated';
import { randomId } from '../../path/random-id';
import { colocatedKey } from '../../path/redis-key';
import { byDocument, changeAfterDeletion, type ChangesByDocument } from './by-document';
import { purposeOf, type CommitRequest } from './commit-request';
import { factsOfStep, isWrite, lockLost, stepsOf } from './commit-steps';
import type { DocumentRoot } from '../document-root';
import type { QueuedOperation } from '../pipeline-scope';
import type { ScriptStep } from './script-step';

/** A commit as data: the script call, and how to read its answer. */
export interface PreparedCommit {
  readonly executor: Executor;
  readonly call: ScriptCall;
  /** Reads the answer of the script; throws the error if the script refused. */
  readonly accept: (answer: unknown) => unknown[];
  /** Notes on the documents that the commit failed. */
  readonly fail: (error: unknown) => void;
  /** Notes on the documents that the commit was applied or refused after it had been given up. */
  readonly noteLate: () => void;
}

/** Makes the script call for a queue of changes. */
export function prepareCommit(request: CommitRequest): PreparedCommit {
  const documents = byDocument(request.queue);
  refuseAfterDeletion(request.queue, documents);
  const roots = [...documents.keys()];
  for (const lock of request.locks) if (lock.isOver) throw lockLost(lock, request);
  const replies: unknown[] = [];
  const { steps, backedUp } = stepsOf(request, documents, replies);
  const executor = soleExecutor(request, roots);
  const { keys, positions } = placeKeys(steps, roots, backedUp);
  const moves = request.queue.map((change) => change.moves ?? change.root.moves);
  const args: Argument[] = [String(backedUp.length)];
  for (const { name, key, args: rest } of steps) {
    args.push(name, String(positions.get(key) ?? 0), String(rest.length));
    for (const argument of rest) args.push(argument);
  }
  return {
    executor,
    call: { script: commitScript, keys, args, model: roots[0]?.model, purpose: purposeOf(request) },
    accept: (answer) => {
      settle(answer as unknown[], steps, backedUp.length > 0);
      for (const [root, { operations, positions: own }] of documents) {
        if (root.hasReturned) root.noteDone(operations.map((operation, at) => ({ operation, moves: moves[own[at] as number] as number })));
      }
      return replies;
    },
    fail: (error) => {
      for (const [root, { operations }] of documents) noteOutcome(root, error, operations);
    },
    noteLate: () => {
      for (const [root, { operations }] of documents) noteDoubt(root, operations);
    },
  };
}

/** Refuses changes after a deletion, which would find no document, unless the whole document is written again. */
function refuseAfterDeletion(queue: readonly QueuedOperation[], documents: ChangesByDocument): void {
  const index = changeAfterDeletion(documents);
  if (index === undefined) return;
  const { root, operation } = queue[index] as QueuedOperation;
  const facts = { model: root.model, key: root.key, command: operation.verb, index };
  const message = `the pipeline deletes ${JSON.stringify(root.key)} before ${operation.verb}() changes it; leave one of the two out`;
  throw new KeyNotFoundError(facts, message);
}

/**
 * Sends a queue of changes as one script call: all of them are applied, or none. `read` gets the replies as soon as they arrive, so that local values
 * change in the order of the answers.
 */
export function commit<R>(request: CommitRequest, read: (replies: unknown[]) => R): Promise<R> {
  return promised(() => {
    let prepared: PreparedCommit | undefined;
    const onFailure = (error: unknown): void => {
      prepared?.fail(error);
      request.onFailure?.(error);
    };
    try {
      prepared = prepareCommit(request);
      const { executor, accept, noteLate } = prepared;
      const { script, keys, args, model, purpose } = prepared.call;
      const decode = (answer: unknown): R => read(acceptAnswer(answer, accept, onFailure));
      // No spread, here and in other frequent calls: each reader of an object made by spreading costs as much as the rest of the call.
      const onLateAnswer = executor.keepsOrder ? undefined : noteLate;
      return executor.evaluate({ script, keys, args, model, purpose, onFailure, onLateAnswer }, decode, request.call);
    } catch (error) {
      onFailure(error);
      throw error;
    }
  });
}

/** The replies for `read`. Apart from `read`, because a refusal fails the commit, but an error of `read` does not. */
function acceptAnswer(answer: unknown, accept: PreparedCommit['accept'], onFailure: (error: unknown) => void): unknown[] {
  try {
    return accept(answer);
  } catch (error) {
    onFailure(error);
    throw error;
  }
}

/**
 * Marks an instance whose stored values are unknown; the time to live is not one of them. Where later requests may be answered sooner, this is
 * repeated when a given-up write is answered after all, because a load() in between may lack its effect.
 */
export function noteDoubt(root: DocumentRoot, operations: readonly Operation[]): void {
  if (operations.some(({ setsTimeToLive }) => setsTimeToLive !== true)) root.markStale();
}

/** Marks the instance when the outcome of its operations is unknown. */
export function noteOutcome(root: DocumentRoot, error: unknown, operations: readonly Operation[]): unknown {
  if (error instanceof OutcomeUnknownError) noteDoubt(root, operations);
  // With several documents, the error belongs only to the one that it names.
  if (error instanceof RedatomError && error.model === undefined && error.key === root.key) Object.assign(error, { model: root.model });
  return error;
}

function soleExecutor(request: CommitRequest, roots: readonly DocumentRoot[]): Executor {
  const executor = roots[0]?.executor ?? request.executor;
  if (executor === undefined)
    throw new TypeError('commands of a pipeline are sent over the connection of its documents: it needs at least one, found none');
  const commands = request.commands?.commands ?? [];
  const routed = (): string[] => [...roots.map(({ key }) => key), ...commands.flatMap(({ command }) => routingKeysOf(command)).map(String)];
  if (roots.some((root) => root.executor !== executor)) throw new CrossSlotError(routed(), 'they belong to different connections');
  // Locks need no check: a lock lies in the slot of its document.
  if (executor.hasSlots) requireOneSlot(routed(), request.verb ?? 'a commit');
  return executor;
}

/** The keys of a script call, and the position of each key that steps name, counted from 1. */
interface PlacedKeys {
  readonly keys: readonly string[];
  readonly positions: ReadonlyMap<string, number>;
}

/** Keys with a backup come first, then their backups in the same order. */
function placeKeys(steps: readonly ScriptStep[], roots: readonly DocumentRoot[], backedUp: readonly string[]): PlacedKeys {
  const keys = backedUp.length === 0 ? [] : [...backedUp, ...backupsOf(backedUp)];
  const positions = new Map(backedUp.map((key, at) => [key, at + 1]));
  const add = (key: string): void => {
    if (!positions.has(key)) positions.set(key, keys.push(key));
  };
  for (const { key } of roots) add(key);
  for (const step of steps) {
    if (step.keys === undefined) add(step.key);
    else for (const key of step.keys) add(key);
  }
  return { keys, positions };
}

/** Keys for backups that are used by nothing else: neither another key of this commit, nor a document with such a name. */
function backupsOf(keys: readonly string[]): string[] {
  const id = randomId();
  return keys.map((key, at) => colocatedKey(key, `:redatom-backup:${id}:${at}`));
}

function settle(answer: unknown[], steps: readonly ScriptStep[], hadBackup: boolean): void {
  if (answer[0] === 1) {
    let at = 1;
    for (const step of steps) {
      if (step.kind === 'check') continue;
      try {
        step.onReply?.(answer[at]);
      } catch (cause) {
        throw new OutcomeUnknownError({ ...factsOfStep(step), cause }, 'was applied, but its reply cannot be read');
      }
      at += 1;
    }
    return;
  }
  const failed = Number(answer[1]);
  const step = steps[failed];
  const found = String(answer[2]);
  // A check that could not be made has no result to build its error from.
  if (step?.refuse !== undefined && (step.kind === 'raw' || answer[3] !== 1)) throw step.refuse(found);
  const writesBefore = steps.slice(0, failed).some(isWrite);
  throw refusedWrite(step, found, writesBefore && !hadBackup);
}

function refusedWrite(step: ScriptStep | undefined, found: string, isHalfDone: boolean): RedatomError {
  const facts = { ...(step && factsOfStep(step)), cause: new Error(found) };
  if (isHalfDone) return new OutcomeUnknownError(facts, `was refused after some of its writes were applied: ${found}`);
  return refusalOf(found, facts);
}
