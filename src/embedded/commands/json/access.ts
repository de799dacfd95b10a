import { isUtf8 } from 'node:buffer';
import { JsonDocument, UnreachablePlaceError, type Change } from '../../json/document';
import { findLocated, findValues, type Located } from '../../json/evaluate';
import { parseExactly, parseLeading } from '../../json/parse';
import { PathSyntaxError } from '../../json/path';
import { JsonSyntaxError } from '../../json/reader';
import { TargetError, type TargetFault } from '../../json/update';
import type { JsonValue } from '../../json/value';
import { documentFault, fault } from '../../messages';
import type { Reply } from '../../protocol/reply';
import { parseInteger } from '../arguments';
import { CommandError, UnexpectedWordError, type Command, type Context, type Flag, type KeyRange, ONE_KEY } from '../command';

/** A path argument. Legacy paths (`.a`, `a`) give one value, `$` paths a list. */
export interface PathArgument {
  readonly legacy: boolean;
  readonly path: string;
  readonly original: string;
}

export function pathArgument(original: string): PathArgument {
  if (original === '$' || original.startsWith('$.') || original.startsWith('$[')) return { legacy: false, path: original, original };
  if (original === '.') return { legacy: true, path: '$', original };
  return { legacy: true, path: original.startsWith('.') ? `$${original}` : `$.${original}`, original };
}

export const ROOT_PATH = pathArgument('.');

/** Reads the words of a JSON command. Their number is checked while they are read, not before. */
export class Words {
  private index = 1;

  constructor(private readonly args: readonly string[]) {}

  get done(): boolean {
    return this.index >= this.args.length;
  }

  key(): string {
    const word = this.args[this.index];
    if (word === undefined) throw wrongArity(this.args);
    this.index += 1;
    return word;
  }

  text(): string {
    const word = this.key();
    if (!isValid(word)) throw new CommandError(documentFault.notUtf8);
    return word;
  }

  path(): PathArgument {
    return pathArgument(this.text());
  }

  optionalPath(): PathArgument {
    return this.done ? ROOT_PATH : this.path();
  }

  /** The next path; the root when there is none or it is not valid UTF-8. */
  pathOrRoot(): PathArgument {
    const word = this.validText();
    return word === undefined ? ROOT_PATH : pathArgument(word);
  }

  /** The next word; undefined when there is none or it is not valid UTF-8. */
  validText(): string | undefined {
    const word = this.done ? undefined : this.key();
    return word !== undefined && isValid(word) ? word : undefined;
  }

  integer(): number {
    return parseInteger(this.key(), documentFault.notInteger);
  }

  /** All remaining words as values. At least one is required. */
  values(): JsonValue[] {
    if (this.done) throw wrongArity(this.args);
    const values: JsonValue[] = [];
    while (!this.done) values.push(parseLeading(this.text()));
    return values;
  }

  /** The error that refuses the word read last. */
  unexpected(text?: string): CommandError {
    return new UnexpectedWordError(this.args, this.index - 1, text);
  }

  expectEnd(): void {
    if (!this.done) throw wrongArity(this.args);
  }
}

export function wrongArity(args: readonly string[]): CommandError {
  return new CommandError(fault.arity(String(args[0]).toLowerCase()));
}

// eslint-disable-next-line no-control-regex -- a zero byte is an ordinary character here
const ASCII = /^[\x00-\x7f]*$/;

function isValid(text: string): boolean {
  return ASCII.test(text) || isUtf8(Buffer.from(text, 'latin1'));
}

export function documentAt(context: Context, key: string): JsonDocument | undefined {
  const value = context.database.get(key);
  if (value === undefined || value instanceof JsonDocument) return value;
  throw new CommandError(documentFault.wrongKeyType);
}

/** For WATCH, opening a key to write counts as a change, even if nothing is written. */
export function documentToWrite(context: Context, key: string): JsonDocument | undefined {
  context.database.entry(key);
  context.database.touch(key);
  return documentAt(context, key);
}

export function existing(document: JsonDocument | undefined): JsonDocument {
  if (document === undefined) throw new CommandError(documentFault.noKey);
  return document;
}

/** Commands that parse their JSON argument late report its faults with a prefix. */
export function parsePrefixed(text: string): JsonValue {
  try {
    return parseExactly(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new CommandError(documentFault.prefixed(error.message));
    throw error;
  }
}

export function firstValue(document: JsonDocument, path: string, named = path): JsonValue {
  const [first] = findValues(document.root, path);
  if (first === undefined) throw new CommandError(documentFault.noPath(named));
  return first;
}

/** What a verb does to each value that a path selects. */
export interface Verb {
  readonly accepts: (value: JsonValue) => boolean;
  /** The end of the message about a path that selects no suitable value. */
  readonly expected: string;
  /** The reply for a value that an earlier change of the same command removed; an error by default. */
  readonly vanished?: Reply;
  /** The message when the place leads to another kind of value, because filters locate members of objects wrongly. */
  readonly mislocated?: (value: JsonValue) => string;
  /** Reads what the change needs. Called before the place is looked up. */
  readonly prepare?: () => void;
  /** Changes the value, and passes the reply for it to `answer`. */
  readonly apply: (value: JsonValue, answer: (reply: Reply) => void) => ReturnType<Change>;
}

/** Applies the verb. A legacy path gives the last reply, a `$` path all of them, with null for values of another kind. */
export function applyVerb(
  context: Context,
  target: { readonly key: string; readonly path: PathArgument; readonly named?: string },
  verb: Verb,
): Reply {
  const document = existing(documentToWrite(context, target.key));
  const { path } = target;
  const located = findLocated(document.root, path.path);
  if (path.legacy) {
    const suitable = located.filter(({ value }) => verb.accepts(value));
    if (suitable.length === 0) throw new CommandError(documentFault.noPathOr(target.named ?? path.path, verb.expected));
    const replies = suitable.map((place) => applyAt(document, place, verb));
    return replies[replies.length - 1] as Reply;
  }
  return located.map((place) => (verb.accepts(place.value) ? applyAt(document, place, verb) : null));
}

function applyAt(document: JsonDocument, { place }: Located, verb: Verb): Reply {
  let answered: Reply | undefined;
  verb.prepare?.();
  document.change(place, (value) => {
    if (!verb.accepts(value)) throw new UnreachablePlaceError(verb.mislocated?.(value) ?? documentFault.noPathAtAll);
    return verb.apply(value, (reply) => void (answered = reply));
  });
  answered ??= verb.vanished;
  if (answered === undefined) throw new CommandError(documentFault.noPathAtAll);
  return answered;
}

interface JsonCommand {
  readonly name: string;
  readonly flags: readonly Flag[];
  readonly notes?: string;
  readonly keys?: KeyRange;
  readonly run: (context: Context, words: Words, args: readonly string[]) => Reply;
}

/** A command of the JSON family: faults of text, paths and places become error replies. */
export function jsonCommand({ name, flags, notes, keys, run }: JsonCommand): Command {
  return {
    name,
    group: 'json',
    arity: -1,
    flags: [...flags, 'module'],
    keys: keys ?? ONE_KEY,
    notes,
    run: (context, args) => {
      try {
        return run(context, new Words(args), args);
      } catch (error) {
        throw narrowed(asCommandError(error));
      }
    },
  };
}

/** The module keeps only the low byte of each character of an error. A zero byte kills it; here the text then stays as it is. */
function narrowed(error: unknown): unknown {
  if (!(error instanceof CommandError) || error instanceof UnexpectedWordError || ASCII.test(error.message)) return error;
  const codes = Array.from(Buffer.from(error.message, 'latin1').toString('utf8'), (letter) => (letter.codePointAt(0) ?? 0) & 0xff);
  return codes.includes(0) ? error : new CommandError(String.fromCharCode(...codes));
}

const TARGET_FAULTS: Record<TargetFault, string> = {
  'not static': documentFault.staticPath,
  'no last step': documentFault.lastStep,
  'index out of range': documentFault.arrayIndex,
};

function asCommandError(error: unknown): unknown {
  if (error instanceof TargetError) return new CommandError(TARGET_FAULTS[error.fault]);
  if (error instanceof JsonSyntaxError || error instanceof PathSyntaxError || error instanceof UnreachablePlaceError) {
    return new CommandError(error.message);
  }
  return error;
}
