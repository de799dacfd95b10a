import { leadingNumber, skipBlanks } from '../lua/c-text';
import { fault } from '../messages';
import type { ScoredMember } from '../state/sorted-set';
import { parseInteger } from './arguments';
import { rangeOf } from './collections';
import { CommandError } from './command';

/** A range by position, by score, or by the bytes of the member. */
export interface RangeQuery {
  readonly by: 'rank' | 'score' | 'lex';
  readonly reverse: boolean;
  readonly start: string;
  readonly stop: string;
  readonly limit?: { readonly offset: number; readonly count: number } | undefined;
}

type Test = (entry: ScoredMember) => boolean;

type SelectMembers = (members: readonly ScoredMember[]) => ScoredMember[];

/** Checks the ends of the range. The function that it returns selects the members, in the order of the query. */
export function rangeSelector(query: RangeQuery): SelectMembers {
  const ordered = (members: readonly ScoredMember[]): readonly ScoredMember[] => (query.reverse ? [...members].reverse() : members);
  if (query.by === 'rank') {
    const [first, last] = [parseInteger(query.start), parseInteger(query.stop)];
    return (members) => {
      const { start, end } = rangeOf(first, last, members.length);
      return ordered(members).slice(start, end);
    };
  }
  const [low, high] = query.reverse ? [query.stop, query.start] : [query.start, query.stop];
  if (query.by === 'lex') {
    const select = lexSelector(low, high, query.reverse);
    return (members) => limited(select(members), query.limit);
  }
  const test = scoreTest(low, high);
  return (members) => limited(ordered(members).filter(test), query.limit);
}

/** Selects members as the server does: from the first one within the near bound up to one outside the far bound, whatever their scores. */
function lexSelector(low: string, high: string, reverse: boolean): SelectMembers {
  const [above, below] = [lexBound(low), lexBound(high)];
  const isAbove = ({ member }: ScoredMember): boolean => above(member) >= 0;
  const isBelow = ({ member }: ScoredMember): boolean => below(member) <= 0;
  const [enters, stays] = reverse ? [isBelow, isAbove] : [isAbove, isBelow];
  return (members) => {
    const [first, last] = [members[0], members[members.length - 1]];
    if (first === undefined || last === undefined || !isAbove(last) || !isBelow(first)) return [];
    const ordered = reverse ? [...members].reverse() : members;
    const start = ordered.findIndex(enters);
    const stop = ordered.findIndex((entry, index) => index >= start && !stays(entry));
    return ordered.slice(start, stop === -1 ? undefined : stop);
  };
}

function limited(found: ScoredMember[], limit: RangeQuery['limit']): ScoredMember[] {
  if (limit === undefined) return found;
  if (limit.offset < 0) return [];
  return found.slice(limit.offset, limit.count < 0 ? undefined : limit.offset + limit.count);
}

function scoreTest(low: string, high: string): Test {
  const [from, to] = [scoreBound(low), scoreBound(high)];
  return ({ score }) =>
    (from.exclusive ? score > from.score : score >= from.score) && (to.exclusive ? score < to.score : score <= to.score);
}

function scoreBound(text: string): { readonly score: number; readonly exclusive: boolean } {
  const exclusive = text.startsWith('(');
  const number = exclusive ? text.slice(1) : text;
  // The server reads an empty text as zero.
  const found = number === '' ? { value: 0, end: 0 } : leadingNumber(number, skipBlanks(number, 0));
  if (found === undefined || found.end !== number.length || Number.isNaN(found.value)) throw new CommandError(fault.scoreRange);
  return { score: found.value, exclusive };
}

/** Compares a member with the bound: negative before it, positive after it; at the bound 0 if it is included, else NaN. */
function lexBound(text: string): (member: string) => number {
  if (text === '-') return () => 1;
  if (text === '+') return () => -1;
  const bound = text.slice(1);
  const order = (member: string): number => (member < bound ? -1 : Number(member > bound));
  if (text.startsWith('[')) return order;
  if (!text.startsWith('(')) throw new CommandError(fault.lexRange);
  return (member) => order(member) || NaN;
}
