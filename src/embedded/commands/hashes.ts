import { fitsLong, integerOf } from '../integers';
import { fault } from '../messages';
import { MapReply, ok, type Reply } from '../protocol/reply';
import { HashValue } from '../state/values';
import { argument, pairsOf, parseDouble, parseLong, readHash } from './arguments';
import { changeCollection } from './collections';
import { CommandError, commandsOf, ONE_KEY, type Command, type Context } from './command';
import { scanCollection } from './keys';
import { decimalText } from './strings';

const command = commandsOf('hash', ONE_KEY);

const fieldsOf = (context: Context, args: readonly string[]): ReadonlyMap<string, string> =>
  readHash(context, argument(args, 1))?.fields ?? new Map<string, string>();

function change<R>(context: Context, args: readonly string[], action: (fields: Map<string, string>) => R): R {
  return changeCollection(context, { key: argument(args, 1), read: readHash, create: () => new HashValue() }, ({ fields }) =>
    action(fields),
  );
}

function setFields(context: Context, args: readonly string[]): number {
  const pairs = pairsOf(args.slice(2));
  if (pairs === undefined) throw new CommandError(fault.arity(argument(args, 0).toLowerCase()));
  return change(context, args, (fields) => {
    const before = fields.size;
    for (const [field, value] of pairs) fields.set(field, value);
    return fields.size - before;
  });
}

function increase(context: Context, args: readonly string[]): Reply {
  const amount = parseLong(argument(args, 3));
  const sum = parseLong(fieldsOf(context, args).get(argument(args, 2)) ?? '0', fault.hashNotInteger) + amount;
  if (!fitsLong(sum)) throw new CommandError(fault.overflow);
  change(context, args, (fields) => fields.set(argument(args, 2), String(sum)));
  return integerOf(sum);
}

function increaseFloat(context: Context, args: readonly string[]): Reply {
  const amount = parseDouble(argument(args, 3));
  if (!Number.isFinite(amount)) throw new CommandError(fault.notFinite);
  const sum = parseDouble(fieldsOf(context, args).get(argument(args, 2)) ?? '0', fault.hashNotFloat) + amount;
  if (!Number.isFinite(sum)) throw new CommandError(fault.nanOrInfinity);
  change(context, args, (fields) => fields.set(argument(args, 2), decimalText(sum)));
  return decimalText(sum);
}

export const hashCommands: readonly Command[] = [
  command(['hset', -4, ['write', 'denyoom', 'fast']], setFields),
  command(['hmset', -4, ['write', 'denyoom', 'fast']], (context, args) => {
    setFields(context, args);
    return ok;
  }),
  command(['hsetnx', 4, ['write', 'denyoom', 'fast']], (context, args) => {
    if (fieldsOf(context, args).has(argument(args, 2))) return 0;
    change(context, args, (fields) => fields.set(argument(args, 2), argument(args, 3)));
    return 1;
  }),
  command(['hget', 3, ['readonly', 'fast']], (context, args) => fieldsOf(context, args).get(argument(args, 2)) ?? null),
  command(['hmget', -3, ['readonly', 'fast']], (context, args) => args.slice(2).map((field) => fieldsOf(context, args).get(field) ?? null)),
  command(['hgetall', 2, ['readonly']], (context, args) => new MapReply([...fieldsOf(context, args)])),
  command(['hkeys', 2, ['readonly']], (context, args) => [...fieldsOf(context, args).keys()]),
  command(['hvals', 2, ['readonly']], (context, args) => [...fieldsOf(context, args).values()]),
  command(['hlen', 2, ['readonly', 'fast']], (context, args) => fieldsOf(context, args).size),
  command(['hexists', 3, ['readonly', 'fast']], (context, args) => Number(fieldsOf(context, args).has(argument(args, 2)))),
  command(['hstrlen', 3, ['readonly', 'fast']], (context, args) => (fieldsOf(context, args).get(argument(args, 2)) ?? '').length),
  command(['hdel', -3, ['write', 'fast']], (context, args) =>
    changeCollection(
      context,
      { key: argument(args, 1), read: readHash, create: () => new HashValue(), stamp: ({ fields }) => fields.size },
      ({ fields }) => args.slice(2).filter((field) => fields.delete(field)).length,
    ),
  ),
  command(['hincrby', 4, ['write', 'denyoom', 'fast']], increase),
  command(['hincrbyfloat', 4, ['write', 'denyoom', 'fast']], increaseFloat),
  command(['hscan', -3, ['readonly']], (context, args) => scanCollection(args, () => [...fieldsOf(context, args)])),
];
