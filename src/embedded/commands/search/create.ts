import { compilePath, PathSyntaxError } from '../../json/path';
import { ok, type Reply } from '../../protocol/reply';
import type { Attribute, IndexDefinition } from '../../search/definition';
import { searchFault } from '../../search/messages';
import { argument, Options } from '../arguments';
import { CommandError, type Context } from '../command';
import { countedWords, unsupported } from './words';

const UNSUPPORTED_OPTIONS = new Set([
  ...['FILTER', 'LANGUAGE', 'LANGUAGE_FIELD', 'SCORE', 'SCORE_FIELD', 'PAYLOAD_FIELD', 'MAXTEXTFIELDS', 'TEMPORARY', 'NOOFFSETS'],
  ...['NOHL', 'NOFIELDS', 'NOFREQS', 'STOPWORDS', 'SKIPINITIALSCAN'],
]);
const UNSUPPORTED_TYPES = new Set(['TEXT', 'GEO', 'GEOSHAPE', 'VECTOR']);
const UNSUPPORTED_FIELD_OPTIONS = ['SEPARATOR', 'WITHSUFFIXTRIE', 'NOINDEX', 'PHONETIC', 'WEIGHT', 'NOSTEM'];

/** FT.CREATE. Existing documents are covered at once; the server indexes them in the background. */
export function create(context: Context, args: readonly string[]): Reply {
  const { server, database } = context;
  const name = argument(args, 1);
  if (database.index !== 0) throw new CommandError(searchFault.otherDatabase);
  if (server.indexes.has(name)) throw new CommandError(searchFault.indexExists);
  server.indexes.set(name, readDefinition(name, new Options(args, 2)));
  return ok;
}

function readDefinition(name: string, options: Options): IndexDefinition {
  let prefixes = [''];
  let type = 'HASH';
  for (;;) {
    if (options.done) throw new CommandError(searchFault.noSchema);
    const word = options.take();
    const option = word.toUpperCase();
    if (option === 'SCHEMA') break;
    if (option === 'ON' && !options.done) type = options.take();
    else if (option === 'PREFIX') prefixes = countedWords(options, option);
    else if (UNSUPPORTED_OPTIONS.has(option)) throw unsupported(`${option} in FT.CREATE`);
    else throw new CommandError(searchFault.unknownArgument(word));
  }
  if (type.toUpperCase() === 'HASH') throw unsupported('indexes of hashes');
  if (type.toUpperCase() !== 'JSON') throw new CommandError(searchFault.ruleType(type));
  return { name, prefixes: prefixes.length === 0 ? [''] : prefixes, attributes: readAttributes(options) };
}

function readAttributes(options: Options): Map<string, Attribute> {
  if (options.done) throw new CommandError(searchFault.noFields);
  const attributes = new Map<string, Attribute>();
  while (!options.done) {
    const attribute = readAttribute(options);
    if (attributes.has(attribute.name)) throw new CommandError(searchFault.duplicateField(attribute.name));
    attributes.set(attribute.name, attribute);
  }
  return attributes;
}

function readAttribute(options: Options): Attribute {
  const path = options.take();
  const name = options.accept('AS') ? nameOf(options) : path;
  if (options.done) throw new CommandError(searchFault.noType(name));
  const type = options.next();
  if (UNSUPPORTED_TYPES.has(type)) throw unsupported(`${type} in FT.CREATE`);
  if (type !== 'TAG' && type !== 'NUMERIC') throw new CommandError(searchFault.fieldType(name));
  refuseUnclearPath(path);
  return { path, name, type, ...readFieldOptions(options, type) };
}

function nameOf(options: Options): string {
  if (options.done) throw new CommandError(searchFault.noName);
  return options.take();
}

/** Reads options up to an unknown word, which begins the next field. */
function readFieldOptions(options: Options, type: Attribute['type']): Omit<Attribute, 'path' | 'name' | 'type'> {
  const given = new Set<string>();
  const known = type === 'TAG' ? ['CASESENSITIVE', 'INDEXEMPTY', 'INDEXMISSING'] : ['INDEXMISSING'];
  for (let found = acceptOneOf(options, known); found !== undefined; found = acceptOneOf(options, known)) given.add(found);
  // UNF changes nothing, because values of JSON documents are always sorted as they are.
  const sortable = options.accept('SORTABLE');
  if (sortable) options.accept('UNF');
  const refused = acceptOneOf(options, UNSUPPORTED_FIELD_OPTIONS);
  if (refused !== undefined) throw unsupported(`${refused} in FT.CREATE`);
  return {
    caseSensitive: given.has('CASESENSITIVE'),
    indexEmpty: given.has('INDEXEMPTY'),
    indexMissing: given.has('INDEXMISSING'),
    sortable,
  };
}

function acceptOneOf(options: Options, words: readonly string[]): string | undefined {
  return words.find((word) => options.accept(word));
}

/** The server accepts any text as a path, but finds nothing by a path that it cannot understand. Here such a path is refused. */
function refuseUnclearPath(path: string): void {
  try {
    if (path.startsWith('$')) compilePath(path);
    else throw new PathSyntaxError();
  } catch (error) {
    if (error instanceof PathSyntaxError) throw unsupported(`the path '${path}' in FT.CREATE`);
    throw error;
  }
}
