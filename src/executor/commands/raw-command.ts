import { refuseUnknown } from '../known-options';
import { checkedArguments, type ArgumentLike } from './arguments';
import { keyPositionsOf } from './command-keys';
import type { Argument, RecordedCommand } from './recorded-command';

/** What a raw command says about itself. */
export interface RawCommandOptions {
  /** Its keys, where they cannot be told from its name. */
  readonly keys?: readonly Argument[];
  /** False for a command that changes nothing. Default true. */
  readonly write?: boolean;
}

const RAW_COMMAND_OPTIONS: readonly string[] = ['keys', 'write'] satisfies (keyof RawCommandOptions)[];

/**
 * A command that is sent as it is written, its reply untouched unless `decode` reads it.
 *
 * @throws {@link CommandArgumentError} it has no name, or an argument that is neither text nor bytes.
 */
export function rawCommand(
  args: readonly ArgumentLike[],
  options: RawCommandOptions = {},
  decode: (reply: unknown) => unknown = (reply) => reply,
): RecordedCommand {
  refuseUnknown(options, RAW_COMMAND_OPTIONS, 'customCommand()');
  const { keys, write = true } = options;
  const checked = checkedArguments(args);
  const keyAt = keys === undefined ? keyPositionsOf(checked) : keys.map((key) => args.indexOf(key, 1));
  const routingKey = keyAt[0] === undefined ? undefined : checked[keyAt[0]];
  return { args: checked, keyAt, routingKey, write, decode };
}
