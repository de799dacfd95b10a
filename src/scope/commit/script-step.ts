import type { Operation } from '../../command/operation';
import type { RedatomError } from '../../errors/base';
import type { Argument } from '../../executor/commands/recorded-command';

/** A change of a commit, and where it stands among the others. */
export interface PlacedOperation {
  readonly operation: Operation;
  readonly index: number | undefined;
  /** There are no others. */
  readonly isAlone: boolean;
}

/** What the script gets of a step, and what the error of one that failed says of it. */
interface StepFacts {
  readonly key: string;
  /** All its keys, where it may have others than `key`. */
  readonly keys: readonly string[] | undefined;
  readonly name: string;
  /** All that stands after the key. */
  readonly args: readonly Argument[];
  /** Name of the model whose document it is about. */
  readonly model: string | undefined;
  /** What it is a part of. */
  readonly change: PlacedOperation | undefined;
}

/** Makes the error from what a step has found. */
type Refuse = (found: string) => RedatomError;

type OnReply = (reply: unknown) => void;

/** Changes nothing, and has no reply. */
export interface CheckStep extends StepFacts {
  readonly kind: 'check';
  readonly refuse: Refuse;
  readonly onReply: undefined;
}

/** A write of an operation, or one that accompanies them. */
export interface WriteStep extends StepFacts {
  readonly kind: 'write';
  readonly refuse: undefined;
  readonly onReply: OnReply | undefined;
}

/** Runs a command as it is written. */
export interface RawStep extends StepFacts {
  readonly kind: 'raw';
  readonly refuse: Refuse;
  readonly onReply: OnReply;
}

/** Frees a lock, or hands it over. */
export interface ReleaseStep extends StepFacts {
  readonly kind: 'release';
  readonly refuse: undefined;
  readonly onReply: OnReply;
}

/** A step of the commit script. All kinds have the same members, and are made with them in the same order: what reads them is fast only then. */
export type ScriptStep = CheckStep | WriteStep | RawStep | ReleaseStep;
