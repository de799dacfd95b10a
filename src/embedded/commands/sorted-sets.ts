import { fault } from '../messages';
import { DoubleReply, nullArray, type Reply } from '../protocol/reply';
import { SortedSet, type ScoredMember } from '../state/sorted-set';
import { argument, Options, pairsOf, positionOf, parseDouble, parseInteger, readSorted } from './arguments';
import { changeCollection } from './collections';
import { CommandError, UnexpectedWordError, commandsOf, ONE_KEY, type Command, type Context } from './command';
import { scanCollection } from './keys';
import { doubleText } from '../protocol/double-text';
import { rangeSelector, type RangeQuery } from './sorted-set-ranges';

const command = commandsOf('sorted set', ONE_KEY);

const entriesOf = (context: Context, args: readonly string[]): readonly ScoredMember[] =>
  readSorted(context, argument(args, 1))?.ascending() ?? [];

function change<R>(context: Context, args: readonly string[], action: (set: SortedSet) => R): R {
  return changeCollection(
    context,
    { key: argument(args, 1), read: readSorted, create: () => new SortedSet(), stamp: ({ changes }) => changes },
    action,
  );
}

interface Addition {
  readonly options: ReadonlySet<string>;
  readonly pairs: readonly (readonly [score: string, member: string])[];
}

function readAddition(args: readonly string[]): Addition {
  const options = new Set<string>();
  let index = 2;
  for (; ['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'].includes((args[index] ?? '').toUpperCase()); index += 1)
    options.add(argument(args, index).toUpperCase());
  const pairs = pairsOf(args.slice(index));
  if (pairs === undefined || pairs.length === 0) throw new UnexpectedWordError(args, args.length);
  if (options.has('NX') && options.has('XX')) throw new CommandError(fault.zaddOptions);
  if (['GT', 'LT', 'NX'].filter((option) => options.has(option)).length > 1) throw new CommandError(fault.zaddComparisons);
  if (options.has('INCR') && pairs.length > 1) throw new CommandError(fault.zaddIncrement);
  return { options, pairs };
}

function isAllowed(options: ReadonlySet<string>, before: number | undefined, score: number): boolean {
  if (before === undefined) return !options.has('XX');
  if (options.has('NX')) return false;
  return !(options.has('GT') && score <= before) && !(options.has('LT') && score >= before);
}

function add(context: Context, args: readonly string[]): Reply {
  const { options, pairs } = readAddition(args);
  const scored = pairs.map(([score, member]) => ({ given: parseDouble(score), member }));
  return change(context, args, (set) => {
    let [added, changed] = [0, 0];
    let result: Reply = null;
    scored.forEach(({ given, member }) => {
      const before = set.score(member);
      const score = options.has('INCR') && before !== undefined ? before + given : given;
      if (Number.isNaN(score)) throw new CommandError(fault.scoreNotNumber);
      if (!isAllowed(options, before, score)) return;
      added += Number(before === undefined);
      changed += Number(before !== undefined && before !== score);
      set.set(member, score);
      result = new DoubleReply(score);
    });
    if (options.has('INCR')) return result;
    return options.has('CH') ? added + changed : added;
  });
}

function pairsReply(context: Context, entries: readonly ScoredMember[]): Reply {
  if (context.version === 3) return entries.map(({ member, score }) => [member, new DoubleReply(score)]);
  return entries.flatMap(({ member, score }) => [member, doubleText(score)]);
}

function answerRange(context: Context, args: readonly string[], query: RangeQuery & { readonly withScores: boolean }): Reply {
  const select = rangeSelector(query);
  const found = select(entriesOf(context, args));
  return query.withScores ? pairsReply(context, found) : found.map(({ member }) => member);
}

function readRangeOptions(args: readonly string[]): { withScores: boolean; limit?: RangeQuery['limit']; words: ReadonlySet<string> } {
  const options = new Options(args, 4);
  const words = new Set<string>();
  let limit: RangeQuery['limit'];
  while (!options.done) {
    const option = options.next();
    if (option === 'LIMIT' && options.left >= 2) limit = { offset: parseInteger(options.take()), count: parseInteger(options.take()) };
    else if (option === 'WITHSCORES' || (option === 'REV' && !words.has('REV'))) words.add(option);
    else if ((option === 'BYSCORE' || option === 'BYLEX') && !words.has('BYSCORE') && !words.has('BYLEX')) words.add(option);
    else throw options.unexpected();
  }
  return { withScores: words.has('WITHSCORES'), limit, words };
}

type RangeOptions = ReturnType<typeof readRangeOptions>;

function answerRangeWith(
  context: Context,
  args: readonly string[],
  { options, by, reverse }: Pick<RangeQuery, 'by' | 'reverse'> & { readonly options: RangeOptions },
): Reply {
  const { withScores, limit } = options;
  // The server treats a count of -1 as if there were no LIMIT.
  if (by === 'rank' && limit !== undefined && limit.count !== -1) throw new CommandError(fault.limitWithoutBy);
  if (by === 'lex' && withScores) throw new CommandError(fault.scoresWithLex);
  return answerRange(context, args, { by, reverse, start: argument(args, 2), stop: argument(args, 3), limit, withScores });
}

function range(context: Context, args: readonly string[]): Reply {
  const options = readRangeOptions(args);
  const by = options.words.has('BYSCORE') ? 'score' : options.words.has('BYLEX') ? 'lex' : 'rank';
  return answerRangeWith(context, args, { options, by, reverse: options.words.has('REV') });
}

function oldRange(name: string, by: RangeQuery['by'], reverse: boolean): Command {
  return command([name, -4, ['readonly']], (context, args) => {
    const options = readRangeOptions(args);
    const refused = [...options.words].find((word) => word !== 'WITHSCORES');
    if (refused !== undefined) throw new UnexpectedWordError(args, positionOf(args, refused));
    return answerRangeWith(context, args, { options, by, reverse });
  });
}

/** The members of a range whose ends are the last two words. */
function membersInRange(context: Context, args: readonly string[], by: RangeQuery['by']): readonly ScoredMember[] {
  const select = rangeSelector({ by, reverse: false, start: argument(args, 2), stop: argument(args, 3) });
  return select(entriesOf(context, args));
}

function counting(name: string, by: RangeQuery['by']): Command {
  return command([name, 4, ['readonly', 'fast']], (context, args) => membersInRange(context, args, by).length);
}

function removeRange(name: string, by: RangeQuery['by']): Command {
  return command([name, 4, ['write']], (context, args) => {
    const found = membersInRange(context, args, by);
    return change(context, args, (set) => found.filter(({ member }) => set.remove(member)).length);
  });
}

function pop(name: string, highest: boolean): Command {
  return command([name, -2, ['write', 'fast']], (context, args) => {
    if (args.length > 3) throw new UnexpectedWordError(args, 3);
    const count = args[2] === undefined ? 1 : parseInteger(args[2], fault.countNotPositive);
    if (count < 0) throw new CommandError(fault.countNotPositive);
    const ordered = highest ? [...entriesOf(context, args)].reverse() : [...entriesOf(context, args)];
    const taken = ordered.slice(0, count);
    change(context, args, (set) => taken.forEach(({ member }) => set.remove(member)));
    if (context.version === 3 && args[2] === undefined) return taken.flatMap(({ member, score }) => [member, new DoubleReply(score)]);
    return pairsReply(context, taken);
  });
}

function rank(name: string, reverse: boolean): Command {
  return command([name, -3, ['readonly', 'fast']], (context, args) => {
    const withScore = args[3] !== undefined;
    if (withScore && argument(args, 3).toUpperCase() !== 'WITHSCORE') throw new UnexpectedWordError(args, 3);
    if (args.length > 4) throw new UnexpectedWordError(args, 4);
    const set = readSorted(context, argument(args, 1));
    const found = set?.rank(argument(args, 2));
    if (set === undefined || found === undefined) return withScore ? nullArray : null;
    const place = reverse ? set.size - 1 - found : found;
    return withScore ? [place, new DoubleReply(set.score(argument(args, 2)) as number)] : place;
  });
}

const scoreReply = (score: number | undefined): Reply => (score === undefined ? null : new DoubleReply(score));

export const sortedSetCommands: readonly Command[] = [
  command(['zadd', -4, ['write', 'denyoom', 'fast']], add),
  command(['zincrby', 4, ['write', 'denyoom', 'fast']], (context, args) =>
    add(context, ['zadd', argument(args, 1), 'INCR', argument(args, 2), argument(args, 3)]),
  ),
  command(['zrem', -3, ['write', 'fast']], (context, args) =>
    change(context, args, (set) => args.slice(2).filter((member) => set.remove(member)).length),
  ),
  command(['zcard', 2, ['readonly', 'fast']], (context, args) => entriesOf(context, args).length),
  command(['zscore', 3, ['readonly', 'fast']], (context, args) =>
    scoreReply(readSorted(context, argument(args, 1))?.score(argument(args, 2))),
  ),
  command(['zmscore', -3, ['readonly', 'fast']], (context, args) => {
    const set = readSorted(context, argument(args, 1));
    return args.slice(2).map((member) => scoreReply(set?.score(member)));
  }),
  counting('zcount', 'score'),
  counting('zlexcount', 'lex'),
  command(['zrange', -4, ['readonly']], range),
  oldRange('zrevrange', 'rank', true),
  oldRange('zrangebyscore', 'score', false),
  oldRange('zrevrangebyscore', 'score', true),
  oldRange('zrangebylex', 'lex', false),
  oldRange('zrevrangebylex', 'lex', true),
  rank('zrank', false),
  rank('zrevrank', true),
  removeRange('zremrangebyrank', 'rank'),
  removeRange('zremrangebyscore', 'score'),
  removeRange('zremrangebylex', 'lex'),
  pop('zpopmin', false),
  pop('zpopmax', true),
  command(['zscan', -3, ['readonly']], (context, args) =>
    scanCollection(args, () => entriesOf(context, args).map(({ member, score }) => [member, doubleText(score)])),
  ),
];
