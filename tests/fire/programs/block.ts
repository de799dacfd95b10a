import type { AtomicRedisModel } from 'redatom';
import type { Draw } from './contract';
import { expectState, type Call, type Run } from './run';
import { takenOver } from './twins';

/** Steps that are run in one of the ways of this folder. */
export interface Block {
  readonly calls: readonly Call[];
  /** Steps of another part of the block. */
  readonly more: readonly Call[];
  /** Chooses between two ways for the block to go on. */
  readonly isOdd: boolean;
  readonly draw: Draw;
}

/** Runs a block. Resolves to what is then stored and held by the instance; the earlier model stays as it was. */
export type RunBlock = <It extends AtomicRedisModel, Twin extends object>(run: Run<It, Twin>, block: Block) => Promise<Twin>;

export const throwing = (message: string): never => {
  throw new Error(message);
};

/** Ends a block whose local changes were not written: they are saved now, or dropped. */
export async function endPending<It extends AtomicRedisModel, Twin extends object>(
  run: Run<It, Twin>,
  twin: Twin,
  isKept: boolean,
): Promise<Twin> {
  await expectState(run, { stored: run.model, local: twin });
  await (isKept ? run.it.saveChanges() : run.it.load());
  return isKept ? twin : takenOver(twin, run.model);
}
