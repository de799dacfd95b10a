import { DoubleReply, MapReply, StatusReply, type Reply } from '../../protocol/reply';
import type { Attribute } from '../../search/definition';
import { searchFault } from '../../search/messages';
import { argument } from '../arguments';
import { CommandError, type Context } from '../command';
import { coverageOf } from './indexed';
import { namedReplies } from './words';

const status = (text: string): StatusReply => new StatusReply(text);

/** FT.INFO. Counts the documents that the index leaves out now; the server counts how often it left one out. */
export function info(context: Context, args: readonly string[]): Reply {
  const index = context.server.indexes.get(argument(args, 1));
  if (index === undefined) throw new CommandError(searchFault.unknownIndex);
  const { documents, leftOut } = coverageOf(context, index);
  const last = leftOut[leftOut.length - 1];
  return namedReplies({
    index_name: status(index.name),
    index_options: [],
    index_definition: namedReplies({
      key_type: status('JSON'),
      prefixes: index.prefixes.map(status),
      default_score: new DoubleReply(1),
    }),
    attributes: [...index.attributes.values()].map((attribute) => describe(attribute, context.version)),
    num_docs: documents.length,
    hash_indexing_failures: leftOut.length,
    indexing: 0,
    percent_indexed: new DoubleReply(1),
    'Index Errors': namedReplies({
      'indexing failures': leftOut.length,
      'last indexing error': status(last?.why ?? 'N/A'),
      'last indexing error key': last?.key ?? 'N/A',
    }),
  });
}

function describe(attribute: Attribute, version: Context['version']): Reply {
  const facts: (readonly [string, string])[] = [
    ['identifier', attribute.path],
    ['attribute', attribute.name],
    ['type', attribute.type],
  ];
  if (attribute.type === 'TAG') facts.push(['SEPARATOR', '']);
  const entries = facts.map(([name, value]) => [status(name), status(value)] as const);
  const flags = flagsOf(attribute).map(status);
  return version === 3 ? new MapReply([...entries, [status('flags'), flags]]) : [...entries.flat(), ...flags];
}

function flagsOf({ caseSensitive, sortable, indexEmpty, indexMissing }: Attribute): string[] {
  return [
    ...(caseSensitive ? ['CASESENSITIVE'] : []),
    ...(sortable ? ['SORTABLE', 'UNF'] : []),
    ...(indexEmpty ? ['INDEXEMPTY'] : []),
    ...(indexMissing ? ['INDEXMISSING'] : []),
  ];
}
