import { fault } from '../../messages';
import { QueryError } from '../../search/expression';
import { searchFault } from '../../search/messages';
import { MapReply, StatusReply, type Reply } from '../../protocol/reply';
import type { Options } from '../arguments';
import { CommandError, commandsOf, ONE_KEY, type Command, type Context, type Flag } from '../command';

const command = commandsOf('search');

interface SearchCommand {
  readonly name: string;
  readonly flags: readonly Flag[];
  /** The fewest and the most words of a request, which the module checks itself. */
  readonly words: readonly [least: number, most: number];
  readonly notes?: string;
  readonly run: (context: Context, args: readonly string[]) => Reply;
}

/** A command of the FT family. As in the server, the name of the index counts as a key, if the command takes one. */
export function searchCommand({ name, flags, words: [least, most], notes, run }: SearchCommand): Command {
  return command([name, -1, [...flags, 'module']], {
    keys: most > 1 ? ONE_KEY : undefined,
    notes,
    run: (context, args) => {
      if (args.length < least || args.length > most) throw new CommandError(fault.arity(name.toUpperCase()));
      try {
        return run(context, args);
      } catch (error) {
        throw error instanceof QueryError ? new CommandError(error.message) : error;
      }
    },
  });
}

export function unsupported(what: string): CommandError {
  return new CommandError(fault.unsupported(what));
}

/** The words after an option that states their number first, as in `PREFIX 1 user:`. */
export function countedWords(options: Options, option: string): string[] {
  const refused = (why: string): CommandError => new CommandError(searchFault.badArguments(option, why));
  if (options.done) throw refused(searchFault.argumentExpected);
  const word = options.take();
  if (!/^-?\d+$/.test(word)) throw refused(searchFault.notConvertible);
  const count = Number(word);
  if (count < 0) throw refused(searchFault.outOfBounds);
  if (options.left < count) throw refused(searchFault.argumentExpected);
  return Array.from({ length: count }, () => options.take());
}

/** A map whose names are status replies, as in the module. */
export function namedReplies(replies: Readonly<Record<string, Reply>>): MapReply {
  return new MapReply(Object.entries(replies).map(([name, reply]) => [new StatusReply(name), reply]));
}
