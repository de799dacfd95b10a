import { fitsLong } from '../integers';
import { invalidPath } from '../messages';
import { Parsing, type Match } from './path-parser';
import { query } from './path-grammar';

/** One step of a path. */
export type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'names'; readonly names: readonly QuotedName[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'range'; readonly start: number; readonly end: number | undefined; readonly step: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'descent' }
  | { readonly kind: 'filter'; readonly filter: Filter };

/** A quoted name, unescaped for reads, unescaped for collecting the places of a write, and as it is written in the path. */
interface QuotedName {
  readonly read: string;
  readonly located: string;
  readonly raw: string;
}

/** A filter: a disjunction of conjunctions. */
export type Filter =
  | { readonly kind: 'any' | 'every'; readonly parts: readonly Filter[] }
  | { readonly kind: 'compare'; readonly left: Term; readonly operator?: Operator; readonly right?: Term };

export type Operator = 'ge' | 'gt' | 'le' | 'lt' | 'eq' | 'ne' | 're';

export type Term =
  | { readonly kind: 'current' | 'root'; readonly steps: readonly Step[] }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'text'; readonly value: string; readonly escaped: boolean };

/** A path that cannot be understood; the message says where and why. */
export class PathSyntaxError extends Error {
  override readonly name = 'PathSyntaxError';
}

const CACHE_SIZE = 2000;
const cache = new Map<string, readonly Step[]>();

/** The steps of a path in `$` form; compiled paths are cached. */
export function compilePath(path: string): readonly Step[] {
  let steps = cache.get(path);
  if (steps === undefined) {
    steps = compile(path);
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(path, steps);
  }
  return steps;
}

function compile(path: string): readonly Step[] {
  const parsing = new Parsing(path);
  if (!query(parsing)) {
    const { position, expected } = parsing.fault();
    throw new PathSyntaxError(invalidPath.expected(path, position, expected));
  }
  const [root] = parsing.matches;
  return root === undefined || root.rule !== 'root' ? [] : root.inner.map(stepOf);
}

function stepOf(match: Match): Step {
  switch (match.rule) {
    case '<string>':
      return { kind: 'name', name: match.text };
    case "'*'":
      return { kind: 'all' };
    case "'..'":
      return { kind: 'descent' };
    case "'<string>[,<string>,...]'":
      return { kind: 'names', names: match.inner.map(quotedNameOf) };
    case "'<number>[,<number>,...]'":
      return { kind: 'indexes', indexes: match.inner.map(({ text }) => indexOf(text)) };
    case "['start:end:steps']":
      return rangeOf(match.inner[0] as Match);
    default:
      return { kind: 'filter', filter: filterOf(match.inner) };
  }
}

/** Numbers beyond 64 bits kill the server; here they are refused. */
function indexOf(text: string): number {
  const value = BigInt(text);
  if (!fitsLong(value)) throw new PathSyntaxError(invalidPath.number(text));
  return Number(value);
}

function rangeOf(match: Match): Step {
  const numbers = match.inner.filter(({ rule }) => rule === "'<number>'").map(({ text }) => indexOf(text));
  const step = match.inner.find(({ rule }) => rule === 'pos_number');
  const startsOpen = match.rule === 'right_range' || match.rule === 'all_range';
  return {
    kind: 'range',
    start: startsOpen ? 0 : (numbers[0] as number),
    end: startsOpen ? numbers[0] : numbers[1],
    step: step === undefined ? 1 : indexOf(step.text),
  };
}

/** As in the server, names are unescaped differently for reads and for collecting places. */
function quotedNameOf({ rule, text }: Match): QuotedName {
  const unescaped = (quote: string): string => text.replaceAll('\\\\', '\\').replaceAll(`\\${quote}`, quote);
  if (rule === 'string_value_escape_1') return { read: unescaped('"'), located: unescaped("'"), raw: text };
  if (rule === 'string_value_escape_2') return { read: unescaped("'"), located: unescaped('"'), raw: text };
  return { read: text, located: text, raw: text };
}

/** "And" binds closer than "or"; parentheses are filters of their own. */
function filterOf(matches: readonly Match[]): Filter {
  const alternatives: Filter[][] = [[]];
  for (const match of matches) {
    if (match.rule === 'or') alternatives.push([]);
    else if (match.rule !== 'and') alternatives[alternatives.length - 1]?.push(operandOf(match));
  }
  return { kind: 'any', parts: alternatives.map((parts) => ({ kind: 'every', parts })) };
}

function operandOf(match: Match): Filter {
  if (match.rule !== 'single_filter') return filterOf(match.inner);
  const [left, operator, right] = match.inner;
  const compare = { kind: 'compare', left: termOf(left as Match) } as const;
  if (operator === undefined || right === undefined) return compare;
  return { ...compare, operator: operator.rule as Operator, right: termOf(right) };
}

function termOf({ rule, text, inner }: Match): Term {
  switch (rule) {
    case 'from_current':
    case 'from_root':
      return { kind: rule === 'from_root' ? 'root' : 'current', steps: (inner[0]?.inner ?? []).map(stepOf) };
    case 'decimal':
      return decimalOf(text);
    case 'boolean_true':
    case 'boolean_false':
      return { kind: 'boolean', value: rule === 'boolean_true' };
    case 'null':
      return { kind: 'null' };
    case 'string_value_escape_1':
      return { kind: 'text', value: text.replaceAll('\\\\', '\\').replaceAll("\\'", "'"), escaped: true };
    case 'string_value_escape_2':
      return { kind: 'text', value: text.replaceAll('\\\\', '\\').replaceAll('\\"', '"'), escaped: true };
    default:
      return { kind: 'text', value: text, escaped: false };
  }
}

function decimalOf(text: string): Term {
  if (text.includes('.')) return { kind: 'double', value: Number(text) };
  const value = BigInt(text);
  return fitsLong(value) ? { kind: 'integer', value } : { kind: 'double', value: Number(text) };
}
