import { queryFault } from './messages';
import { QueryError, type Bound, type Expression } from './expression';
import { tokenAt, type Token } from './token';

/**
 * The meaning of a query.
 *
 * @param parameters - The texts that stand for `$name`.
 */
export function parseQuery(query: string, parameters: ReadonlyMap<string, string>): Expression {
  return new QueryParser(query, parameters).query();
}

const PLAIN_NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

function numberOf(text: string): number | undefined {
  if (/^[-+]?inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  const value = PLAIN_NUMBER.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** For each end of a range, the error for an invalid value, and the infinity that a parameter must not be there. */
const ENDS = {
  lower: { fault: queryFault.lowerRange, impossible: Infinity },
  upper: { fault: queryFault.upperRange, impossible: -Infinity },
} as const;

class QueryParser {
  private token: Token;
  private lastStart = 0;
  /** The last word, as the server's syntax errors show it. */
  private lastWord = '';
  /** The first fault of a value. Syntax errors are reported before it, wherever they are. */
  private fault: string | undefined;

  constructor(
    private readonly text: string,
    private readonly parameters: ReadonlyMap<string, string>,
  ) {
    this.token = tokenAt(text, 0);
  }

  query(): Expression {
    const expression = this.token.kind === 'end' ? ({ kind: 'nothing' } as const) : (this.everything() ?? this.union());
    this.expect('end');
    if (this.fault !== undefined) throw new QueryError(this.fault);
    return expression;
  }

  /** A star must be the whole query, in parentheses or not. */
  private everything(): Expression | undefined {
    const opening = /^[ \t-\r(]*(?=\*)/.exec(this.text)?.[0];
    if (opening === undefined) return undefined;
    const depth = opening.split('(').length - 1;
    for (let level = 0; level < depth; level += 1) this.expect('(');
    this.expect('*');
    for (let level = 0; level < depth; level += 1) this.expect(')');
    return { kind: 'everything' };
  }

  private union(): Expression {
    const parts = [this.intersection()];
    while (this.accept('|')) parts.push(this.intersection());
    return oneOrMore('any', parts);
  }

  private intersection(): Expression {
    const parts = [this.operand()];
    while (['-', '(', 'attribute', 'ismissing', 'parameter', 'number'].includes(this.token.kind)) parts.push(this.operand());
    return oneOrMore('all', parts);
  }

  private operand(): Expression {
    if (this.accept('-')) return { kind: 'not', part: this.operand() };
    if (this.accept('(')) {
      const inner = this.union();
      this.expect(')');
      return inner;
    }
    if (this.accept('ismissing')) return this.missing();
    if (this.token.kind === 'attribute') return this.condition();
    throw this.refusal(['parameter', 'number']);
  }

  private missing(): Expression {
    this.expect('(');
    const name = this.expect('attribute');
    this.expect(')');
    return { kind: 'missing', name };
  }

  private condition(): Expression {
    const name = this.expect('attribute');
    this.expect(':', ['|']);
    if (this.accept('{')) return { kind: 'tag', name, texts: this.texts() };
    if (this.accept('[')) return { kind: 'range', name, ...this.range() };
    throw this.refusal(['(', '-', '*', 'parameter', 'number', 'ismissing']);
  }

  private texts(): string[] {
    const texts: string[] = [];
    do {
      texts.push(this.valueOf(this.expect('parameter', ['number', 'ismissing', '-', '*', ':'])));
    } while (this.accept('|'));
    this.expect('}', ['parameter', 'number', 'ismissing', '-', '*', ':']);
    return texts;
  }

  private range(): { readonly lower: Bound; readonly upper: Bound } {
    const lower = this.bound('lower');
    // A single number is both ends of the range.
    if (!lower.exclusive && this.accept(']')) return { lower, upper: lower };
    const upper = this.bound('upper');
    this.expect(']', ['parameter', 'number']);
    return { lower, upper };
  }

  private bound(end: keyof typeof ENDS): Bound {
    const exclusive = this.accept('(');
    const { kind, text } = this.token;
    if (kind !== 'number' && kind !== 'parameter') throw this.refusal(['-', 'ismissing']);
    this.expect(kind);
    return { value: kind === 'number' ? (numberOf(text) ?? 0) : this.numberOf(text, end), exclusive };
  }

  private numberOf(parameter: string, end: keyof typeof ENDS): number {
    const text = this.valueOf(parameter);
    const value = numberOf(text);
    const { fault, impossible } = ENDS[end];
    if (value === undefined || value === impossible) this.fault ??= fault(text);
    return value ?? 0;
  }

  private valueOf(parameter: string): string {
    const value = this.parameters.get(parameter);
    if (value === undefined) this.fault ??= queryFault.noParameter(parameter);
    return value ?? '';
  }

  private accept(kind: Token['kind']): boolean {
    if (this.token.kind !== kind) return false;
    this.expect(kind);
    return true;
  }

  /** Consumes a token that must come next. The server also accepts the tokens in `elsewhere`, which are not supported here. */
  private expect(kind: Token['kind'], elsewhere: readonly Token['kind'][] = []): string {
    const { text, word, start, end } = this.token;
    if (this.token.kind !== kind) throw this.refusal(elsewhere);
    this.lastStart = start;
    // The server unescapes in place but shows the old number of letters, so the last ones appear again.
    if (word !== undefined) this.lastWord = text + word.slice(text.length);
    this.token = tokenAt(this.text, end);
    return text;
  }

  /** The error for the next token: not supported here if the server would accept it, else the server's syntax error. */
  private refusal(elsewhere: readonly Token['kind'][]): QueryError {
    const { kind, word, start, end } = this.token;
    if (elsewhere.includes(kind)) return new QueryError(queryFault.unsupported(this.text.slice(start, end), start));
    return new QueryError(queryFault.syntax(kind === 'end' ? this.lastStart : start, word ?? this.lastWord));
  }
}

function oneOrMore(kind: 'all' | 'any', parts: readonly Expression[]): Expression {
  return parts.length === 1 ? (parts[0] as Expression) : { kind, parts };
}
