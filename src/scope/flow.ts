import { AsyncLocalStorage } from 'node:async_hooks';
import type { HeldLock } from './held-lock';
import type { PipelineScope } from './pipeline-scope';

/** A document in a transaction that compares versions. */
export interface Transacted {
  readonly key: string;
  readonly executor: object;
  /** Set when the transaction has ended; work that was not awaited may go on after it. */
  isOver: boolean;
}

/** What an async flow carries along: its open pipeline, the locks it holds, and the documents in transactions around it. */
interface Flow {
  readonly pipeline: PipelineScope | undefined;
  readonly locks: readonly HeldLock[];
  readonly transacted: readonly Transacted[];
}

const storage = new AsyncLocalStorage<Flow | undefined>();

export function currentFlow(): Flow | undefined {
  return storage.getStore();
}

/** Runs work that is not part of any open pipeline. */
export function runOutsideFlows<T>(work: () => T): T {
  return storage.exit(work);
}

/** Continues in an earlier flow, whatever the flow of the caller. */
export function resumeFlow<T>(flow: Flow | undefined, work: () => T): T {
  return storage.getStore() === flow ? work() : storage.run(flow, work);
}

/** Runs work with something added to the flow. */
export function runInFlow<T>(added: Partial<Flow>, work: () => T): T {
  const { pipeline, locks = [], transacted = [] } = storage.getStore() ?? { pipeline: undefined };
  return storage.run(
    {
      pipeline: added.pipeline ?? pipeline,
      locks: added.locks === undefined ? locks : holding(locks, added.locks),
      transacted: added.transacted === undefined ? transacted : [...transacted, ...added.transacted],
    },
    work,
  );
}

/**
 * Work that outlives its section, such as timers, still has the lock of that section, which is over. When it takes the lock anew, the old one is
 * replaced, since it guards nothing any more.
 */
function holding(before: readonly HeldLock[], added: readonly HeldLock[]): readonly HeldLock[] {
  if (before.length === 0) return added;
  const isReplaced = (old: HeldLock): boolean =>
    old.isOver && added.some(({ lockKey, executor }) => lockKey === old.lockKey && old.guards(executor));
  return [...before.filter((old) => !isReplaced(old)), ...added];
}
