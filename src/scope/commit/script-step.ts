import type { Operation } from '../../command/operation';
import type { RedatomError } from '../../errors/base';
import type { Argument } from '../../executor/commands/recorded-command';

/** A change of a commit, and its position among the others. */
export interface PlacedOperation {
  readonly operation: Operation;
  readonly index: number | undefined;
  /** The commit has no other changes. */
  readonly isAlone: boolean;
}

/** A step of the commit script. */
export interface ScriptStep {
  /** A check changes nothing and has no reply, a raw command runs as written, and a release frees a lock or hands it over. */
  readonly kind: 'check' | 'write' | 'raw' | 'release';
  readonly key: string;
  /** All its keys, if it may have others than `key`. */
  readonly keys: readonly string[] | undefined;
  readonly name: string;
  /** The arguments after the key. */
  readonly args: readonly Argument[];
  /** Name of the model of the document. */
  readonly model: string | undefined;
  /** The change to which it belongs. */
  readonly change: PlacedOperation | undefined;
  /** Makes the error of a check or a raw command from what was found. */
  readonly refuse: ((found: string) => RedatomError) | undefined;
  readonly onReply: ((reply: unknown) => void) | undefined;
}

/** Makes a step. All steps have the same members in the same order, which keeps reading them fast. */
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
