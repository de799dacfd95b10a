import { AsyncLocalStorage } from 'node:async_hooks';
import type { PipelineScope } from './pipeline-scope';

/** A lock that the present flow holds, as far as commits need to know it. */
export interface HeldLock {
  readonly documentKey: string;
  readonly lockKey: string;
  readonly action: string;
  readonly token: string;
  /** Known here to be over: lost, or released. */
  readonly isOver: boolean;
}

/** What an async flow carries along: its open pipeline and the locks it holds. */
export interface Flow {
  readonly pipeline: PipelineScope | undefined;
  readonly locks: readonly HeldLock[];
}

const storage = new AsyncLocalStorage<Flow>();

export function currentFlow(): Flow | undefined {
  return storage.getStore();
}

/** Runs work with something added to the flow. */
export function runInFlow<T>(added: Partial<Flow>, work: () => T): T {
  const { pipeline, locks = [] } = storage.getStore() ?? { pipeline: undefined };
  return storage.run({ pipeline: added.pipeline ?? pipeline, locks: added.locks === undefined ? locks : [...locks, ...added.locks] }, work);
}
