import { fault } from '../messages';
import { SetReply, type Reply } from '../protocol/reply';
import { SetValue } from '../state/values';
import { argument, parseInteger, readSet } from './arguments';
import { changeCollection } from './collections';
import { ALL_KEYS, CommandError, commandsOf, UnexpectedWordError, ONE_KEY, TWO_KEYS, type Command, type Context } from './command';
import { scanCollection } from './keys';

const command = commandsOf('set', ONE_KEY);

const membersOf = (context: Context, key: string): ReadonlySet<string> => readSet(context, key)?.members ?? new Set<string>();

function change<R>(context: Context, key: string, action: (members: Set<string>) => R): R {
  return changeCollection(
    context,
    { key, read: readSet, create: () => new SetValue(), stamp: ({ members }) => members.size },
    ({ members }) => action(members),
  );
}

type Combine = (sets: readonly ReadonlySet<string>[]) => string[];

const COMBINATIONS: Readonly<Record<'sinter' | 'sunion' | 'sdiff', Combine>> = {
  sinter: ([first, ...others]) => [...(first ?? [])].filter((member) => others.every((other) => other.has(member))),
  sunion: (sets) => [...new Set(sets.flatMap((set) => [...set]))],
  sdiff: ([first, ...others]) => [...(first ?? [])].filter((member) => !others.some((other) => other.has(member))),
};

function combine(name: keyof typeof COMBINATIONS): readonly Command[] {
  const setsOf = (context: Context, keys: readonly string[]): ReadonlySet<string>[] => keys.map((key) => membersOf(context, key));
  const answer = command([name, -2, ['readonly']], {
    keys: ALL_KEYS,
    run: (context, args) => new SetReply(COMBINATIONS[name](setsOf(context, args.slice(1)))),
  });
  const store = command([`${name}store`, -3, ['write', 'denyoom']], {
    keys: ALL_KEYS,
    run: (context, args) => {
      const members = COMBINATIONS[name](setsOf(context, args.slice(2)));
      context.database.delete(argument(args, 1));
      return change(context, argument(args, 1), (stored) => {
        members.forEach((member) => stored.add(member));
        return stored.size;
      });
    },
  });
  return [answer, store];
}

function randomMembers(context: Context, args: readonly string[]): Reply {
  if (args.length > 3) throw new UnexpectedWordError(args, 3);
  const count = args[2] === undefined ? undefined : parseInteger(args[2]);
  const members = [...membersOf(context, argument(args, 1))];
  const pick = (): string | undefined => members[Math.floor(Math.random() * members.length)];
  if (count === undefined) return pick() ?? null;
  if (members.length === 0) return [];
  if (count < 0) return Array.from({ length: -count }, () => pick() as string);
  return members.slice(0, count);
}

function pop(context: Context, args: readonly string[]): Reply {
  if (args.length > 3) throw new UnexpectedWordError(args, 3);
  const count = args[2] === undefined ? undefined : parseInteger(args[2], fault.countNotPositive);
  if (count !== undefined && count < 0) throw new CommandError(fault.countNotPositive);
  const taken = [...membersOf(context, argument(args, 1))].slice(0, count ?? 1);
  change(context, argument(args, 1), (members) => taken.forEach((member) => members.delete(member)));
  return count === undefined ? (taken[0] ?? null) : new SetReply(taken);
}

function move(context: Context, args: readonly string[]): Reply {
  const [source, target, member] = [argument(args, 1), argument(args, 2), argument(args, 3)];
  const members = readSet(context, source)?.members;
  if (members === undefined) return 0;
  readSet(context, target);
  if (!members.has(member)) return 0;
  if (source === target) return 1;
  change(context, source, (members) => members.delete(member));
  change(context, target, (members) => members.add(member));
  return 1;
}

export const setCommands: readonly Command[] = [
  command(['sadd', -3, ['write', 'denyoom', 'fast']], (context, args) =>
    change(context, argument(args, 1), (members) => {
      const before = members.size;
      args.slice(2).forEach((member) => members.add(member));
      return members.size - before;
    }),
  ),
  command(['srem', -3, ['write', 'fast']], (context, args) =>
    change(context, argument(args, 1), (members) => args.slice(2).filter((member) => members.delete(member)).length),
  ),
  command(['smembers', 2, ['readonly']], (context, args) => new SetReply([...membersOf(context, argument(args, 1))])),
  command(['sismember', 3, ['readonly', 'fast']], (context, args) => Number(membersOf(context, argument(args, 1)).has(argument(args, 2)))),
  command(['smismember', -3, ['readonly', 'fast']], (context, args) => {
    const members = membersOf(context, argument(args, 1));
    return args.slice(2).map((member) => Number(members.has(member)));
  }),
  command(['scard', 2, ['readonly', 'fast']], (context, args) => membersOf(context, argument(args, 1)).size),
  command(['srandmember', -2, ['readonly']], randomMembers),
  command(['spop', -2, ['write', 'fast']], pop),
  command(['smove', 4, ['write', 'fast']], { run: move, keys: TWO_KEYS }),
  ...combine('sinter'),
  ...combine('sunion'),
  ...combine('sdiff'),
  command(['sscan', -3, ['readonly']], (context, args) =>
    scanCollection(args, () => Array.from(membersOf(context, argument(args, 1)), (member) => [member])),
  ),
];
