import { indexOfItem } from '../../json/arrays';
import { findValues } from '../../json/evaluate';
import { memoryOf } from '../../json/memory';
import { asDouble, isNumeric, isSigned } from '../../json/number';
import { PathSyntaxError } from '../../json/path';
import { JsonArray, JsonObject, kindOf, type JsonKind, type JsonValue } from '../../json/value';
import type { JsonDocument } from '../../json/document';
import { documentFault } from '../../messages';
import { DoubleReply, StatusReply, type Reply } from '../../protocol/reply';
import { CommandError, type Command } from '../command';
import { documentAt, existingDocument, firstValue, jsonCommand, parsePrefixed } from './access';

/** The first value, or undefined when there is none or the path cannot be understood. */
function firstOrNothing(document: JsonDocument, path: string): JsonValue | undefined {
  try {
    return findValues(document.root, path)[0];
  } catch (error) {
    if (error instanceof PathSyntaxError) return undefined;
    throw error;
  }
}

function expectKind(value: JsonValue, kind: JsonKind): void {
  if (kindOf(value) !== kind) throw new CommandError(documentFault.expected(kind, kindOf(value)));
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

const jsonStrlen = jsonCommand({
  name: 'json.strlen',
  flags: ['readonly'],
  run: (context, words) => {
    const key = words.key();
    const path = words.pathOrRoot();
    if (!path.legacy) {
      return findValues(existingDocument(context, key).root, path.path).map((value) => (typeof value === 'string' ? value.length : null));
    }
    const document = documentAt(context, key);
    if (document === undefined) return null;
    const value = firstValue(document, path.path);
    expectKind(value, 'string');
    return (value as string).length;
  },
});

const jsonArrlen = jsonCommand({
  name: 'json.arrlen',
  flags: ['readonly'],
  run: (context, words) => {
    const key = words.key();
    const path = words.pathOrRoot();
    const document = path.legacy ? documentAt(context, key) : existingDocument(context, key);
    if (document === undefined) return null;
    const values = findValues(document.root, path.path);
    if (!path.legacy) return values.map((value) => (value instanceof JsonArray ? value.items.length : null));
    const [first] = values;
    if (first === undefined) throw new CommandError(documentFault.noPath(path.original));
    if (!(first instanceof JsonArray)) throw new CommandError(documentFault.noPathOr(path.original, 'not an array'));
    return first.items.length;
  },
});

const jsonObjkeys = jsonCommand({
  name: 'json.objkeys',
  flags: ['readonly'],
  run: (context, words) => {
    const key = words.key();
    const path = words.pathOrRoot();
    if (!path.legacy) {
      return findValues(existingDocument(context, key).root, path.path).map((value) =>
        value instanceof JsonObject ? [...value.members.keys()] : null,
      );
    }
    const document = documentAt(context, key);
    const value = document === undefined ? undefined : firstOrNothing(document, path.path);
    if (value === undefined) return null;
    if (!(value instanceof JsonObject)) throw new CommandError(documentFault.noPathOr(path.path, 'not an object'));
    return [...value.members.keys()];
  },
});

const jsonObjlen = jsonCommand({
  name: 'json.objlen',
  flags: ['readonly'],
  run: (context, words) => {
    const key = words.key();
    const path = words.pathOrRoot();
    const document = documentAt(context, key);
    if (!path.legacy) {
      if (document === undefined) throw new CommandError(documentFault.noPathOr(path.path, 'not an object'));
      return findValues(document.root, path.path).map((value) => (value instanceof JsonObject ? value.members.size : null));
    }
    const value = document === undefined ? undefined : firstOrNothing(document, path.path);
    if (value === undefined) return null;
    expectKind(value, 'object');
    return (value as JsonObject).members.size;
  },
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
    expectKind(value, 'array');
    return indexIn(value);
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
