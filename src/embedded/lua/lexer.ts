import { luaFault } from '../messages';

/** Source that is not valid Lua; the message is that of the compiler. */
export class LuaSyntaxError extends Error {
  override readonly name = 'LuaSyntaxError';
}

export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'symbol' | 'end';
  /** Keywords and symbols as written. */
  readonly text: string;
  readonly value: string | number | undefined;
  readonly line: number;
}

const KEYWORDS = new Set(
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(' '),
);

const SYMBOL = /\.\.\.|\.\.|==|~=|<=|>=|[-+*/%^#<>=(){}[\];:,.]/y;
const NUMBER = /0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

/** Cuts Lua source into tokens. */
export class Lexer {
  private position = 0;
  private line = 1;

  constructor(
    private readonly source: string,
    private readonly chunkName: string,
  ) {
    if (source.startsWith('#')) this.skipLine();
  }

  next(): Token {
    this.skipBlanks();
    const { line } = this;
    if (this.position >= this.source.length) return { kind: 'end', text: '<eof>', value: undefined, line };
    const name = this.match(NAME);
    if (name !== undefined) return { kind: KEYWORDS.has(name) ? 'symbol' : 'name', text: name, value: name, line };
    const letter = this.source.charAt(this.position);
    if (/[0-9]/.test(letter) || (letter === '.' && /[0-9]/.test(this.source.charAt(this.position + 1)))) return this.number(line);
    if (letter === '"' || letter === "'") return this.quoted(letter);
    const level = this.longLevel();
    if (level >= 0) return this.string(this.long(level), line);
    const symbol = this.match(SYMBOL);
    if (symbol === undefined) throw this.fault(luaFault.unexpected, letter);
    return { kind: 'symbol', text: symbol, value: undefined, line };
  }

  fault(message: string, near?: string, line = this.line): LuaSyntaxError {
    return new LuaSyntaxError(`${this.chunkName}:${line}: ${message}${near === undefined ? '' : ` near '${near}'`}`);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.source)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  private string(value: string, line: number): Token {
    return { kind: 'string', text: value, value, line };
  }

  private skipBlanks(): void {
    for (;;) {
      const letter = this.source.charAt(this.position);
      if (letter === '\n') this.line += 1;
      else if (this.source.startsWith('--', this.position)) {
        this.position += 2;
        const level = this.longLevel();
        if (level >= 0) this.long(level);
        else this.skipLine();
        continue;
      } else if (letter === '' || !/[\s]/.test(letter)) return;
      this.position += 1;
    }
  }

  private skipLine(): void {
    const end = this.source.indexOf('\n', this.position);
    this.position = end === -1 ? this.source.length : end;
  }

  private number(line: number): Token {
    const start = this.position;
    const text = this.match(NUMBER) ?? '';
    const tail = this.match(NAME);
    if (tail !== undefined || this.source.charAt(this.position) === '.')
      throw this.fault(luaFault.malformedNumber, this.source.slice(start, this.position));
    return { kind: 'number', text, value: Number(text), line };
  }

  /** The number of equals signs of a long bracket that opens here, or -1. */
  private longLevel(): number {
    const found = /^\[(=*)\[/.exec(this.source.slice(this.position, this.position + 50));
    return found === null ? -1 : (found[1] as string).length;
  }

  private long(level: number): string {
    const start = this.position + level + 2;
    const close = `]${'='.repeat(level)}]`;
    const end = this.source.indexOf(close, start);
    if (end === -1) {
      this.line += this.source.slice(start).split('\n').length - 1;
      throw this.fault(luaFault.unfinishedLong, '<eof>');
    }
    const content = this.source.slice(start, end);
    this.line += content.split('\n').length - 1;
    this.position = end + close.length;
    return content.replace(/\r\n|\n\r|\r/g, '\n').replace(/^\n/, '');
  }

  private quoted(quote: string): Token {
    const { line } = this;
    const start = this.position;
    let value = '';
    for (this.position += 1; ;) {
      const letter = this.source.charAt(this.position);
      if (letter === '') throw this.fault(luaFault.unfinishedString, '<eof>');
      if (letter === '\n') throw this.fault(luaFault.unfinishedString, this.source.slice(start, this.position));
      this.position += 1;
      if (letter === quote) return this.string(value, line);
      value += letter === '\\' ? this.escape(start) : letter;
    }
  }

  private escape(start: number): string {
    const digits = this.match(/\d{1,3}/y);
    if (digits !== undefined) {
      if (Number(digits) > 255) throw this.fault(luaFault.escapeTooLarge, this.source.slice(start, this.position));
      return String.fromCharCode(Number(digits));
    }
    const letter = this.source.charAt(this.position);
    this.position += 1;
    if (letter === '\n') this.line += 1;
    return ESCAPES[letter] ?? letter;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
