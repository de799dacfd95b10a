import { MIN_LONG } from '../integers';
import { fault } from '../messages';
import { nullArray, ok, type Reply } from '../protocol/reply';
import { ListValue } from '../state/values';
import { argument, parseInteger, parseLong, readList } from './arguments';
import { changeCollection, rangeOf } from './collections';
import { CommandError, UnexpectedWordError, commandsOf, ONE_KEY, TWO_KEYS, type Command, type Context } from './command';

const command = commandsOf('list', ONE_KEY);

const itemsOf = (context: Context, key: string): readonly string[] => readList(context, key)?.items ?? [];

function change<R>(context: Context, key: string, action: (list: ListValue) => R): R {
  return changeCollection(context, { key, read: readList, create: () => new ListValue() }, action);
}

/** Like `change`, but an action that leaves the number of items as it is counts as no change. */
function resize<R>(context: Context, key: string, action: (list: ListValue) => R): R {
  return changeCollection(context, { key, read: readList, create: () => new ListValue(), stamp: ({ items }) => items.length }, action);
}

function pushing(name: string): Command {
  const [isLeft, onlyExisting] = [name.startsWith('l'), name.endsWith('x')];
  return command([name, -3, ['write', 'denyoom', 'fast']], (context, args) => {
    const key = argument(args, 1);
    if (onlyExisting && readList(context, key) === undefined) return 0;
    return change(context, key, ({ items }) => {
      for (const item of args.slice(2))
        if (isLeft) items.unshift(item);
        else items.push(item);
      return items.length;
    });
  });
}

function pop(context: Context, args: readonly string[], left: boolean): Reply {
  const key = argument(args, 1);
  if (args.length > 3) throw new CommandError(fault.arity(argument(args, 0).toLowerCase()));
  const count = args[2] === undefined ? undefined : parseInteger(args[2], fault.countNotPositive);
  if (count !== undefined && count < 0) throw new CommandError(fault.countNotPositive);
  if (readList(context, key) === undefined) return count === undefined ? null : nullArray;
  return resize(context, key, ({ items }) => {
    const taken = left ? items.splice(0, count ?? 1) : items.splice(Math.max(items.length - (count ?? 1), 0)).reverse();
    return count === undefined ? (taken[0] ?? null) : taken;
  });
}

function set(context: Context, args: readonly string[]): Reply {
  if (readList(context, argument(args, 1)) === undefined) throw new CommandError(fault.noSuchKey);
  // The server keeps only the lower 32 bits of the index.
  const index = Number(BigInt.asIntN(32, parseLong(argument(args, 2))));
  return change(context, argument(args, 1), ({ items }) => {
    const place = index < 0 ? items.length + index : index;
    if (place < 0 || place >= items.length) throw new CommandError(fault.indexOutOfRange);
    items[place] = argument(args, 3);
    return ok;
  });
}

function remove(context: Context, args: readonly string[]): Reply {
  const word = parseLong(argument(args, 2));
  if (word === MIN_LONG) throw new CommandError(fault.removalCount);
  const count = Number(word);
  const item = argument(args, 3);
  return resize(context, argument(args, 1), (list) => {
    const ordered = count < 0 ? [...list.items].reverse() : list.items;
    let left = count === 0 ? Infinity : Math.abs(count);
    const kept = ordered.filter((other) => other !== item || left-- <= 0);
    const removed = ordered.length - kept.length;
    list.items = count < 0 ? kept.reverse() : kept;
    return removed;
  });
}

function insert(context: Context, args: readonly string[]): Reply {
  const where = argument(args, 2).toUpperCase();
  if (where !== 'BEFORE' && where !== 'AFTER') throw new UnexpectedWordError(args, 2);
  if (readList(context, argument(args, 1)) === undefined) return 0;
  return resize(context, argument(args, 1), ({ items }) => {
    const place = items.indexOf(argument(args, 3));
    if (place === -1) return -1;
    items.splice(where === 'BEFORE' ? place : place + 1, 0, argument(args, 4));
    return items.length;
  });
}

function moveItem(context: Context, args: readonly string[], ends: { readonly from: string; readonly to: string }): Reply {
  const sides = ['LEFT', 'RIGHT'];
  if (!sides.includes(ends.from)) throw new UnexpectedWordError(args, 3);
  if (!sides.includes(ends.to)) throw new UnexpectedWordError(args, 4);
  const [source, target] = [argument(args, 1), argument(args, 2)];
  if (readList(context, source) === undefined) return null;
  readList(context, target);
  const item = change(context, source, ({ items }) => (ends.from === 'LEFT' ? items.shift() : items.pop())) as string;
  change(context, target, ({ items }) => (ends.to === 'LEFT' ? items.unshift(item) : items.push(item)));
  return item;
}

export const listCommands: readonly Command[] = [
  ...['lpush', 'rpush', 'lpushx', 'rpushx'].map(pushing),
  command(['lpop', -2, ['write', 'fast']], (context, args) => pop(context, args, true)),
  command(['rpop', -2, ['write', 'fast']], (context, args) => pop(context, args, false)),
  command(['llen', 2, ['readonly', 'fast']], (context, args) => itemsOf(context, argument(args, 1)).length),
  command(['lrange', 4, ['readonly']], (context, args) => {
    const [start, stop] = [parseInteger(argument(args, 2)), parseInteger(argument(args, 3))];
    const items = itemsOf(context, argument(args, 1));
    const range = rangeOf(start, stop, items.length);
    return items.slice(range.start, range.end);
  }),
  command(['lindex', 3, ['readonly']], (context, args) => {
    const list = readList(context, argument(args, 1));
    return list?.items.at(parseInteger(argument(args, 2))) ?? null;
  }),
  command(['lset', 4, ['write', 'denyoom']], set),
  command(['lrem', 4, ['write']], remove),
  command(['linsert', 5, ['write', 'denyoom']], insert),
  command(['ltrim', 4, ['write']], (context, args) => {
    const [start, stop] = [parseInteger(argument(args, 2)), parseInteger(argument(args, 3))];
    change(context, argument(args, 1), (list) => {
      const range = rangeOf(start, stop, list.items.length);
      list.items = list.items.slice(range.start, range.end);
    });
    return ok;
  }),
  command(['lmove', 5, ['write', 'denyoom']], {
    keys: TWO_KEYS,
    run: (context, args) => moveItem(context, args, { from: argument(args, 3).toUpperCase(), to: argument(args, 4).toUpperCase() }),
  }),
  command(['rpoplpush', 3, ['write', 'denyoom']], {
    keys: TWO_KEYS,
    run: (context, args) => moveItem(context, args, { from: 'RIGHT', to: 'LEFT' }),
  }),
];
