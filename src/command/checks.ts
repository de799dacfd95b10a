import type { Json } from '../codec/codec';
import { ISO_TEXT } from '../codec/instant';
import { withoutDefaults } from '../codec/document';
import type { RedatomError } from '../errors/base';
import { CommitRefusedError, VersionConflictError, type RefusalFacts } from '../errors/commit';
import { KeyExistsError, KeyNotFoundError, PathMismatchError, StaleItemError } from '../errors/document';
import { JsonPath } from '../path/json-path';
import type { Check } from './operation';

/** JSON types as RedisJSON names them, and how people call them. */
const TYPES = {
  list: { names: ['array'], expected: 'a list' },
  object: { names: ['object'], expected: 'an object' },
  text: { names: ['string'], expected: 'text' },
  number: { names: ['integer', 'number'], expected: 'a number' },
  something: { names: ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'], expected: 'a value' },
} as const;

export type StoredType = keyof typeof TYPES;

/** Found by the commit script when there is nothing at the key. */
const NO_DOCUMENT = 'no document';

/** Found by the commit script when something else than a document is at the key. */
const NO_JSON_DOCUMENT = 'no JSON document';

function mismatch(expected: string, path: JsonPath): Check['refuse'] {
  return (found, facts) =>
    isNoDocument(found)
      ? noDocument(found, { ...facts, path: path.text })
      : new PathMismatchError(expected, found, { ...facts, path: path.text });
}

function isNoDocument(found: string): boolean {
  return found === NO_DOCUMENT || found === NO_JSON_DOCUMENT;
}

/** A plain command says the same, in `executor/reply-errors.ts`. */
function noDocument(found: string, facts: RefusalFacts): RedatomError {
  return found === NO_DOCUMENT
    ? new KeyNotFoundError({ ...facts, path: undefined })
    : new PathMismatchError('a JSON document', 'another Redis type', facts);
}

/** The path holds a value of the type. */
export function typeIs(path: JsonPath, type: StoredType): Check {
  const { names, expected } = TYPES[type];
  return { name: '?type', path, args: [`|${names.join('|')}|`], refuse: mismatch(expected, path) };
}

/** The same check of a type, where the path may also hold nothing. */
export function orNothing(check: Check): Check {
  return { ...check, args: check.args.map((allowed) => `${allowed}nothing|`) };
}

/** The document exists. */
export const documentExists: Check = typeIs(JsonPath.root, 'object');

/** The document does not exist. */
export const documentIsNew: Check = {
  name: '?missing',
  path: JsonPath.root,
  args: [],
  refuse: (_found, facts) => new KeyExistsError(facts),
};

/** The path holds a list of at least `min` items. */
export function lengthAtLeast(path: JsonPath, min: number): Check {
  return {
    name: '?length',
    path,
    min,
    args: [String(min)],
    refuse: (found, facts) =>
      found.startsWith('a list')
        ? new CommitRefusedError('out-of-range', found, { ...facts, path: path.text })
        : mismatch('a list', path)(found, facts),
  };
}

/** The list has a position that the user names; those of the local list are known to be there where its value is. */
export function positionExists(path: JsonPath, min: number): Check {
  return { ...lengthAtLeast(path, min), isNamed: true };
}

/** The path holds an empty list, or one with the position. */
export function emptyOrPositionExists(path: JsonPath, min: number): Check {
  return { ...positionExists(path, min), name: '?position' };
}

export interface NumberRange {
  readonly how: '+' | '*';
  /** The operands, one after the other. */
  readonly by: readonly number[];
  readonly min: number;
  readonly max: number;
  /** The result has to be a whole number. */
  readonly whole: boolean;
}

/** The path holds a number, and changing it gives results within bounds. */
export function resultWithin(path: JsonPath, { how, by, min, max, whole }: NumberRange): Check {
  return {
    name: '?range',
    path,
    args: [how, by.join(' '), String(min), String(max), whole ? '1' : '0'],
    refuse: outOfRange('a number', path),
  };
}

/** The refusal of a change whose result the place must not hold, or whose place holds nothing that can be changed so. */
function outOfRange(expected: string, path: JsonPath): Check['refuse'] {
  return (found, facts): RedatomError => {
    const [, reason, value] = /^(below-min|above-max|not-an-integer) (.*)$/.exec(found) ?? [];
    if (reason === undefined || value === undefined) return mismatch(expected, path)(found, facts);
    return new CommitRefusedError(reason as CommitRefusedError['reason'], value, { ...facts, path: path.text });
  };
}

/** The same check of a result, or of a position, where the path may also hold nothing: then a default, JSON text, is put there first. */
export function orSeeded(check: Check, seed: string): Check {
  const found = check.name === '?range' ? seed : String((JSON.parse(seed) as Json[]).length);
  return { ...check, args: [...check.args, found] };
}

/** The path holds a date as ISO 8601 text, and moving it gives a date. */
export function movesInstant(path: JsonPath, ms: number): Check {
  return { name: '?instant', path, args: [String(ms)], refuse: outOfRange(ISO_TEXT, path) };
}

/** The item at the path is still the one that was read. What it lacked then it may lack, or have by now as it was filled in. */
export function sameItem(path: JsonPath, itemPath: JsonPath, stored: Json): Check {
  const full = JSON.stringify(stored);
  const least = JSON.stringify(withoutDefaults(stored));
  return {
    name: '?equals',
    path,
    args: full === least ? [full] : [full, least],
    refuse: (found, facts) =>
      isNoDocument(found) ? noDocument(found, { ...facts, path: itemPath.text }) : new StaleItemError({ ...facts, path: itemPath.text }),
  };
}

/** The document has the version that was read; one without a version counts as version 0. */
export function versionIs(path: JsonPath, version: number): Check {
  return {
    name: '?version',
    path,
    args: [String(version)],
    refuse: (found, facts) =>
      isNoDocument(found)
        ? noDocument(found, { ...facts, path: path.text })
        : new VersionConflictError(version, found, { ...facts, path: path.text }),
  };
}
