import { indexOfItem } from '../../json/arrays';
import { findValues } from '../../json/evaluate';
import { memoryOf } from '../../json/memory';
import { asDouble, isNumeric, isSigned } from '../../json/number';
import { PathSyntaxError } from '../../json/path';
import { JsonArray, JsonObject, kindOf, type JsonValue } from '../../json/value';
import type { JsonDocument } from '../../json/document';
import { documentFault } from '../../messages';
import { DoubleReply, StatusReply, type Reply } from '../../protocol/reply';
import { CommandError, type Command } from '../command';
import { documentAt, firstValue, jsonCommand, parsePrefixed, type PathArgument } from './access';

/** The first value, or undefined when there is none or the path cannot be understood. */
function firstOrNothing(document: JsonDocument, path: string): JsonValue | undefined {
  try {
    return findValues(document.root, path)[0];
  } catch (error) {
    if (error instanceof PathSyntaxError) return undefined;
    throw error;
  }
}

const jsonType = jsonCommand({
  name: 'json.type',
  flags: ['readonly'],
  run: (context, words) => {
    const document = documentAt(context, words.key());
    const path = words.pathOrRoot();
    const first = path.legacy && document !== undefined ? firstOrNothing(document, path.path) : undefined;
    let reply: Reply = first === undefined ? null : kindOf(first);
    if (document !== undefined && !path.legacy) reply = findValues(document.root, path.path).map(kindOf);
    return context.version === 3 ? [reply] : reply;
  },
});

/** How the values of one kind are measured, and the errors for paths that lead to none of them. */
interface Measure {
  /** Null for a value of another kind. */
  readonly of: (value: JsonValue) => Reply;
  /** The error of a `$` path when there is no document. */
  readonly missing?: (path: PathArgument) => string;
  /** The value of a legacy path; undefined if its absence is not an error. */
  readonly first: (document: JsonDocument, path: PathArgument) => JsonValue | undefined;
  /** The error of a legacy path that leads to a value of another kind. */
  readonly misfit: (path: PathArgument, value: JsonValue) => string;
}

function measuring(name: string, { of, missing = () => documentFault.noKey, first, misfit }: Measure): Command {
  return jsonCommand({
    name,
    flags: ['readonly'],
    run: (context, words) => {
      const key = words.key();
      const path = words.pathOrRoot();
      const document = documentAt(context, key);
      if (!path.legacy) {
        if (document === undefined) throw new CommandError(missing(path));
        return findValues(document.root, path.path).map(of);
      }
      const value = document && first(document, path);
      if (value === undefined) return null;
      const measured = of(value);
      if (measured === null) throw new CommandError(misfit(path, value));
      return measured;
    },
  });
}

const jsonStrlen = measuring('json.strlen', {
  of: (value) => (typeof value === 'string' ? value.length : null),
  first: (document, { path }) => firstValue(document, path),
  misfit: (_, value) => documentFault.expected('string', kindOf(value)),
});

const jsonArrlen = measuring('json.arrlen', {
  of: (value) => (value instanceof JsonArray ? value.items.length : null),
  first: (document, { path, original }) => firstValue(document, path, original),
  misfit: ({ original }) => documentFault.noPathOr(original, 'not an array'),
});

const notAnObject = ({ path }: PathArgument): string => documentFault.noPathOr(path, 'not an object');

const jsonObjkeys = measuring('json.objkeys', {
  of: (value) => (value instanceof JsonObject ? [...value.members.keys()] : null),
  first: (document, { path }) => firstOrNothing(document, path),
  misfit: notAnObject,
});

const jsonObjlen = measuring('json.objlen', {
  of: (value) => (value instanceof JsonObject ? value.members.size : null),
  missing: notAnObject,
  first: (document, { path }) => firstOrNothing(document, path),
  misfit: (_, value) => documentFault.expected('object', kindOf(value)),
});

const jsonArrindex = jsonCommand({
  name: 'json.arrindex',
  flags: ['readonly'],
  run: (context, words) => {
    const key = words.key();
    const path = words.path();
    const text = words.text();
    const start = words.done ? 0 : words.integer();
    const end = words.done ? 0 : words.integer();
    words.expectEnd();
    const item = parsePrefixed(text);
    const document = documentAt(context, key);
    if (document === undefined) throw new CommandError(documentFault.noPath(path.original));
    const indexIn = (value: JsonValue): number | null => (value instanceof JsonArray ? indexOfItem(value, item, { start, end }) : null);
    if (!path.legacy) return findValues(document.root, path.path).map(indexIn);
    const value = firstValue(document, path.path);
    const index = indexIn(value);
    if (index === null) throw new CommandError(documentFault.expected('array', kindOf(value)));
    return index;
  },
});

function respOf(value: JsonValue): Reply {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'boolean') return new StatusReply(String(value));
  if (isNumeric(value)) return isSigned(value) ? value : new DoubleReply(asDouble(value));
  if (value instanceof JsonArray) return [new StatusReply('['), ...value.items.map(respOf)];
  return [new StatusReply('{'), ...[...value.members].flatMap(([name, member]) => [name, respOf(member)])];
}

const jsonResp = jsonCommand({
  name: 'json.resp',
  flags: ['readonly'],
  run: (context, words) => {
    const key = words.key();
    const path = words.optionalPath();
    const document = documentAt(context, key);
    if (document === undefined) return null;
    return path.legacy ? respOf(firstValue(document, path.path)) : findValues(document.root, path.path).map(respOf);
  },
});

const DEBUG_HELP = ['MEMORY <key> [path] - reports memory usage', 'HELP                - this message'];

const jsonDebug = jsonCommand({
  name: 'json.debug',
  flags: ['readonly'],
  keys: { first: 2, last: 2, step: 1 },
  notes: 'MEMORY answers what the server would use, not what this process does',
  run: (context, words) => {
    const subcommand = words.text().toUpperCase();
    if (subcommand === 'HELP') return DEBUG_HELP;
    if (subcommand !== 'MEMORY') throw words.unexpected(documentFault.unknownDebug);
    const key = words.key();
    const path = words.pathOrRoot();
    const document = documentAt(context, key);
    if (path.legacy) return document === undefined ? 0 : memoryOf(firstValue(document, path.path));
    return document === undefined ? [] : findValues(document.root, path.path).map(memoryOf);
  },
});

export const jsonReadCommands: readonly Command[] = [
  jsonType,
  jsonStrlen,
  jsonArrlen,
  jsonObjkeys,
  jsonObjlen,
  jsonArrindex,
  jsonResp,
  jsonDebug,
];
