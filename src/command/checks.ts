import type { Json } from '../codec/codec';
import { ISO_TEXT } from '../codec/instant';
import { withoutDefaults } from '../codec/document';
import { CommitRefusedError, VersionConflictError } from '../errors/commit';
import { EmptyDictError, KeyExistsError, KeyNotFoundError, PathMismatchError, StaleItemError } from '../errors/document';
import { JsonPath } from '../path/json-path';
import type { Check } from './operation';

/** JSON types as RedisJSON names them, separated by `|`, and as error messages do. */
const TYPES = {
  list: { names: 'array', expected: 'a list' },
  object: { names: 'object', expected: 'an object' },
  text: { names: 'string', expected: 'text' },
  number: { names: 'integer|number', expected: 'a number' },
  something: { names: 'object|array|string|integer|number|boolean|null', expected: 'a value' },
} as const;

/**
 * Makes an error of what the commit script has found at a path. If there is no document, or one that is not JSON, the error is the same for all
 * checks; for plain commands it is made in `executor/outcomes/reply-errors.ts`.
 */
function refusalAt(path: JsonPath, refuse: Check['refuse']): Check['refuse'] {
  return (found, given) => {
    const facts = { ...given, path: path.text };
    if (found === 'no document') return new KeyNotFoundError({ ...facts, path: undefined });
    return found === 'no JSON document' ? new PathMismatchError('a JSON document', 'another Redis type', facts) : refuse(found, facts);
  };
}

/** The path holds a value of the type. */
export function typeIs(path: JsonPath, type: keyof typeof TYPES): Check {
  const { names, expected } = TYPES[type];
  const refuse = refusalAt(path, (found, facts) => new PathMismatchError(expected, found, facts));
  return { name: '?type', path, args: [`|${names}|`], refuse };
}

/** The same type check, but the path may also hold nothing. */
export function orNothing(check: Check): Check {
  return { ...check, args: check.args.map((allowed) => `${allowed}nothing|`) };
}

/** The same type check, for a write that does nothing where the check would fail: the type is looked up only in that case. */
export function askedLate({ path, args, refuse }: Check): Check {
  return { name: '?type.late', path, args, refuse };
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

/** The path holds an object that is not empty. */
export function hasMember(path: JsonPath): Check {
  return {
    name: '?members',
    path,
    args: [],
    refuse: refusalAt(path, (found, facts) =>
      found === 'no members' ? new EmptyDictError(facts) : new PathMismatchError('an object', found, facts),
    ),
  };
}

/** The path holds a list of at least `min` items. */
export function lengthAtLeast(path: JsonPath, min: number): Check {
  return {
    name: '?length',
    path,
    min,
    args: [String(min)],
    refuse: refusalAt(path, (found, facts) =>
      found.startsWith('a list') ? new CommitRefusedError('out-of-range', found, facts) : new PathMismatchError('a list', found, facts),
    ),
  };
}

/** The path holds a list that has the position. */
export function positionExists(path: JsonPath, index: number): Check {
  return lengthAtLeast(path, index < 0 ? -index : index + 1);
}

/**
 * The same check, for a position or bounds that the user names. Other positions come from the local list, so they are known to exist where its value
 * is known.
 */
export function asNamed(check: Check): Check {
  return { ...check, isNamed: true };
}

/** The path holds an empty list, or one that has the position. */
export function emptyOrPositionExists(path: JsonPath, index: number): Check {
  return { ...asNamed(positionExists(path, index)), name: '?position' };
}

interface NumberRange {
  readonly how: '+' | '*';
  /** The operands, applied one after the other. */
  readonly by: readonly number[];
  readonly min: number;
  readonly max: number;
  /** Whether the result has to be a whole number. */
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

/** The refusal of a change whose result is not allowed at the place, or whose place holds nothing that can be changed in this way. */
function outOfRange(expected: string, path: JsonPath): Check['refuse'] {
  return refusalAt(path, (found, facts) => {
    const [, reason, value] = /^(below-min|above-max|not-an-integer) (.*)$/.exec(found) ?? [];
    if (reason === undefined || value === undefined) return new PathMismatchError(expected, found, facts);
    return new CommitRefusedError(reason as CommitRefusedError['reason'], value, facts);
  });
}

/** The same check of a result, a position or members, but the path may also hold nothing: then a default, given as JSON text, is put there first. */
export function orSeeded(check: Check, seed: string): Check {
  const found = check.name === '?range' ? seed : String(Object.keys(JSON.parse(seed) as object).length);
  return { ...check, args: [...check.args, found] };
}

/** The path holds a date as ISO 8601 text, and moving it gives a valid date. */
export function movesInstant(path: JsonPath, ms: number): Check {
  return { name: '?instant', path, args: [String(ms)], refuse: outOfRange(ISO_TEXT, path) };
}

/** The item at the path is still the one that was read. Members that it lacked then may be absent, or hold the defaults that were filled in. */
export function sameItem(path: JsonPath, itemPath: JsonPath, stored: Json): Check {
  const full = JSON.stringify(stored);
  const least = JSON.stringify(withoutDefaults(stored));
  return {
    name: '?equals',
    path,
    args: full === least ? [full] : [full, least],
    refuse: refusalAt(itemPath, (_found, facts) => new StaleItemError(facts)),
  };
}

/** The document has the version that was read; one without a version counts as version 0. */
export function versionIs(path: JsonPath, version: number): Check {
  return {
    name: '?version',
    path,
    args: [String(version)],
    refuse: refusalAt(path, (found, facts) => new VersionConflictError(version, found, facts)),
  };
}
