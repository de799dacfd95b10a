import { memoryOf } from '../json/memory';
import { JsonDocument } from '../json/document';
import { fault } from '../messages';
import { ok, StatusReply, type Reply } from '../protocol/reply';
import { copyValue } from '../state/copy-value';
import type { Database } from '../state/database';
import { globTest } from '../state/glob';
import { HashValue, ListValue, SetValue, typeOf, type StoredValue } from '../state/values';
import { argument, Options, parseInteger } from './arguments';
import { ALL_KEYS, CommandError, commandsOf, ONE_KEY, TWO_KEYS, type Command, type Context } from './command';
import { subcommands, type Subcommand } from './subcommands';

const command = commandsOf('generic');

function deleteAll(context: Context, args: readonly string[]): Reply {
  return args.slice(1).filter((key) => context.database.delete(key)).length;
}

function countAll(context: Context, args: readonly string[]): Reply {
  return args.slice(1).filter((key) => context.database.entry(key) !== undefined).length;
}

function rename(context: Context, args: readonly string[], onlyNew: boolean): Reply {
  const [source, target] = [argument(args, 1), argument(args, 2)];
  const entry = context.database.entry(source);
  if (entry === undefined) throw new CommandError(fault.noSuchKey);
  if (onlyNew && context.database.entry(target) !== undefined) return 0;
  if (source !== target) {
    const { value, expiresAt } = entry;
    context.database.delete(source);
    context.database.delete(target);
    context.database.set(target, value, { expiresAt });
  }
  return onlyNew ? 1 : ok;
}

function databaseArgument(context: Context, text: string): Database {
  const index = parseInteger(text);
  const database = context.server.databases[index];
  if (database === undefined) throw new CommandError(fault.databaseOutOfRange);
  return database;
}

function copy(context: Context, args: readonly string[]): Reply {
  const [source, target] = [argument(args, 1), argument(args, 2)];
  const options = new Options(args, 3);
  let [into, replace] = [context.database, false];
  while (!options.done) {
    const option = options.next();
    if (option === 'REPLACE') replace = true;
    else if (option === 'DB' && !options.done) into = databaseArgument(context, options.take());
    else throw options.unexpected();
  }
  if (into === context.database && source === target) throw new CommandError(fault.sameObject);
  const entry = context.database.entry(source);
  if (entry === undefined || (!replace && into.entry(target) !== undefined)) return 0;
  into.delete(target);
  into.set(target, copyValue(entry.value), { expiresAt: entry.expiresAt });
  return 1;
}

function move(context: Context, args: readonly string[]): Reply {
  const key = argument(args, 1);
  const into = databaseArgument(context, argument(args, 2));
  if (into === context.database) throw new CommandError(fault.sameObject);
  const entry = context.database.entry(key);
  if (entry === undefined || into.entry(key) !== undefined) return 0;
  into.set(key, entry.value, { expiresAt: entry.expiresAt });
  context.database.delete(key);
  return 1;
}

interface ScanOptions {
  readonly match: (key: string) => boolean;
  readonly count: number;
  readonly type: string | undefined;
  readonly onlyNames: boolean;
}

/** The options of the scanning commands: MATCH, COUNT, TYPE and NOVALUES. */
function readScanOptions(args: readonly string[], start: number): ScanOptions {
  const options = new Options(args, start);
  const command = argument(args, 0).toLowerCase();
  let onlyNames = false;
  let [match, count, type]: [ScanOptions['match'], number, string | undefined] = [() => true, 10, undefined];
  while (!options.done) {
    const option = options.next();
    if (option === 'MATCH') match = globTest(options.take());
    else if (option === 'COUNT') {
      count = parseInteger(options.take());
      if (count < 1) throw options.unexpected();
    } else if (option === 'TYPE' && command === 'scan') type = options.take();
    else if (option === 'NOVALUES') {
      if (command !== 'hscan') throw new CommandError(fault.onlyHscan);
      onlyNames = true;
    } else throw options.unexpected();
  }
  return { match, count, type, onlyNames };
}

function readCursor(text: string): number {
  if (!/^\d{1,20}$/.test(text)) throw new CommandError(fault.invalidCursor);
  return Number(text);
}

/** The reply of HSCAN, SSCAN and ZSCAN, in one page. As in the server, options are not checked when the key is missing. */
export function scanCollection(args: readonly string[], find: () => readonly (readonly [name: string, ...rest: string[]])[]): Reply {
  readCursor(argument(args, 2));
  const entries = find();
  if (entries.length === 0) return ['0', []];
  const { match, onlyNames } = readScanOptions(args, 3);
  const found = entries.filter(([name]) => match(name));
  return ['0', onlyNames ? found.map(([name]) => name) : found.flat()];
}

function scan(context: Context, args: readonly string[]): Reply {
  const cursor = readCursor(argument(args, 1));
  const { match, count, type } = readScanOptions(args, 2);
  const page = context.database.scan(cursor, count);
  const hasType = (key: string): boolean => {
    const value = context.database.get(key);
    return value !== undefined && (type === undefined || typeOf(value).toLowerCase() === type.toLowerCase());
  };
  return [String(page.cursor), page.keys.filter((key) => match(key) && hasType(key))];
}

function encodingOf(value: StoredValue): string {
  if (typeof value === 'string') {
    if (/^(?:0|-?[1-9]\d{0,18})$/.test(value)) return 'int';
    return value.length <= 44 ? 'embstr' : 'raw';
  }
  if (value instanceof JsonDocument) return 'raw';
  if (value instanceof HashValue || value instanceof ListValue) return 'listpack';
  if (value instanceof SetValue) return [...value.members].every((member) => /^-?\d+$/.test(member)) ? 'intset' : 'listpack';
  return 'listpack';
}

type Inspect = (value: StoredValue) => Reply;

/** A subcommand that inspects the value of one key; its reply is null when the key is missing. */
const inspecting = (arity: number, inspect: Inspect): Subcommand => ({
  arity,
  run: (context, args) => {
    const value = context.database.get(argument(args, 2));
    return value === undefined ? null : inspect(value);
  },
});

/** The reference count that the server reports for small integers, which all keys share. */
const SHARED_COUNT = 2_147_483_647;

const object = subcommands({
  encoding: inspecting(3, encodingOf),
  freq: inspecting(3, () => {
    throw new CommandError(fault.unsupported('OBJECT FREQ'));
  }),
  idletime: inspecting(3, () => 0),
  refcount: inspecting(3, (value) => (typeof value === 'string' && /^(?:0|[1-9]\d{0,3})$/.test(value) ? SHARED_COUNT : 1)),
});

const memory = subcommands({
  usage: inspecting(-3, (value) => (value instanceof JsonDocument ? memoryOf(value.root) + 32 : 64)),
});

export const keyCommands: readonly Command[] = [
  command(['del', -2, ['write']], { keys: ALL_KEYS, run: deleteAll }),
  command(['unlink', -2, ['write', 'fast']], { keys: ALL_KEYS, run: deleteAll }),
  command(['exists', -2, ['readonly', 'fast']], { keys: ALL_KEYS, run: countAll }),
  command(['touch', -2, ['readonly', 'fast']], { keys: ALL_KEYS, run: countAll }),
  command(['type', 2, ['readonly', 'fast']], {
    keys: ONE_KEY,
    run: (context, args) => {
      const value = context.database.get(argument(args, 1));
      return new StatusReply(value === undefined ? 'none' : typeOf(value));
    },
  }),
  command(['rename', 3, ['write']], { keys: TWO_KEYS, run: (context, args) => rename(context, args, false) }),
  command(['renamenx', 3, ['write', 'fast']], { keys: TWO_KEYS, run: (context, args) => rename(context, args, true) }),
  command(['copy', -3, ['write', 'denyoom']], { keys: TWO_KEYS, run: copy }),
  command(['move', 3, ['write', 'fast']], { keys: ONE_KEY, run: move }),
  command(['keys', 2, ['readonly']], (context, args) => context.database.keys().filter(globTest(argument(args, 1)))),
  command(['scan', -2, ['readonly']], { notes: 'keys come in order of insertion', run: scan }),
  command(['randomkey', 1, ['readonly']], ({ database }) => {
    const keys = database.keys();
    return keys[Math.floor(Math.random() * keys.length)] ?? null;
  }),
  command(['dbsize', 1, ['readonly', 'fast']], ({ database }) => database.size),
  command(['object', -2, ['readonly']], {
    keys: { first: 2, last: 2, step: 1 },
    notes: 'ENCODING is the one of small values; FREQ is refused',
    ...object,
  }),
  command(['memory', -2, ['readonly']], {
    keys: { first: 2, last: 2, step: 1 },
    notes: 'USAGE only; exact for documents, an estimate for other types',
    ...memory,
  }),
];
