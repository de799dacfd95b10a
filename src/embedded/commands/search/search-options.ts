import { searchFault } from '../../search/messages';
import { argument, Options, pairsOf } from '../arguments';
import { CommandError } from '../command';
import { countedWords, unsupported } from './words';

/** The arguments of FT.SEARCH. */
export interface SearchOptions {
  readonly index: string;
  readonly query: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** Names of the fields to return for each document; undefined for the whole document. */
  readonly fields: readonly string[] | undefined;
  readonly sort: Sort | undefined;
  readonly limit: { readonly offset: number; readonly count: number };
}

interface Sort {
  readonly name: string;
  readonly descending: boolean;
}

type Writable = { -readonly [key in keyof SearchOptions]: SearchOptions[key] };

const LARGEST = 1_000_000;
/** Options of the server that are not supported, and are refused by name. */
const UNSUPPORTED = new Set([
  ...['VERBATIM', 'NOSTOPWORDS', 'WITHSCORES', 'WITHPAYLOADS', 'WITHSORTKEYS', 'WITHCOUNT', 'WITHOUTCOUNT', 'FILTER', 'GEOFILTER'],
  ...['INKEYS', 'INFIELDS', 'SUMMARIZE', 'HIGHLIGHT', 'SLOP', 'INORDER', 'LANGUAGE', 'EXPANDER', 'SCORER', 'EXPLAINSCORE', 'PAYLOAD'],
  ...['FORMAT'],
]);

export function readSearchOptions(args: readonly string[]): SearchOptions {
  if (args.length < 3) throw new CommandError(searchFault.noQuery);
  const read: Writable = {
    index: argument(args, 1),
    query: argument(args, 2),
    parameters: new Map(),
    fields: undefined,
    sort: undefined,
    limit: { offset: 0, count: 10 },
  };
  const options = new Options(args, 3);
  const state = { dialect: 1, hasParameters: false, hasContent: true };
  while (!options.done) {
    const word = options.take();
    const option = word.toUpperCase();
    if (option === 'NOCONTENT') state.hasContent = false;
    else if (option === 'RETURN') read.fields = readFields(options);
    else if (option === 'SORTBY') read.sort = readSort(options, read.sort);
    else if (option === 'LIMIT') read.limit = readLimit(options);
    else if (option === 'PARAMS') {
      if (state.hasParameters) throw new CommandError(searchFault.severalParameters);
      state.hasParameters = true;
      read.parameters = readParameters(options);
    } else if (option === 'TIMEOUT') readNumber(options, { none: searchFault.timeoutMissing, bad: searchFault.timeoutNumber });
    else if (option === 'DIALECT') state.dialect = readDialect(options);
    else if (UNSUPPORTED.has(option)) throw unsupported(`${option} in FT.SEARCH`);
    else throw new CommandError(searchFault.unknownOption(word, args.length - options.left - 3));
  }
  if (state.dialect !== 2) throw unsupported('FT.SEARCH without DIALECT 2');
  if (!state.hasContent) read.fields = [];
  return read;
}

function readFields(options: Options): string[] {
  const fields = countedWords(options, 'RETURN');
  const refused = fields.find((field) => field.toUpperCase() === 'AS' || field === '__key' || /^\$./.test(field));
  if (refused !== undefined) throw unsupported(`'${refused}' in RETURN`);
  return fields;
}

function readSort(options: Options, earlier: Sort | undefined): Sort {
  if (earlier !== undefined) throw new CommandError(searchFault.severalSorts);
  if (options.done) throw new CommandError(searchFault.sortWords);
  const name = options.take();
  const descending = options.accept('DESC');
  if (!descending) options.accept('ASC');
  return { name, descending };
}

function readLimit(options: Options): SearchOptions['limit'] {
  if (options.left < 2) throw new CommandError(searchFault.limitWords);
  const words = [options.take(), options.take()];
  if (!words.every((word) => /^\d+$/.test(word))) throw new CommandError(searchFault.limitNumbers);
  const [offset, count] = words.map(Number) as [number, number];
  if (count > LARGEST) throw new CommandError(searchFault.limitTooLarge('LIMIT', LARGEST));
  if (offset > LARGEST) throw new CommandError(searchFault.limitTooLarge('OFFSET', LARGEST));
  return { offset, count };
}

function readParameters(options: Options): Map<string, string> {
  const words = countedWords(options, 'PARAMS');
  const pairs = words.length === 0 ? undefined : pairsOf(words);
  if (pairs === undefined) throw new CommandError(searchFault.parameterPairs);
  const parameters = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (parameters.has(name)) throw new CommandError(searchFault.duplicateParameter(name));
    parameters.set(name, value);
  }
  return parameters;
}

function readNumber(options: Options, texts: { readonly none: string; readonly bad: string }): number {
  if (options.done) throw new CommandError(texts.none);
  const word = options.take();
  if (!/^\d+$/.test(word)) throw new CommandError(texts.bad);
  return Number(word);
}

function readDialect(options: Options): number {
  const dialect = readNumber(options, { none: searchFault.dialectMissing, bad: searchFault.dialectNumber });
  if (dialect < 1 || dialect > 4) throw new CommandError(searchFault.dialectNumber);
  return dialect;
}
