import { AsyncResource } from 'node:async_hooks';
import { PipelineNeedsReplyError } from '../errors/commit';
import { RedisConnectionError } from '../errors/connection';
import { watchLimits } from '../executor/deadline';
import type { CallOptions } from '../executor/executor';
import { checkedLimits, refuseUnknownLimits } from '../executor/limits';
import { promised } from '../executor/promised';
import { openPipelineOf } from './dispatch';
import type { DocumentRoot } from './document-root';
import { requireFresh } from './freshness';
import { Line, type Waiting } from './line';

type Manner = Pick<Waiting, 'needsRest' | 'isAlone'>;

const BEHIND_OTHERS: Manner = { needsRest: false, isAlone: false };
const AT_REST: Manner = { needsRest: true, isAlone: false };
const ALONE_AT_REST: Manner = { needsRest: true, isAlone: true };

/** Starts what is sent for an instance: at once, or behind what waits. The wait counts as a part of the call; `start` gets what is left of its limits. */
export function inTurn<R>(
  root: DocumentRoot,
  call: CallOptions | undefined,
  start: (call: CallOptions | undefined) => Promise<R>,
): Promise<R> {
  return root.line === undefined ? start(call) : wait(root, BEHIND_OTHERS, { call, start });
}

/** The same for what is sent for several instances. */
export function inTurnOfAll<R>(roots: readonly DocumentRoot[], call: CallOptions, start: (call: CallOptions) => Promise<R>): Promise<R> {
  const root = roots.find(({ line }) => line !== undefined);
  if (root === undefined) return start(call);
  return wait(root, BEHIND_OTHERS, { call, start: (left) => inTurnOfAll(roots, left, start) });
}

/**
 * Starts a write of local values as they are: what verbs under way change here only when they are answered would be written over. What is called later for the
 * instance is sent after it.
 *
 * @throws {@link RedisConnectionError} its time is over, or its signal has aborted, before it was sent.
 * @throws {@link OutcomeUnknownError} a verb that it waited for got no answer.
 */
export function atRest<R>(
  root: DocumentRoot,
  { verb, call }: { verb: string; call: CallOptions | undefined },
  start: (call: CallOptions | undefined) => Promise<R>,
): Promise<R> {
  return promised(() => {
    const isAtRest = root.isSettled && root.line === undefined;
    if (openPipelineOf(root) !== undefined && !isAtRest) {
      const facts = { model: root.model, key: root.key };
      throw new PipelineNeedsReplyError(verb, 'await the verbs of the instance before the pipeline', facts);
    }
    if (isAtRest) return start(call);
    const { unknowns } = root;
    const startFresh = (left: CallOptions): Promise<R> => {
      if (root.unknowns !== unknowns) requireFresh(root);
      return start(left);
    };
    return wait(root, AT_REST, { call, start: startFresh });
  });
}

/** Reads local values anew when verbs were sent after the read that would have done it. They would be missing, or what follows would be lost. */
export function readAtRest<R>(root: DocumentRoot, call: CallOptions | undefined, start: (call: CallOptions) => Promise<R>): Promise<R> {
  return wait(root, ALONE_AT_REST, { call, start });
}

function wait<R>(
  root: DocumentRoot,
  manner: Manner,
  { call = {}, start }: { call: CallOptions | undefined; start: (call: CallOptions) => Promise<R> },
): Promise<R> {
  refuseUnknownLimits(call);
  const { signal, timeoutMs } = checkedLimits(call);
  const began = performance.now();
  // Whoever is answered makes it go on, and has another flow.
  const flow = new AsyncResource('redatom:waiting');
  const line = (root.line ??= new Line(root));
  return new Promise((resolve, reject) => {
    const giveUp = (cause: unknown): void => {
      if (!line.leave(one)) return;
      stopWaiting();
      const facts = { model: root.model, key: root.key, cause };
      reject(new RedisConnectionError('the call was given up while it waited for other verbs of the instance; it did not run', facts));
    };
    const one: Waiting = {
      ...manner,
      enter: () => {
        stopWaiting();
        const left = timeoutMs === undefined ? call : { signal, timeoutMs: Math.max(timeoutMs - (performance.now() - began), 1) };
        const sent = flow.runInAsyncScope(() => promised(() => start(left)));
        resolve(sent);
        return sent;
      },
    };
    const stopWaiting = watchLimits({ signal, timeoutMs }, giveUp);
    line.join(one);
    if (signal?.aborted === true) giveUp(signal.reason);
    // Those who wait at rest may be the first.
    else line.advance();
  });
}
