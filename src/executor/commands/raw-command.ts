import { refuseUnknown, type NamesOf } from '../../input/options';
import { describe } from '../../input/describe';
import { CommandArgumentError } from '../../errors/command';
import { checkedArguments, type ArgumentLike } from './arguments';
import { keyPositionsOf } from './command-keys';
import { nameOf, type Argument, type RecordedCommand } from './recorded-command';

/** Options of a raw command. */
export interface RawCommandOptions {
  /** Its keys, which must be among its arguments. Default: the keys that the command has in Redis or RedisJSON; for any other command, the first argument. */
  readonly keys?: readonly Argument[] | undefined;
  /** False for a command that changes nothing. Default true. */
  readonly write?: boolean | undefined;
}

const RAW_COMMAND_OPTIONS = { keys: true, write: 'boolean' } satisfies NamesOf<RawCommandOptions>;

/**
 * A command that is sent as written. Its reply is left untouched unless `decode` reads it.
 *
 * @throws {@link CommandArgumentError} it has no name, an argument that is neither text nor bytes, or a key that is none of its arguments.
 */
export function rawCommand(
  args: readonly ArgumentLike[],
  options: RawCommandOptions = {},
  decode: (reply: unknown) => unknown = (reply) => reply,
): RecordedCommand {
  refuseUnknown(options, RAW_COMMAND_OPTIONS, 'customCommand()');
  const { keys, write = true } = options;
  const checked = checkedArguments(args);
  const known = keys === undefined ? keyPositionsOf(checked) : positionsIn(args, keys);
  const keyAt = known ?? (checked.length > 1 ? [1] : []);
  const routingKey = keyAt[0] === undefined ? undefined : checked[keyAt[0]];
  return { args: checked, keyAt, areKeysKnown: known !== undefined, routingKey, write, decode };
}

function positionsIn(args: readonly ArgumentLike[], keys: readonly Argument[]): number[] {
  const wrong = (expected: string, found: unknown): CommandArgumentError =>
    new CommandArgumentError(nameOf({ args: args as readonly Argument[] }), { expected, found: describe(found) });
  if (!Array.isArray(keys)) throw wrong('its keys as a list', keys);
  return keys.map((key: Argument) => {
    const at = args.indexOf(key, 1);
    if (at === -1) throw wrong('each of its keys among its arguments', key);
    return at;
  });
}
