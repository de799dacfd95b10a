import { findValues } from '../../json/evaluate';
import { asDouble, isNumeric } from '../../json/number';
import { print } from '../../json/print';
import type { JsonValue } from '../../json/value';
import { generalText } from '../../lua/number-text';
import { MapReply, StatusReply, type Reply } from '../../protocol/reply';
import type { IndexDefinition } from '../../search/definition';
import { LIST } from '../../search/field-values';
import { searchFault } from '../../search/messages';
import { checkQuery, matches } from '../../search/match';
import { parseQuery } from '../../search/parse-query';
import { CommandError, type Context } from '../command';
import { coverageOf, type IndexedDocument } from './indexed';
import { readSearchOptions, type SearchOptions } from './search-options';
import { namedReplies, unsupported } from './words';

/** FT.SEARCH. */
export function search(context: Context, args: readonly string[]): Reply {
  const options = readSearchOptions(args);
  const index = context.server.indexes.get(options.index);
  if (index === undefined) throw new CommandError(searchFault.noIndex(options.index));
  const expression = parseQuery(options.query, options.parameters);
  checkQuery(expression, index);
  checkSort(options, index);
  const found = coverageOf(context, index).documents.filter(({ entry }) => matches(expression, entry, index));
  const { offset, count } = options.limit;
  const page = sorted(found, options).slice(offset, offset + count);
  const rows = page.map((one) => ({ key: one.key, fields: fieldsOf(one, options, index) }));
  return context.version === 3 ? mapOf(found.length, rows) : listOf(found.length, rows);
}

function checkSort({ sort, fields }: SearchOptions, { attributes }: IndexDefinition): void {
  if (sort === undefined) return;
  const attribute = attributes.get(sort.name);
  if (attribute === undefined) throw new CommandError(searchFault.noProperty(sort.name));
  if (!attribute.sortable) throw unsupported('SORTBY with an attribute that is not SORTABLE');
  if (fields?.includes(sort.name) === true) throw unsupported('RETURN of the attribute of SORTBY');
}

/** Documents without a value come last, whatever the direction. */
function sorted(documents: readonly IndexedDocument[], { sort }: SearchOptions): readonly IndexedDocument[] {
  if (sort === undefined) return documents;
  const valueOf = ({ entry }: IndexedDocument): string | number | undefined => sortValueOf(entry, sort.name);
  const having = documents.filter((one) => valueOf(one) !== undefined).sort((left, right) => compare(valueOf(left), valueOf(right)));
  const lacking = documents.filter((one) => valueOf(one) === undefined);
  return sort.descending ? [...having.reverse(), ...lacking.reverse()] : [...having, ...lacking];
}

function sortValueOf(entry: IndexedDocument['entry'], name: string): string | number | undefined {
  const value = entry.get(name)?.sortValue;
  if (value === LIST) throw unsupported('SORTBY with a list');
  return value;
}

function compare(left: string | number | undefined, right: string | number | undefined): number {
  if (left === right || left === undefined || right === undefined) return 0;
  return left < right ? -1 : 1;
}

type Fields = ReadonlyMap<string, Reply>;

/** The fields that are returned for a document; undefined when only its key is. */
function fieldsOf({ document, entry }: IndexedDocument, { fields, sort }: SearchOptions, index: IndexDefinition): Fields | undefined {
  if (fields?.length === 0) return undefined;
  const answered = new Map<string, Reply>();
  if (fields === undefined) {
    const value = sort && sortValueOf(entry, sort.name);
    if (sort !== undefined && value !== undefined) answered.set(sort.name, typeof value === 'number' ? numberText(value) : value);
    return answered.set('$', textOf(document.root));
  }
  for (const field of fields) {
    const path = field === '$' ? field : index.attributes.get(field)?.path;
    const [value] = path === undefined ? [] : findValues(document.root, path);
    if (value !== undefined) answered.set(field, textOf(value));
  }
  return answered;
}

function textOf(value: JsonValue): string | null {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? '1' : '0';
  return isNumeric(value) ? numberText(asDouble(value)) : print(value);
}

/** Integers that fit 64 bits in full, all other numbers with twelve digits. */
function numberText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value).toString() : generalText(value, 12);
}

interface Row {
  readonly key: string;
  readonly fields: Fields | undefined;
}

function listOf(total: number, rows: readonly Row[]): Reply {
  return [total, ...rows.flatMap(({ key, fields }) => (fields === undefined ? [key] : [key, new MapReply([...fields])]))];
}

function mapOf(total: number, rows: readonly Row[]): Reply {
  return namedReplies({
    attributes: [],
    total_results: total,
    format: new StatusReply('STRING'),
    results: rows.map(({ key, fields }) =>
      namedReplies({ id: key, ...(fields === undefined ? {} : { extra_attributes: new MapReply([...fields]) }), values: [] }),
    ),
    warning: [],
  });
}
