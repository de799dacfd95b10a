import { appendItems, insertItems, popItem, trimItems } from '../../json/arrays';
import { asDouble, compute, isNumeric, isSigned, type Arithmetic } from '../../json/number';
import { print } from '../../json/print';
import { JsonArray, JsonFloat, kindOf, type JsonNumber } from '../../json/value';
import { documentFault } from '../../messages';
import { DoubleReply, type Reply } from '../../protocol/reply';
import { CommandError, type Command, type Flag } from '../command';
import { applyVerb, jsonCommand, parsePrefixed, pathArgument, ROOT_PATH, type PathArgument, type Verb, type Words } from './access';
import { expand, replyFormat, type ReplyFormat } from './get';

function numberCommand(name: string, operation: Arithmetic): Command {
  return jsonCommand({
    name,
    flags: ['write'],
    run: (context, words) => {
      const key = words.key();
      const path = words.path();
      const text = words.text();
      const verb = numberVerb(operation, text);
      const number = (reply: Reply): JsonNumber => (reply instanceof DoubleReply ? new JsonFloat(reply.value) : (reply as number | bigint));
      if (context.version === 3) return applyVerb(context, { key, path: { ...path, legacy: false } }, verb);
      const reply = applyVerb(context, { key, path }, verb);
      if (!Array.isArray(reply)) return print(number(reply));
      return print(new JsonArray(reply.map((result: Reply) => (result === null ? null : number(result)))));
    },
  });
}

function numberVerb(operation: Arithmetic, text: string): Verb {
  let right: JsonNumber = 0;
  return {
    accepts: isNumeric,
    expected: 'does not contains a number',
    prepare: () => void (right = operandOf(text)),
    apply: (value, answer) => {
      const result = compute(operation, value as JsonNumber, right);
      if (result === undefined) throw new CommandError(documentFault.resultNotNumber);
      answer(isSigned(result) ? result : new DoubleReply(asDouble(result)));
      return result;
    },
  };
}

function operandOf(text: string): JsonNumber {
  const value = parsePrefixed(text);
  if (!isNumeric(value)) throw new CommandError(documentFault.notNumber);
  return value;
}

const jsonStrappend = jsonCommand({
  name: 'json.strappend',
  flags: ['write', 'denyoom'],
  run: (context, words) => {
    const key = words.key();
    const pathOrText = words.text();
    const inner = words.done ? undefined : words.text();
    const path = inner === undefined ? ROOT_PATH : pathArgument(pathOrText);
    return applyVerb(context, { key, path }, appending(inner ?? pathOrText));
  },
});

function appending(text: string): Verb {
  let suffix = '';
  return {
    accepts: (value) => typeof value === 'string',
    expected: 'not a string',
    prepare: () => {
      const parsed = parsePrefixed(text);
      if (typeof parsed !== 'string') throw new CommandError(documentFault.expected('string', text));
      suffix = parsed;
    },
    apply: (value, answer) => {
      const appended = (value as string) + suffix;
      answer(appended.length);
      return appended;
    },
  };
}

interface ArrayVerb {
  readonly name: string;
  readonly flags: readonly Flag[];
  /** Whether messages name the path as it was written, not in `$` form. */
  readonly namesOriginal?: boolean;
  readonly mislocated?: Verb['mislocated'];
  /** Reads the words after the path. The function that it returns changes one array and returns the reply for it. */
  readonly read: (words: Words) => (array: JsonArray) => Reply;
}

function arrayCommand({ name, flags, namesOriginal, mislocated, read }: ArrayVerb): Command {
  return jsonCommand({
    name,
    flags,
    run: (context, words) => {
      const key = words.key();
      const path = words.path();
      const verb = onArrays(read(words), mislocated && { mislocated });
      return applyVerb(context, { key, path, named: namesOriginal === true ? path.original : path.path }, verb);
    },
  });
}

function onArrays(change: (array: JsonArray) => Reply, more: Pick<Verb, 'vanished' | 'mislocated'> = {}): Verb {
  return {
    accepts: (value) => value instanceof JsonArray,
    expected: 'not an array',
    mislocated: (value) => documentFault.expected('array', kindOf(value)),
    ...more,
    apply: (value, answer) => {
      answer(change(value as JsonArray));
      return value;
    },
  };
}

const jsonArrappend = arrayCommand({
  name: 'json.arrappend',
  flags: ['write', 'denyoom'],
  namesOriginal: true,
  read: (words) => {
    const items = words.values();
    return (array) => appendItems(array, items);
  },
});

const jsonArrinsert = arrayCommand({
  name: 'json.arrinsert',
  flags: ['write', 'denyoom'],
  mislocated: () => documentFault.indexBounds,
  read: (words) => {
    const index = words.integer();
    const items = words.values();
    return (array) => {
      const length = insertItems(array, items, index);
      if (length === undefined) throw new CommandError(documentFault.indexBounds);
      return length;
    };
  },
});

const jsonArrtrim = arrayCommand({
  name: 'json.arrtrim',
  flags: ['write'],
  read: (words) => {
    const [start, stop] = [words.integer(), words.integer()];
    return (array) => trimItems(array, start, stop);
  },
});

interface PopOptions {
  readonly path: PathArgument;
  readonly index: number;
  readonly format: ReplyFormat;
}

function readPopOptions(words: Words, version: number): PopOptions {
  if (words.done) return { path: ROOT_PATH, index: -1, format: 'STRINGS' };
  let word: string | undefined = words.text();
  let format: ReplyFormat = 'STRINGS';
  if (word.toUpperCase() === 'FORMAT' && !words.done) {
    format = replyFormat(words);
    if (format === 'STRING') throw words.unexpected(documentFault.replyFormat);
    if (version === 2) throw new CommandError(documentFault.formatOnResp2);
    word = words.done ? undefined : words.text();
  }
  return { path: word === undefined ? ROOT_PATH : pathArgument(word), index: word === undefined ? -1 : optionalIndex(words), format };
}

/** An index that is not an integer counts as missing. */
function optionalIndex(words: Words): number {
  try {
    return words.done ? -1 : words.integer();
  } catch {
    return -1;
  }
}

const jsonArrpop = jsonCommand({
  name: 'json.arrpop',
  flags: ['write'],
  run: (context, words) => {
    const key = words.key();
    const { path, index, format } = readPopOptions(words, context.version);
    if (path.legacy && format !== 'STRINGS') throw new CommandError(documentFault.legacyFormat);
    return applyVerb(
      context,
      { key, path },
      onArrays(
        (array) => {
          const item = popItem(array, index);
          if (item === undefined) return null;
          return format === 'STRINGS' ? print(item) : expand(item, format);
        },
        { vanished: null },
      ),
    );
  },
});

export const jsonValueCommands: readonly Command[] = [
  numberCommand('json.numincrby', 'add'),
  numberCommand('json.nummultby', 'multiply'),
  numberCommand('json.numpowby', 'power'),
  jsonStrappend,
  jsonArrappend,
  jsonArrinsert,
  jsonArrtrim,
  jsonArrpop,
];
