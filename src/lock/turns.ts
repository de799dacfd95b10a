import type { Executor } from '../executor/executor';
import { LONGEST_TIMER_MS } from '../executor/timer';

interface Waiter {
  readonly enter: () => void;
}

/** Those who want one lock in this process, first come first served: only the first of them asks the server. */
const lines = new WeakMap<Executor, Map<string, Waiter[]>>();

/** Ends the turn, so that the next one of this process may ask. */
export type EndTurn = () => void;

/** Waits for the turn at a lock, if there is a line. Undefined when the turn did not come in time. */
export function takeTurn(
  executor: Executor,
  lockKey: string,
  limits: { waitMs: number; signal?: AbortSignal | undefined },
): EndTurn | Promise<EndTurn | undefined> {
  const lockLines = linesOf(executor);
  const line = lockLines.get(lockKey);
  const end: EndTurn = () => {
    const now = lockLines.get(lockKey);
    now?.shift();
    if (now?.length === 0) lockLines.delete(lockKey);
    else now?.[0]?.enter();
  };
  if (line === undefined) {
    lockLines.set(lockKey, [{ enter: () => undefined }]);
    return end;
  }
  return standInLine(line, limits).then((entered) => (entered ? end : undefined));
}

function linesOf(executor: Executor): Map<string, Waiter[]> {
  let lockLines = lines.get(executor);
  if (lockLines === undefined) lines.set(executor, (lockLines = new Map<string, Waiter[]>()));
  return lockLines;
}

function standInLine(line: Waiter[], { waitMs, signal }: { waitMs: number; signal?: AbortSignal | undefined }): Promise<boolean> {
  return new Promise((resolve) => {
    const waiter: Waiter = { enter: () => settle(true) };
    const leave = (): void => settle(false);
    const timer = setTimeout(leave, Math.min(waitMs, LONGEST_TIMER_MS));
    const settle = (entered: boolean): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
      if (!entered) line.splice(line.indexOf(waiter), 1);
      resolve(entered);
    };
    signal?.addEventListener('abort', leave, { once: true });
    line.push(waiter);
    if (signal?.aborted === true) leave();
  });
}
