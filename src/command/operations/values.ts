import type { Json } from '../../codec/codec';
import { KeyExistsError } from '../../errors/document';
import { JsonPath } from '../../path/json-path';
import { documentExists, documentIsNew, lengthAtLeast, typeIs } from '../checks';
import type { Check, Join, Operation, Write } from '../operation';
import { acknowledged } from '../reply';

/** What must hold so that a value can be put at a path: its parent is there, and an index is in range. */
function placeExists(path: JsonPath): Check[] {
  const { parent, segment } = path;
  if (parent === undefined) return [];
  if (typeof segment === 'number') return [lengthAtLeast(parent, segment < 0 ? -segment : segment + 1)];
  return [parent.parent === undefined ? documentExists : typeIs(parent, 'object')];
}

/** RFC 7396 cannot say "this object, exactly" or "null". */
function isMergeable(value: Json): boolean {
  return value !== null && (typeof value !== 'object' || Array.isArray(value));
}

/** Of several values put at one path, the last one stays. */
const LAST_VALUE: Join = { kind: 'value', all: (operations) => operations[operations.length - 1] as Operation };

/** Puts a value at a path, replacing what is there. The parent must exist. */
export function setValue(verb: string, path: JsonPath, value: Json): Operation {
  const text = JSON.stringify(value);
  const isMember = typeof path.segment === 'string';
  return {
    verb,
    path,
    checks: placeExists(path),
    writes: [{ name: 'JSON.SET', path: path.text, args: [text] }],
    effects: [{ kind: 'set', path }],
    decode: () => true,
    direct: {
      command: 'JSON.SET',
      args: [path.text, text],
      decode: (reply, place) => acknowledged(reply, { expected: 'a place to put the value', path: path.text, command: verb }, place),
    },
    ...(isMember && isMergeable(value) ? { mergeable: text } : {}),
    join: LAST_VALUE,
  };
}

/** Replaces a value that must be there with the type it has. */
export function replaceValue(verb: string, path: JsonPath, replacement: { value: Json; check: Check }): Operation {
  const { direct: _unchecked, ...operation } = setValue(verb, path, replacement.value);
  return { ...operation, checks: [replacement.check] };
}

/** Puts the default at a path where an older document has nothing, so that the next operation finds it. */
export function seedValue(path: JsonPath, value: Json): Operation {
  return {
    verb: 'default',
    path,
    checks: placeExists(path),
    writes: [{ name: 'seed', path: path.text, args: [JSON.stringify(value)] }],
    effects: [{ kind: 'seed', path }],
    decode: () => true,
  };
}

/** Writes a whole document, new or not. */
export function putDocument(verb: string, document: Json): Operation {
  const { join: _replaced, ...operation } = setValue(verb, JsonPath.root, document);
  return operation;
}

/** Writes a whole document that must be new. */
export function insertDocument(document: Json): Operation {
  const operation = putDocument('create', document);
  const [write] = operation.writes as [Write];
  return {
    ...operation,
    checks: [documentIsNew],
    direct: {
      command: 'JSON.SET',
      args: ['$', ...write.args, 'NX'],
      decode: (reply, place) => {
        if (reply !== 'OK') throw new KeyExistsError(place);
        return true;
      },
    },
  };
}

/** Removes a whole document; resolves to whether there was one. */
export const deleteDocument: Operation = {
  verb: 'delete',
  path: JsonPath.root,
  checks: [],
  writes: [{ name: 'delete', path: '$', args: [] }],
  effects: [{ kind: 'remove', path: JsonPath.root }],
  decode: (reply) => reply === 1,
  direct: { command: 'DEL', args: [], decode: (reply) => reply === 1 },
  endsDocument: true,
};
