import { fault } from '../messages';
import type { Command, Context } from './command';
import { CommandError, ONE_KEY } from './command';
import { argument, Options, parseLong } from './arguments';

const LATEST = 2n ** 63n - 1n;

/** The moment that a time argument means, in milliseconds since 1970. */
export function momentOf(
  context: Context,
  text: string,
  how: { readonly unit: bigint; readonly absolute: boolean; readonly command: string },
): number {
  const amount = parseLong(text) * how.unit;
  const moment = how.absolute ? amount : amount + BigInt(context.server.clock.now());
  if (amount > LATEST || amount < -LATEST || moment > LATEST) throw new CommandError(fault.invalidExpire(how.command));
  return Number(moment);
}

interface ExpireKind {
  readonly name: string;
  readonly unit: bigint;
  readonly absolute: boolean;
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

function expireCommand({ name, unit, absolute }: ExpireKind): Command {
  return {
    name,
    group: 'generic',
    arity: -3,
    flags: ['write', 'fast'],
    keys: ONE_KEY,
    run: (context, args) => {
      const key = argument(args, 1);
      const conditions = readConditions(args);
      const moment = momentOf(context, argument(args, 2), { unit, absolute, command: name });
      const entry = context.database.entry(key);
      if (entry === undefined || !allows(conditions, entry.expiresAt, moment)) return 0;
      if (moment <= context.server.clock.now()) context.database.delete(key);
      else context.database.expire(key, moment);
      return 1;
    },
  };
}

function timeLeftCommand(name: string, answer: (expiresAt: number, now: number) => number): Command {
  return {
    name,
    group: 'generic',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: ONE_KEY,
    run: (context, args) => {
      const entry = context.database.entry(argument(args, 1));
      if (entry === undefined) return -2;
      return entry.expiresAt === undefined ? -1 : answer(entry.expiresAt, context.server.clock.now());
    },
  };
}

const persist: Command = {
  name: 'persist',
  group: 'generic',
  arity: 2,
  flags: ['write', 'fast'],
  keys: ONE_KEY,
  run: (context, args) => {
    const key = argument(args, 1);
    if (context.database.entry(key)?.expiresAt === undefined) return 0;
    context.database.expire(key, undefined);
    return 1;
  },
};

export const expiryCommands: readonly Command[] = [
  expireCommand({ name: 'expire', unit: 1000n, absolute: false }),
  expireCommand({ name: 'pexpire', unit: 1n, absolute: false }),
  expireCommand({ name: 'expireat', unit: 1000n, absolute: true }),
  expireCommand({ name: 'pexpireat', unit: 1n, absolute: true }),
  timeLeftCommand('ttl', (expiresAt, now) => Math.floor((expiresAt - now + 500) / 1000)),
  timeLeftCommand('pttl', (expiresAt, now) => expiresAt - now),
  timeLeftCommand('expiretime', (expiresAt) => Math.floor((expiresAt + 500) / 1000)),
  timeLeftCommand('pexpiretime', (expiresAt) => expiresAt),
  persist,
];
