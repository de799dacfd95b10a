import { createHash } from 'node:crypto';
import { oncePer } from '../memo/once-per';
import { SchemaError } from '../errors/definition';
import type { ModelSchema } from '../schema/model-schema';
import { allFieldsOf, indexedFieldsOf, type IndexedField } from './indexed-fields';

/** The index of a class. */
export interface IndexDefinition {
  /** Its name on the server, which depends on its fields and their types: after a change of the declaration, another index exists beside this one. */
  readonly name: string;
  /** The arguments after the name in `FT.CREATE`. */
  readonly args: readonly string[];
}

/** Enough characters to distinguish the definitions of one class. */
const DIGEST_LENGTH = 12;

/**
 * The index of a class as it is declared now.
 *
 * @throws {@link SchemaError} the class marks no field, or an index cannot use its names.
 */
export const indexDefinitionOf = oncePer((schema: ModelSchema): IndexDefinition => {
  const fields = allFieldsOf(indexedFieldsOf(schema));
  const problems = problemsOf(schema, fields);
  if (problems.length > 0) throw new SchemaError(schema.name, problems);
  const args = ['ON', 'JSON', 'PREFIX', '1', `${schema.prefix}:`, 'SCHEMA', ...fields.flatMap(attributesOf)];
  const digest = createHash('sha256').update(JSON.stringify(args)).digest('hex').slice(0, DIGEST_LENGTH);
  return { name: `${beginningOf(schema)}${digest}`, args };
});

function problemsOf({ prefix }: ModelSchema, fields: readonly IndexedField[]): string[] {
  if (fields.length === 0) return ['no field is in an index; write @Index() beside the @Field that documents are found by'];
  const problems = prefix.includes('\0') ? ['an index cuts the prefix off at NUL; choose another'] : [];
  const names = fields.flatMap(({ name, presence }) => [name, ...(presence === undefined ? [] : [presence.name])]);
  names.forEach((name, at) => {
    if (isUnnamable(name)) problems.push(`${JSON.stringify(name)}: no search can name it; choose another name`);
    if (names.indexOf(name) < at) problems.push(`${name}: two fields have this name in the index; choose another for one`);
  });
  return problems;
}

/** In a search, `$` is the whole document, and most control characters end a name. */
function isUnnamable(name: string): boolean {
  return name === '$' || /[^\P{Cc}\s\u0080-\u009f]/u.test(name);
}

/** Whether an index of the server belongs to a class, whatever its declaration was. */
export function isIndexOf(schema: ModelSchema, name: string): boolean {
  const beginning = beginningOf(schema);
  return name.startsWith(beginning) && /^[0-9a-f]+$/.test(name.slice(beginning.length)) && name.length === beginning.length + DIGEST_LENGTH;
}

/** Begins with the prefix of the keys: servers check rights on an index as if its name were a key, so a user who may read the documents may search them. */
function beginningOf({ prefix }: ModelSchema): string {
  return `${prefix}:index:`;
}

/** By default, a server ignores case, and records neither empty texts nor which documents lack a field. */
function attributesOf({ path, name, type, isSortable, presence }: IndexedField): string[] {
  const kept = [type, ...(type === 'TAG' ? ['CASESENSITIVE', 'INDEXEMPTY'] : []), 'INDEXMISSING'];
  const own = [path, 'AS', name, ...kept, ...(isSortable ? ['SORTABLE', 'UNF'] : [])];
  return presence === undefined ? own : [...own, presence.path, 'AS', presence.name, ...kept];
}
