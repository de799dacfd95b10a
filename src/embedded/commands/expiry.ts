import { MAX_LONG } from '../integers';
import { fault } from '../messages';
import { CommandError, commandsOf, ONE_KEY, type Command, type Context } from './command';
import { argument, Options, parseLong } from './arguments';

/** The moment that a time argument stands for, in milliseconds since 1970. */
export function momentOf(
  context: Context,
  text: string,
  how: { readonly unit: bigint; readonly absolute: boolean; readonly command: string },
): number {
  const amount = parseLong(text) * how.unit;
  const moment = how.absolute ? amount : amount + BigInt(context.server.clock.now());
  if (amount > MAX_LONG || amount < -MAX_LONG || moment > MAX_LONG) throw new CommandError(fault.invalidExpire(how.command));
  return Number(moment);
}

function readConditions(args: readonly string[]): ReadonlySet<string> {
  const options = new Options(args, 3);
  const conditions = new Set<string>();
  while (!options.done) {
    const option = options.take();
    if (!['NX', 'XX', 'GT', 'LT'].includes(option.toUpperCase())) throw new CommandError(fault.unsupportedOption(option));
    conditions.add(option.toUpperCase());
  }
  if (conditions.has('NX') && conditions.size > 1) throw new CommandError(fault.expireOptions);
  if (conditions.has('GT') && conditions.has('LT')) throw new CommandError(fault.expireGtLt);
  return conditions;
}

function allows(conditions: ReadonlySet<string>, current: number | undefined, moment: number): boolean {
  if (conditions.has('NX') && current !== undefined) return false;
  if (conditions.has('XX') && current === undefined) return false;
  if (conditions.has('GT') && (current === undefined || moment <= current)) return false;
  return !(conditions.has('LT') && current !== undefined && moment >= current);
}

const command = commandsOf('generic', ONE_KEY);

function expiring(name: string, unit: bigint): Command {
  const absolute = name.endsWith('at');
  return command([name, -3, ['write', 'fast']], (context, args) => {
    const key = argument(args, 1);
    const conditions = readConditions(args);
    const moment = momentOf(context, argument(args, 2), { unit, absolute, command: name });
    const entry = context.database.entry(key);
    if (entry === undefined || !allows(conditions, entry.expiresAt, moment)) return 0;
    if (moment <= context.server.clock.now()) context.database.delete(key);
    else context.database.expire(key, moment);
    return 1;
  });
}

function timeLeft(name: string, answer: (expiresAt: number, now: number) => number): Command {
  return command([name, 2, ['readonly', 'fast']], (context, args) => {
    const entry = context.database.entry(argument(args, 1));
    if (entry === undefined) return -2;
    return entry.expiresAt === undefined ? -1 : answer(entry.expiresAt, context.server.clock.now());
  });
}

export const expiryCommands: readonly Command[] = [
  expiring('expire', 1000n),
  expiring('pexpire', 1n),
  expiring('expireat', 1000n),
  expiring('pexpireat', 1n),
  timeLeft('ttl', (expiresAt, now) => Math.floor((expiresAt - now + 500) / 1000)),
  timeLeft('pttl', (expiresAt, now) => expiresAt - now),
  timeLeft('expiretime', (expiresAt) => Math.floor((expiresAt + 500) / 1000)),
  timeLeft('pexpiretime', (expiresAt) => expiresAt),
  command(['persist', 2, ['write', 'fast']], (context, args) => {
    const key = argument(args, 1);
    if (context.database.entry(key)?.expiresAt === undefined) return 0;
    context.database.expire(key, undefined);
    return 1;
  }),
];
