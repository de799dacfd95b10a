import { JsonDocument } from '../../json/document';
import { orderForDeletion } from '../../json/deletion';
import { findLocated } from '../../json/evaluate';
import { asDouble, isNumeric } from '../../json/number';
import { parseLeading } from '../../json/parse';
import { findTargets, merged, mergeTargets, writeTargets, type Target } from '../../json/update';
import { JsonArray, JsonObject, type JsonValue } from '../../json/value';
import { documentFault } from '../../messages';
import { ok, type Reply } from '../../protocol/reply';
import { CommandError, type Command, type Context } from '../command';
import { applyVerb, documentAt, documentToWrite, existing, jsonCommand, wrongArity, type Words } from './access';

/** BSON is the only format of the server that is not supported. */
function readFormat(words: Words): void {
  const format = words.text();
  if (format === 'BSON') throw new CommandError(documentFault.bson);
  if (format !== 'JSON' && format !== 'STRING') throw words.unexpected(documentFault.format);
}

/** Puts a value at the root; the key keeps its time to live. */
function storeRoot(context: Context, key: string, value: JsonValue): void {
  const document = documentAt(context, key);
  if (document === undefined) {
    context.database.set(key, new JsonDocument(value));
    return;
  }
  document.root = value;
}

function answerTo(changed: boolean): Reply {
  return changed ? ok : null;
}

type Condition = 'existing' | 'missing' | undefined;

function readSetOptions(words: Words): Condition {
  let condition: Condition;
  while (!words.done) {
    const option = words.text().toUpperCase();
    if (option === 'NX' && condition === undefined) condition = 'missing';
    else if (option === 'XX' && condition === undefined) condition = 'existing';
    else if (option === 'FORMAT') readFormat(words);
    else throw words.unexpected();
  }
  return condition;
}

const jsonSet = jsonCommand({
  name: 'json.set',
  flags: ['write', 'denyoom'],
  notes: 'FORMAT BSON is refused',
  run: (context, words) => {
    const key = words.key();
    const { path } = words.path();
    const text = words.text();
    const condition = readSetOptions(words);
    const document = documentToWrite(context, key);
    const value = parseLeading(text);
    if (document === undefined) {
      if (condition === 'existing') return null;
      if (path !== '$') throw new CommandError(documentFault.newAtRoot);
    } else if (path !== '$') {
      return answerTo(writeTargets(document, findTargets(document.root, path, condition), value));
    } else if (condition === 'missing') return null;
    storeRoot(context, key, value);
    return ok;
  },
});

const jsonMerge = jsonCommand({
  name: 'json.merge',
  flags: ['write', 'denyoom'],
  notes: 'FORMAT BSON is refused',
  run: (context, words) => {
    const key = words.key();
    const { path } = words.path();
    const text = words.text();
    while (!words.done) {
      if (words.text().toUpperCase() !== 'FORMAT') throw words.unexpected();
      readFormat(words);
    }
    const document = documentToWrite(context, key);
    const patch = parseLeading(text);
    if (document === undefined) {
      if (path !== '$') throw new CommandError(documentFault.newAtRoot);
      storeRoot(context, key, patch);
      return ok;
    }
    if (path !== '$') return answerTo(mergeTargets(document, findTargets(document.root, path), patch));
    document.root = merged(document.root, patch);
    return ok;
  },
});

interface Assignment {
  readonly key: string;
  readonly value: JsonValue;
  /** Undefined for the root. */
  readonly targets: readonly Target[] | undefined;
}

function readAssignment(context: Context, words: Words): Assignment {
  const key = words.key();
  const document = documentToWrite(context, key);
  const { path } = words.path();
  if (path !== '$' && document === undefined) throw new CommandError(documentFault.newAtRoot);
  const targets = path === '$' || document === undefined ? undefined : findTargets(document.root, path);
  return { key, targets, value: parseLeading(words.text()) };
}

const jsonMset = jsonCommand({
  name: 'json.mset',
  flags: ['write', 'denyoom'],
  keys: { first: 1, last: -1, step: 3 },
  run: (context, words, args) => {
    if (args.length < 4) throw wrongArity(args);
    const assignments: Assignment[] = [];
    while (!words.done) assignments.push(readAssignment(context, words));
    for (const { key, value, targets } of assignments) {
      if (targets === undefined) storeRoot(context, key, value);
      else writeTargets(existing(documentAt(context, key)), targets, value);
    }
    return ok;
  },
});

function runDelete(context: Context, words: Words): Reply {
  const key = words.key();
  const { path } = words.optionalPath();
  const document = documentToWrite(context, key);
  if (document === undefined) return 0;
  if (path === '$') return Number(context.database.delete(key));
  const places = orderForDeletion(findLocated(document.root, path).map(({ place }) => place));
  return places.filter((place) => place.length > 0 && document.change(place, () => undefined)).length;
}

const jsonDel = jsonCommand({ name: 'json.del', flags: ['write'], run: runDelete });
const jsonForget = jsonCommand({ name: 'json.forget', flags: ['write'], run: runDelete });

const jsonClear = jsonCommand({
  name: 'json.clear',
  flags: ['write'],
  notes: 'only the first path counts, as in the server',
  run: (context, words) => {
    const key = words.key();
    const { path } = words.optionalPath();
    while (!words.done) words.text();
    const document = existing(documentToWrite(context, key));
    const places = findLocated(document.root, path).filter(({ value }) => isFilled(value));
    let cleared = 0;
    for (const { place } of places) {
      document.change(place, (value) => {
        const emptied = emptiedValue(value);
        cleared += Number(emptied !== undefined);
        return emptied === undefined ? value : emptied;
      });
    }
    return cleared;
  },
});

function isFilled(value: JsonValue): boolean {
  if (value instanceof JsonArray) return value.items.length > 0;
  if (value instanceof JsonObject) return value.members.size > 0;
  return isNumeric(value) && asDouble(value) !== 0;
}

function emptiedValue(value: JsonValue): JsonValue | undefined {
  if (isNumeric(value)) return 0;
  if (value instanceof JsonArray) value.items.length = 0;
  else if (value instanceof JsonObject) value.members.clear();
  else return undefined;
  return value;
}

const jsonToggle = jsonCommand({
  name: 'json.toggle',
  flags: ['write', 'denyoom'],
  run: (context, words) => {
    const key = words.key();
    const path = words.path();
    return applyVerb(
      context,
      { key, path },
      {
        accepts: (value) => typeof value === 'boolean',
        expected: 'not a bool',
        apply: (value, answer) => {
          const toggled = value !== true;
          answer(path.legacy ? String(toggled) : Number(toggled));
          return toggled;
        },
      },
    );
  },
});

export const jsonWriteCommands: readonly Command[] = [jsonSet, jsonMerge, jsonMset, jsonDel, jsonForget, jsonClear, jsonToggle];
