import { AsyncResource } from 'node:async_hooks';
import { RedisConnectionError } from '../errors/connection';
import { watchLimits } from '../async/watch-limits';
import { type CallOptions, checkedLimits, refuseUnknownLimits } from '../input/call-options';
import { softDeadlineOf } from '../async/time-left';
import { promised } from '../async/promised';
import { whyGivenUp } from '../executor/outcomes/given-up';
import { openPipelineOf } from './dispatch';
import type { DocumentRoot } from './document-root';
import { Line, type Waiting } from './line';
import { needsReply } from './outside-pipeline';

/** Which earlier requests of an instance must have ended. */
const LEVELS = {
  /** A request sent now is done and answered after the earlier ones. */
  inOrder: (root: DocumentRoot): boolean => root.isSettled || keepsOrder(root),
  /** The same, and no earlier read will replace what is read now. */
  read: (root: DocumentRoot): boolean => root.isRead && LEVELS.inOrder(root),
  /** A commit that compares versions will find the version that is known here, which each commit under way increments. */
  versionKnown: (root: DocumentRoot): boolean => root.isSettled || (root.schema.version === undefined && keepsOrder(root)),
  /** The same, and no answer is due that would replace local changes. */
  applied: (root: DocumentRoot): boolean => root.isApplied && root.isRead && LEVELS.versionKnown(root),
  /** All verbs and commits are answered. */
  answered: (root: DocumentRoot): boolean => root.isSettled,
  /** All verbs, commits and reads are answered. */
  atRest: (root: DocumentRoot): boolean => root.isSettled && root.isRead,
} as const;

type Level = keyof typeof LEVELS;

/** Over several connections a later verb may be done sooner, so the last answer need not show what is stored. */
function keepsOrder(root: DocumentRoot): boolean {
  try {
    return root.executor.keepsOrder;
  } catch {
    // The connection is closed; sending will report that.
    return true;
  }
}

/** Whether no earlier call delays a request that is sent for an instance now. */
export function isNext(root: DocumentRoot, level: Level = 'inOrder'): boolean {
  return root.line === undefined && LEVELS[level](root);
}

/**
 * Starts a request for an instance, either at once or after the calls that wait. Waiting counts as part of the call; `start` gets what is left of its
 * limits.
 */
export function inTurn<R>(
  root: DocumentRoot,
  call: CallOptions | undefined,
  start: (call: CallOptions | undefined) => Promise<R>,
): Promise<R> {
  return isNext(root) ? start(call) : wait([root], { level: 'inOrder', call, start });
}

/** The same for a request that concerns several instances or has to wait for more. */
export function whenReady<R>(
  roots: readonly DocumentRoot[],
  { level, call }: { readonly level: Level; readonly call: CallOptions | undefined },
  start: (call: CallOptions | undefined) => Promise<R>,
): Promise<R> {
  return roots.every((root) => isNext(root, level)) ? start(call) : wait(roots, { level, call, start });
}

/**
 * Starts a write of the local values when all verbs under way are answered. Until then the local values lack what these verbs change or read, and
 * writing them would undo it. Later calls on the instance are sent after the write.
 *
 * @throws {@link RedisConnectionError} its time was over, or its signal aborted, before it was sent.
 * @throws {@link OutcomeUnknownError} a verb that it waited for got no answer.
 */
export function atRest<R>(
  root: DocumentRoot,
  { verb, call }: { verb: string; call: CallOptions | undefined },
  start: (call: CallOptions | undefined) => Promise<R>,
): Promise<R> {
  const isAtRest = isNext(root, 'atRest');
  if (openPipelineOf(root) !== undefined && !isAtRest) {
    throw needsReply({ root }, verb, 'await the verbs of the instance before the pipeline');
  }
  if (isAtRest) return start(call);
  const { doubt } = root;
  const startFresh = (left: CallOptions): Promise<R> => {
    if (root.doubt !== doubt) root.requireFresh();
    return start(left);
  };
  return wait([root], { level: 'atRest', call, start: startFresh });
}

/** Whether a read was sent after all other requests of the instance. `answered` is the value of `root.answered` when the read was sent. */
export function isLast(root: DocumentRoot, answered: number): boolean {
  return root.isSettled && (root.answered === answered || keepsOrder(root));
}

/**
 * Repeats a read of the local values that came too early: verbs were sent after it, so it lacks their effect. The repeated read waits for these
 * verbs, ahead of all later calls, and nothing else is sent for the instance until it is answered.
 */
export function readAtRest<R>(root: DocumentRoot, call: CallOptions | undefined, start: (call: CallOptions) => Promise<R>): Promise<R> {
  return wait([root], { level: 'answered', call, start, isAlone: true });
}

interface Delayed<R> extends Partial<Pick<Waiting, 'isAlone'>> {
  readonly level: Level;
  readonly call: CallOptions | undefined;
  readonly start: (call: CallOptions) => Promise<R>;
}

function lineOf(root: DocumentRoot): Line {
  root.line ??= new Line(() => (root.line = undefined));
  return root.line;
}

/** Checked after every answer, so it starts with the instance that was not ready last time: usually the others need no check. */
function allReady(roots: readonly DocumentRoot[], isReady: (root: DocumentRoot) => boolean): () => boolean {
  let at = 0;
  return () => {
    for (let asked = 0; asked < roots.length; asked += 1) {
      if (!isReady(roots[at] as DocumentRoot)) return false;
      at = (at + 1) % roots.length;
    }
    return true;
  };
}

function givenUp(root: DocumentRoot | undefined, cause: unknown): RedisConnectionError {
  const facts = { model: root?.model, key: root?.key, cause };
  const call = `the call on ${JSON.stringify(root?.key)} was given up while it waited for other verbs of the instance`;
  return new RedisConnectionError(`${call}: ${whyGivenUp(cause, 'no reply')}; it did not run`, facts);
}

function wait<R>(roots: readonly DocumentRoot[], { level, call = {}, start, isAlone = false }: Delayed<R>): Promise<R> {
  refuseUnknownLimits(call);
  const limits = checkedLimits(call);
  const { signal } = limits;
  const left = softDeadlineOf(call);
  // Waiting calls are continued by the answers to other verbs, in another flow.
  const flow = new AsyncResource('redatom:waiting');
  const lines = roots.map(lineOf);
  return new Promise((resolve, reject) => {
    const giveUp = (cause: unknown): void => {
      if (!lines.every((line) => line.leave(one))) return;
      stopWaiting();
      for (const line of lines) line.advance();
      reject(givenUp(roots[0], cause));
    };
    const one: Waiting = {
      isReady: allReady(roots, LEVELS[level]),
      isAlone,
      lines,
      enter: () => {
        stopWaiting();
        const sent = flow.runInAsyncScope(() => promised(() => start(left())));
        resolve(sent);
        return sent;
      },
    };
    const stopWaiting = watchLimits(limits, giveUp);
    for (const line of lines) line.join(one);
    if (signal?.aborted === true) giveUp(signal.reason);
    // This one may be the first in its lines.
    else for (const line of lines) line.advance();
  });
}
