import type { JsonDocument } from '../../json/document';
import { findValues } from '../../json/evaluate';
import { isNumeric, isSigned, asDouble } from '../../json/number';
import { PathSyntaxError } from '../../json/path';
import { print, printWithLayout, type PrintLayout } from '../../json/print';
import { JsonArray, JsonObject, type JsonValue } from '../../json/value';
import { documentFault } from '../../messages';
import { DoubleReply, MapReply, type Reply } from '../../protocol/reply';
import { CommandError, type Command } from '../command';
import { documentAt, firstValue, jsonCommand, pathArgument, ROOT_PATH, wrongArity, type PathArgument, type Words } from './access';

export type ReplyFormat = 'STRING' | 'STRINGS' | 'EXPAND1' | 'EXPAND';

export function replyFormat(words: Words): ReplyFormat {
  const word = words.text();
  if (word === 'STRING' || word === 'STRINGS' || word === 'EXPAND1' || word === 'EXPAND') return word;
  throw words.unexpected(documentFault.replyFormat);
}

interface GetOptions {
  readonly layout: { -readonly [option in keyof PrintLayout]: string };
  format: ReplyFormat;
  readonly paths: PathArgument[];
}

const MAX_OPTION = 'NOESCAPE'.length;

function readOptions(words: Words, version: number): GetOptions {
  const options: GetOptions = { layout: {}, format: 'STRING', paths: [] };
  for (let word = words.validText(); word !== undefined; word = words.validText()) {
    const option = word.length > MAX_OPTION ? '' : word.toUpperCase();
    if (option === 'FORMAT') {
      if (version === 2 && options.paths.length === 0) throw new CommandError(documentFault.formatOnResp2);
      options.format = replyFormat(words);
      if (options.format === 'STRINGS') throw words.unexpected(documentFault.replyFormat);
    } else if (option === 'INDENT') options.layout.indent = words.text();
    else if (option === 'NEWLINE') options.layout.newline = words.text();
    else if (option === 'SPACE') options.layout.space = words.text();
    else if (option !== 'NOESCAPE') options.paths.push(pathArgument(word));
  }
  if (options.paths.length === 0) options.paths.push(ROOT_PATH);
  return options;
}

export const jsonGet: Command = jsonCommand({
  name: 'json.get',
  flags: ['readonly'],
  run: (context, words) => {
    const key = words.key();
    const options = readOptions(words, context.version);
    const document = documentAt(context, key);
    if (document === undefined) return null;
    const expands = context.version === 3 && options.format.startsWith('EXPAND');
    if (expands) return options.paths.map((path) => expandPath(document, path, options.format));
    const print = printerFor(options.layout);
    if (options.paths.length > 1) return severalPaths(document, options.paths, print);
    return onePath(document, options.paths[0] as PathArgument, print);
  },
});

type Print = (value: JsonValue) => string;

function printerFor(layout: PrintLayout): Print {
  return Object.keys(layout).length === 0 ? print : (value) => printWithLayout(value, layout);
}

function onePath(document: JsonDocument, path: PathArgument, printValue: Print): string {
  if (path.path === '$' && printValue === print) return path.legacy ? document.toText() : `[${document.toText()}]`;
  if (path.legacy) return printValue(firstValue(document, path.path));
  return printValue(new JsonArray(findValues(document.root, path.path)));
}

/** The reply for several paths: an object from path to result. As in the server, paths that cannot be understood are left out. */
function severalPaths(document: JsonDocument, paths: readonly PathArgument[], printValue: Print): string {
  const legacy = paths.every((path) => path.legacy);
  const results = new JsonObject();
  let missing: string | undefined;
  for (const { path, original } of paths) {
    const values = valuesOrNothing(document, path);
    if (values === undefined) continue;
    if (legacy && values.length === 0) missing ??= original;
    results.set(original, legacy ? (values[0] ?? null) : new JsonArray(values));
  }
  if (missing !== undefined) throw new CommandError(documentFault.noPath(missing));
  return printValue(results);
}

function valuesOrNothing(document: JsonDocument, path: string): JsonValue[] | undefined {
  try {
    return findValues(document.root, path);
  } catch (error) {
    if (error instanceof PathSyntaxError) return undefined;
    throw error;
  }
}

function expandPath(document: JsonDocument, path: PathArgument, format: ReplyFormat): Reply {
  return (valuesOrNothing(document, path.path) ?? []).map((value) => expand(value, format));
}

/** A value as RESP3 types: null, booleans and numbers always, all others only in the format EXPAND; else they are JSON text. */
export function expand(value: JsonValue, format: ReplyFormat): Reply {
  if (value === null || typeof value === 'boolean') return value;
  if (isNumeric(value)) return isSigned(value) ? value : new DoubleReply(asDouble(value));
  if (typeof value === 'string') return format === 'EXPAND' ? value : print(value);
  if (format !== 'EXPAND') return print(value);
  if (value instanceof JsonArray) return value.items.map((item) => expand(item, format));
  return new MapReply([...value.members].map(([name, member]) => [name, expand(member, format)] as const));
}

export const jsonMget: Command = jsonCommand({
  name: 'json.mget',
  flags: ['readonly'],
  notes: 'cluster clients route it by its first key, as with the server',
  run: (context, words, args) => {
    if (args.length < 3) throw wrongArity(args);
    const keys = args.slice(1, -1);
    for (let skipped = 0; skipped < keys.length; skipped += 1) words.key();
    const path = words.path();
    return keys.map((key) => textOrNull(() => documentAt(context, key), path));
  },
});

function textOrNull(find: () => JsonDocument | undefined, path: PathArgument): string | null {
  try {
    const document = find();
    return document === undefined ? null : onePath(document, path, print);
  } catch (error) {
    if (error instanceof CommandError || error instanceof PathSyntaxError) return null;
    throw error;
  }
}
