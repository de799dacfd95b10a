import { describe } from '../../codec/codec';
import { CommandArgumentError } from '../../errors/command';
import type { Argument } from './recorded-command';

/** A copy of the arguments of a command. A server says nothing to a command without a name, and all replies after it would be those of others. */
export function checkedArguments(args: readonly Argument[]): Argument[] {
  if (!Array.isArray(args)) throw new CommandArgumentError('a command', "a list such as ['GET', 'key']", describe(args));
  if (args.length === 0 || String(args[0]).trim() === '')
    throw new CommandArgumentError('a command', 'its name first', args.length === 0 ? 'an empty list' : 'an empty name');
  return [...(args as readonly Argument[])];
}
