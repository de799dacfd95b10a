import { ok, SetReply, StatusReply, type Reply } from '../../protocol/reply';
import { searchFault } from '../../search/messages';
import { argument } from '../arguments';
import { CommandError, type Command, type Context } from '../command';
import { create } from './create';
import { coverageOf } from './indexed';
import { info } from './info';
import { search } from './search';
import { searchCommand } from './words';

/** FT.DROPINDEX. As in the server, DD does not delete documents that the index left out, and any other word is ignored. */
function drop(context: Context, args: readonly string[]): Reply {
  const { server } = context;
  const index = server.indexes.get(argument(args, 1));
  if (index === undefined) throw new CommandError(searchFault.unknownIndexToDrop);
  if (args[2]?.toUpperCase() === 'DD') for (const { key } of coverageOf(context, index).documents) server.database(0).delete(key);
  server.indexes.delete(index.name);
  return ok;
}

export const searchCommands: readonly Command[] = [
  searchCommand({
    name: 'ft.create',
    flags: ['write', 'denyoom'],
    words: [5, Infinity],
    notes: 'ON JSON, PREFIX, TAG and NUMERIC; covers database 0, and what is there at once',
    run: create,
  }),
  searchCommand({
    name: 'ft.search',
    flags: ['readonly'],
    words: [2, Infinity],
    notes: 'NOCONTENT, RETURN, SORTBY, LIMIT, PARAMS, TIMEOUT without effect, DIALECT 2',
    run: search,
  }),
  searchCommand({ name: 'ft.info', flags: ['readonly'], words: [2, Infinity], notes: 'the facts that clients read', run: info }),
  searchCommand({
    name: 'ft._list',
    flags: ['readonly'],
    words: [1, 1],
    run: ({ server }) => new SetReply([...server.indexes.keys()].map((name) => new StatusReply(name))),
  }),
  searchCommand({ name: 'ft.dropindex', flags: ['write'], words: [2, 3], run: drop }),
];
