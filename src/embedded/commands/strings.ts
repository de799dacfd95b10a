import { fitsLong, integerOf, MIN_LONG } from '../integers';
import { fault } from '../messages';
import { ok, type Reply } from '../protocol/reply';
import { argument, Options, pairsOf, parseDouble, parseInteger, parseLong, readText } from './arguments';
import { ALL_KEYS, CommandError, commandsOf, ONE_KEY, type Command, type Context } from './command';
import { momentOf } from './expiry';

const command = commandsOf('string', ONE_KEY);

interface SetOptions {
  condition?: 'NX' | 'XX';
  keepTtl?: boolean;
  get?: boolean;
  expiresAt?: number;
}

const TIME_OPTIONS: Readonly<Record<string, { readonly unit: bigint; readonly absolute: boolean }>> = {
  EX: { unit: 1000n, absolute: false },
  PX: { unit: 1n, absolute: false },
  EXAT: { unit: 1000n, absolute: true },
  PXAT: { unit: 1n, absolute: true },
};

function readSetOptions(context: Context, args: readonly string[]): SetOptions {
  const options = new Options(args, 3);
  const read: SetOptions = {};
  let time: { readonly kind: string; readonly text: string } | undefined;
  while (!options.done) {
    const option = options.next();
    if ((option === 'NX' || option === 'XX') && (read.condition ?? option) === option) read.condition = option;
    else if (option === 'GET') read.get = true;
    else if (option === 'KEEPTTL' && time === undefined) read.keepTtl = true;
    else if (Object.hasOwn(TIME_OPTIONS, option) && (time?.kind ?? option) === option && read.keepTtl !== true && !options.done)
      time = { kind: option, text: options.take() };
    else throw options.unexpected();
  }
  if (time !== undefined) read.expiresAt = positiveMoment(context, time, 'set');
  return read;
}

function positiveMoment(context: Context, time: { readonly kind: string; readonly text: string }, name: string): number {
  const kind = TIME_OPTIONS[time.kind] ?? { unit: 1n, absolute: false };
  if (parseLong(time.text) <= 0n) throw new CommandError(fault.invalidExpire(name));
  return momentOf(context, time.text, { ...kind, command: name });
}

function set(context: Context, args: readonly string[]): Reply {
  const key = argument(args, 1);
  const { condition, get, keepTtl, expiresAt } = readSetOptions(context, args);
  const before = get === true ? (readText(context, key) ?? null) : ok;
  const exists = context.database.entry(key) !== undefined;
  if (condition !== undefined && (condition === 'XX') !== exists) return get === true ? before : null;
  context.database.set(key, argument(args, 2), { keepTtl, expiresAt });
  if (expiresAt !== undefined && expiresAt <= context.server.clock.now()) context.database.delete(key);
  return before;
}

function setWithTime(name: string, kind: 'EX' | 'PX'): Command {
  return command([name, 4, ['write', 'denyoom']], (context, args) => {
    const expiresAt = positiveMoment(context, { kind, text: argument(args, 2) }, name);
    context.database.set(argument(args, 1), argument(args, 3), { expiresAt });
    return ok;
  });
}

function getex(context: Context, args: readonly string[]): Reply {
  const key = argument(args, 1);
  const options = new Options(args, 2);
  let [kind, time]: (string | undefined)[] = [];
  while (!options.done) {
    const option = options.next();
    if ((kind ?? option) !== option) throw options.unexpected();
    kind = option;
    if (Object.hasOwn(TIME_OPTIONS, option) && !options.done) time = options.take();
    else if (option !== 'PERSIST') throw options.unexpected();
  }
  const value = readText(context, key);
  if (value === undefined) return null;
  // The time is checked only when the key exists.
  if (kind === 'PERSIST') context.database.expire(key, undefined);
  else if (kind !== undefined) context.database.expire(key, positiveMoment(context, { kind, text: time ?? '' }, 'getex'));
  return value;
}

function add(context: Context, key: string, amount: bigint): Reply {
  const sum = parseLong(readText(context, key) ?? '0') + amount;
  if (!fitsLong(sum)) throw new CommandError(fault.overflow);
  context.database.set(key, String(sum), { keepTtl: true });
  return integerOf(sum);
}

function negated(text: string): bigint {
  const amount = parseLong(text);
  if (amount === MIN_LONG) throw new CommandError(fault.decrementOverflow);
  return -amount;
}

function incrbyfloat(context: Context, args: readonly string[]): Reply {
  const key = argument(args, 1);
  const sum = parseDouble(readText(context, key) ?? '0') + parseDouble(argument(args, 2));
  if (!Number.isFinite(sum)) throw new CommandError(fault.nanOrInfinity);
  const text = decimalText(sum);
  context.database.set(key, text, { keepTtl: true });
  return text;
}

/** A number without exponent and without trailing zeros. */
export function decimalText(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  const text = String(value);
  return text.includes('e') ? value.toFixed(17).replace(/0+$/, '') : text;
}

function getrange(context: Context, args: readonly string[]): Reply {
  const [start, end] = [parseInteger(argument(args, 2)), parseInteger(argument(args, 3))];
  const text = readText(context, argument(args, 1)) ?? '';
  if (start < 0 && end < 0 && start > end) return '';
  const from = Math.max(start < 0 ? text.length + start : start, 0);
  const to = Math.min(Math.max(end < 0 ? text.length + end : end, 0), text.length - 1);
  return text.slice(from, Math.max(to + 1, from));
}

function setrange(context: Context, args: readonly string[]): Reply {
  const key = argument(args, 1);
  const offset = parseInteger(argument(args, 2));
  if (offset < 0) throw new CommandError(fault.offsetOutOfRange);
  const [text, part] = [readText(context, key) ?? '', argument(args, 3)];
  if (part === '') return text.length;
  if (offset + part.length > 512 * 1024 * 1024) throw new CommandError(fault.stringTooLong);
  const changed = text.slice(0, offset).padEnd(offset, '\0') + part + text.slice(offset + part.length);
  context.database.set(key, changed, { keepTtl: true });
  return changed.length;
}

function setMany(context: Context, args: readonly string[], onlyNew: boolean): Reply {
  const pairs = pairsOf(args.slice(1));
  if (pairs === undefined) throw new CommandError(fault.arity(onlyNew ? 'msetnx' : 'mset'));
  if (onlyNew && pairs.some(([key]) => context.database.entry(key) !== undefined)) return 0;
  for (const [key, value] of pairs) context.database.set(key, value);
  return onlyNew ? 1 : ok;
}

function append(context: Context, args: readonly string[]): Reply {
  const key = argument(args, 1);
  const text = (readText(context, key) ?? '') + argument(args, 2);
  context.database.set(key, text, { keepTtl: true });
  return text.length;
}

const EVERY_SECOND = { first: 1, last: -1, step: 2 };

export const stringCommands: readonly Command[] = [
  command(['get', 2, ['readonly', 'fast']], (context, args) => readText(context, argument(args, 1)) ?? null),
  command(['set', -3, ['write', 'denyoom']], set),
  command(['setnx', 3, ['write', 'denyoom', 'fast']], (context, args) => {
    if (context.database.entry(argument(args, 1)) !== undefined) return 0;
    context.database.set(argument(args, 1), argument(args, 2));
    return 1;
  }),
  setWithTime('setex', 'EX'),
  setWithTime('psetex', 'PX'),
  command(['getset', 3, ['write', 'denyoom', 'fast']], (context, args) => {
    const before = readText(context, argument(args, 1));
    context.database.set(argument(args, 1), argument(args, 2));
    return before ?? null;
  }),
  command(['getdel', 2, ['write', 'fast']], (context, args) => {
    const before = readText(context, argument(args, 1));
    if (before !== undefined) context.database.delete(argument(args, 1));
    return before ?? null;
  }),
  command(['getex', -2, ['write', 'fast']], getex),
  command(['mget', -2, ['readonly', 'fast']], {
    keys: ALL_KEYS,
    run: (context, args) =>
      args.slice(1).map((key) => {
        const value = context.database.get(key);
        return typeof value === 'string' ? value : null;
      }),
  }),
  command(['mset', -3, ['write', 'denyoom']], { keys: EVERY_SECOND, run: (context, args) => setMany(context, args, false) }),
  command(['msetnx', -3, ['write', 'denyoom']], { keys: EVERY_SECOND, run: (context, args) => setMany(context, args, true) }),
  command(['append', 3, ['write', 'denyoom', 'fast']], append),
  command(['strlen', 2, ['readonly', 'fast']], (context, args) => (readText(context, argument(args, 1)) ?? '').length),
  command(['getrange', 4, ['readonly']], getrange),
  command(['setrange', 4, ['write', 'denyoom']], setrange),
  command(['incr', 2, ['write', 'denyoom', 'fast']], (context, args) => add(context, argument(args, 1), 1n)),
  command(['decr', 2, ['write', 'denyoom', 'fast']], (context, args) => add(context, argument(args, 1), -1n)),
  command(['incrby', 3, ['write', 'denyoom', 'fast']], (context, args) => add(context, argument(args, 1), parseLong(argument(args, 2)))),
  command(['decrby', 3, ['write', 'denyoom', 'fast']], (context, args) => add(context, argument(args, 1), negated(argument(args, 2)))),
  command(['incrbyfloat', 3, ['write', 'denyoom', 'fast']], incrbyfloat),
];
