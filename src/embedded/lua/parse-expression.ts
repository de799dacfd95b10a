import { luaFault } from '../messages';
import { Lexer, type Token } from './lexer';
import { FunctionScope } from './scope';
import type { BinaryOperator, Block, Expression, FunctionBody, TableItem } from './syntax';

/** How tightly an operator binds to its left and right. */
const BINDINGS: Readonly<Record<string, readonly [number, number]>> = {
  or: [1, 1],
  and: [2, 2],
  '<': [3, 3],
  '>': [3, 3],
  '<=': [3, 3],
  '>=': [3, 3],
  '~=': [3, 3],
  '==': [3, 3],
  '..': [5, 4],
  '+': [6, 6],
  '-': [6, 6],
  '*': [7, 7],
  '/': [7, 7],
  '%': [7, 7],
  '^': [10, 9],
};
const UNARY_BINDING = 8;

/** Reads tokens, with one of lookahead, and parses expressions. */
export abstract class ExpressionParser {
  protected token: Token;
  protected scope = new FunctionScope(undefined, true);
  private readonly lexer: Lexer;
  private ahead: Token | undefined;
  private depth = 0;

  constructor(source: string, chunkName: string) {
    this.lexer = new Lexer(source, chunkName);
    this.token = this.lexer.next();
  }

  protected abstract block(): Block;

  protected advance(): Token {
    const before = this.token;
    this.token = this.ahead ?? this.lexer.next();
    this.ahead = undefined;
    return before;
  }

  protected peek(): Token {
    this.ahead ??= this.lexer.next();
    return this.ahead;
  }

  protected is(symbol: string): boolean {
    return this.token.kind === 'symbol' && this.token.text === symbol;
  }

  protected accept(symbol: string): boolean {
    if (!this.is(symbol)) return false;
    this.advance();
    return true;
  }

  protected expect(symbol: string, opened?: { readonly by: string; readonly line: number }): void {
    if (this.accept(symbol)) return;
    const where =
      opened === undefined || opened.line === this.token.line
        ? luaFault.expected(symbol)
        : luaFault.toClose(symbol, opened.by, opened.line);
    throw this.fault(where);
  }

  protected name(): string {
    if (this.token.kind !== 'name') throw this.fault(luaFault.expectedName);
    return this.advance().text;
  }

  protected fault(message: string): Error {
    return this.lexer.fault(message, this.token.text, this.token.line);
  }

  protected expressions(): Expression[] {
    const list = [this.expression()];
    while (this.accept(',')) list.push(this.expression());
    return list;
  }

  protected expression(limit = 0): Expression {
    this.depth += 1;
    if (this.depth > 190) throw this.fault(luaFault.tooManyLevels);
    let left = this.operand();
    for (;;) {
      const binding = this.token.kind === 'symbol' ? BINDINGS[this.token.text] : undefined;
      if (binding === undefined || binding[0] <= limit) break;
      const { text, line } = this.advance();
      const right = this.expression(binding[1]);
      left =
        text === 'and' || text === 'or'
          ? { kind: 'logical', operator: text, left, right }
          : { kind: 'binary', operator: text as BinaryOperator, left, right, line };
    }
    this.depth -= 1;
    return left;
  }

  private operand(): Expression {
    const { kind, text, line } = this.token;
    if (kind === 'symbol' && (text === '-' || text === 'not' || text === '#')) {
      this.advance();
      return { kind: 'unary', operator: text, operand: this.expression(UNARY_BINDING), line };
    }
    return this.simple();
  }

  private simple(): Expression {
    const { kind, text, value } = this.token;
    if (kind === 'number' || kind === 'string') {
      this.advance();
      return { kind: 'constant', value };
    }
    if (kind !== 'symbol') return this.suffixed();
    if (text === '...') {
      if (!this.scope.hasVarargs) throw this.fault(luaFault.varargsOutside);
      this.advance();
      return { kind: 'varargs' };
    }
    if (text === 'nil' || text === 'true' || text === 'false') {
      this.advance();
      return { kind: 'constant', value: text === 'nil' ? undefined : text === 'true' };
    }
    if (text === '{') return this.table();
    if (text !== 'function') return this.suffixed();
    const { line } = this.advance();
    return { kind: 'function', body: this.functionBody(line, []) };
  }

  private primary(): Expression {
    if (this.token.kind === 'name') {
      const { text, line } = this.advance();
      return this.scope.resolve(text, line);
    }
    if (!this.is('(')) throw this.fault(luaFault.unexpected);
    const { line } = this.advance();
    const inner = this.expression();
    this.expect(')', { by: '(', line });
    return { kind: 'parentheses', inner };
  }

  protected suffixed(): Expression {
    let object = this.primary();
    for (;;) {
      const { line } = this.token;
      if (this.accept('.')) object = { kind: 'index', object, key: { kind: 'constant', value: this.name() }, line };
      else if (this.accept('[')) {
        object = { kind: 'index', object, key: this.expression(), line };
        this.expect(']');
      } else if (this.accept(':')) {
        const name = this.name();
        object = { kind: 'method', object, name, args: this.callArguments(), line };
      } else if (this.is('(') || this.is('{') || this.token.kind === 'string')
        object = { kind: 'call', callee: object, args: this.callArguments(), line };
      else return object;
    }
  }

  private callArguments(): readonly Expression[] {
    if (this.token.kind === 'string') return [{ kind: 'constant', value: this.advance().value }];
    if (this.is('{')) return [this.table()];
    if (!this.is('(')) throw this.fault(luaFault.expectedArguments);
    const { line } = this.advance();
    if (this.accept(')')) return [];
    const list = this.expressions();
    this.expect(')', { by: '(', line });
    return list;
  }

  private table(): Expression {
    const { line } = this.advance();
    const items: TableItem[] = [];
    while (!this.is('}')) {
      items.push(this.tableItem());
      if (!this.accept(',') && !this.accept(';')) break;
    }
    this.expect('}', { by: '{', line });
    return { kind: 'table', items, line };
  }

  private tableItem(): TableItem {
    if (this.accept('[')) {
      const key = this.expression();
      this.expect(']');
      this.expect('=');
      return { kind: 'member', key, value: this.expression() };
    }
    if (this.token.kind === 'name' && this.peek().kind === 'symbol' && this.peek().text === '=') {
      const key = { kind: 'constant', value: this.name() } as const;
      this.expect('=');
      return { kind: 'member', key, value: this.expression() };
    }
    return { kind: 'item', value: this.expression() };
  }

  /** A function from its parameter list on; `implicit` parameters come before the written ones. */
  protected functionBody(line: number, implicit: readonly string[]): FunctionBody {
    this.expect('(');
    const names = [...implicit];
    let hasVarargs = false;
    while (!this.is(')')) {
      hasVarargs = this.accept('...');
      if (hasVarargs) break;
      names.push(this.name());
      if (!this.accept(',')) break;
    }
    this.expect(')');
    const outer = this.scope;
    const scope = new FunctionScope(outer, hasVarargs);
    this.scope = scope;
    const parameters = names.map((name) => scope.variable(name));
    scope.declare(...parameters);
    const body = this.block();
    this.expect('end', { by: 'function', line });
    this.scope = outer;
    return { parameters, hasVarargs, body, upvalues: scope.upvalues, frameSize: scope.frameSize };
  }
}
