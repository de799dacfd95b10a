import type { Reply } from '../protocol/reply';
import { argument } from './arguments';
import type { Command, Context } from './command';

/** A subcommand: the number of words including both names, negative for "at least", and what it does. */
export interface Subcommand {
  readonly arity: number;
  readonly run: (context: Context, args: readonly string[]) => Reply;
}

/** A command whose second word says what it does. */
export function subcommands(table: Readonly<Record<string, Subcommand>>): Required<Pick<Command, 'run' | 'subcommands'>> {
  const known = new Map(Object.entries(table));
  return {
    subcommands: new Map([...known].map(([name, { arity }]) => [name, arity])),
    run: (context, args) => (known.get(argument(args, 1).toLowerCase()) as Subcommand).run(context, args),
  };
}
