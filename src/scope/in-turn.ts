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

/** What of that which was sent before for an instance has to have ended. */
const LEVELS = {
  /** What is sent now is done, and answered, after what was sent before. */
  inOrder: (root: DocumentRoot): boolean => root.isSettled || keepsOrder(root),
  /** The same, and no earlier read will take the place of what is read now. */
  read: (root: DocumentRoot): boolean => root.isRead && LEVELS.inOrder(root),
  /** A commit that compares versions finds the one that is known here. Each that is under way counts it on. */
  versionKnown: (root: DocumentRoot): boolean => root.isSettled || (root.schema.version === undefined && keepsOrder(root)),
  /** The same, and no answer is due that would put another value over local changes. */
  applied: (root: DocumentRoot): boolean => root.isApplied && root.isRead && LEVELS.versionKnown(root),
  /** All verbs and commits are answered. */
  answered: (root: DocumentRoot): boolean => root.isSettled,
  /** All reads as well. */
  atRest: (root: DocumentRoot): boolean => root.isSettled && root.isRead,
} as const;

type Level = keyof typeof LEVELS;

/** Over several connections later verbs can be done sooner, and then the answer that comes last is not that of what is stored. */
function keepsOrder(root: DocumentRoot): boolean {
  try {
    return root.executor.keepsOrder;
  } catch {
    // It was closed, as whoever sends will find.
    return true;
  }
}

/** Whether nothing that was called before is in the way of what is sent for an instance now. */
export function isNext(root: DocumentRoot, level: Level = 'inOrder'): boolean {
  return root.line === undefined && LEVELS[level](root);
}

/** Starts what is sent for an instance: at once, or behind what waits. The wait counts as a part of the call; `start` gets what is left of its limits. */
export function inTurn<R>(
  root: DocumentRoot,
  call: CallOptions | undefined,
  start: (call: CallOptions | undefined) => Promise<R>,
): Promise<R> {
  return isNext(root) ? start(call) : wait([root], { level: 'inOrder', call, start });
}

/** The same for what concerns several instances, or asks for more. */
export function whenReady<R>(
  roots: readonly DocumentRoot[],
  { level, call }: { readonly level: Level; readonly call: CallOptions | undefined },
  start: (call: CallOptions | undefined) => Promise<R>,
): Promise<R> {
  return roots.every((root) => isNext(root, level)) ? start(call) : wait(roots, { level, call, start });
}

/**
 * Starts a write of the local values when all verbs under way are answered. Until then the local values lack what these verbs do or read, and writing them would
 * undo it. What is called later for the instance is sent after the write.
 *
 * @throws {@link RedisConnectionError} its time is over, or its signal has aborted, before it was sent.
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

/** Whether a read was sent after all other requests of the instance. `answered` is what it had been told when the read was sent. */
export function isLast(root: DocumentRoot, answered: number): boolean {
  return root.isSettled && (root.answered === answered || keepsOrder(root));
}

/**
 * Repeats a read of the local values that came too early: verbs were sent after it, so it lacks what they do. This one waits for them, before all that was
 * called later, and nothing else is sent for the instance before it is answered.
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

/** Asked with each answer that one of them gets, so the one that was not ready is asked first, and most often alone. */
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
  // Whoever is answered makes it go on, and has another flow.
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
    // It may be the first.
    else for (const line of lines) line.advance();
  });
}
