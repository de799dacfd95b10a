import { RedisConnectionError } from '../errors/connection';
import { runWithin } from '../executor/run-within';
import type { CallOptions } from '../executor/executor';
import { checkedLimits, refuseUnknownLimits } from '../executor/limits';
import { promised } from '../executor/promised';
import { openPipelineOf } from './dispatch';
import type { DocumentRoot } from './document-root';

/**
 * Starts a write of local values as they are: what verbs under way change here only when they are answered would be written over. The wait counts as a part
 * of the call; `start` gets what is left of its limits.
 */
export function onceSettled<R>(
  root: DocumentRoot,
  call: CallOptions | undefined,
  start: (call: CallOptions | undefined) => Promise<R>,
): Promise<R> {
  return promised(() => {
    if (root.isSettled || openPipelineOf(root) !== undefined) return start(call);
    return settledWithin(root, call).then((left) => onceSettled(root, left, start));
  });
}

/**
 * Waits for the verbs of an instance that are under way. Resolves to what is left of the limits of the call that waits.
 *
 * @throws {@link RedisConnectionError} its time is over, or its signal has aborted.
 */
export async function settledWithin(root: DocumentRoot, call: CallOptions = {}): Promise<CallOptions> {
  refuseUnknownLimits(call);
  const { signal, timeoutMs } = checkedLimits(call);
  const began = performance.now();
  const reason = await runWithin({ signal, timeoutMs }, () => root.whenSettled());
  if (reason !== undefined) {
    const facts = { model: root.model, key: root.key, cause: reason };
    throw new RedisConnectionError('the call was given up while it waited for other verbs of the instance; it did not run', facts);
  }
  return timeoutMs === undefined ? call : { signal, timeoutMs: Math.max(timeoutMs - (performance.now() - began), 1) };
}
