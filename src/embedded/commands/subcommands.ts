import { fault } from '../messages';
import type { Reply } from '../protocol/reply';
import { argument } from './arguments';
import { CommandError, type Context } from './command';

/** A subcommand: the number of words including both names, negative for "at least", and what it does. */
export interface Subcommand {
  readonly arity: number;
  readonly run: (context: Context, args: readonly string[]) => Reply;
}

/** Runs the subcommand that the second word names. */
export function subcommands(
  command: string,
  table: Readonly<Record<string, Subcommand>>,
): (context: Context, args: readonly string[]) => Reply {
  const known = new Map(Object.entries(table));
  return (context, args) => {
    const name = argument(args, 1).toLowerCase();
    const subcommand = known.get(name);
    if (subcommand === undefined) throw unknownSubcommand(command, args);
    const { arity } = subcommand;
    if (arity < 0 ? args.length < -arity : args.length !== arity) throw new CommandError(fault.arity(`${command}|${name}`));
    return subcommand.run(context, args);
  };
}

export function unknownSubcommand(command: string, args: readonly string[]): CommandError {
  return new CommandError(fault.unknownSubcommand(argument(args, 1).slice(0, 128), command));
}
