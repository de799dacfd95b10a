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

/** A step of the commit script. */
export interface ScriptStep {
  /** A check changes nothing and has no reply, a raw command runs as it is written, and a release frees a lock or hands it over. */
  readonly kind: 'check' | 'write' | 'raw' | 'release';
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
  /** Makes the error of a check or a raw command from what it has found. */
  readonly refuse: ((found: string) => RedatomError) | undefined;
  readonly onReply: ((reply: unknown) => void) | undefined;
}

/** Makes a step. All have the same members in the same order: what reads them is fast only then. */
export function stepOf({
  kind,
  key,
  keys,
  name,
  args,
  model,
  change,
  refuse,
  onReply,
}: Pick<ScriptStep, 'kind' | 'key' | 'name' | 'args'> & Partial<ScriptStep>): ScriptStep {
  return { kind, key, keys, name, args, model, change, refuse, onReply };
}
