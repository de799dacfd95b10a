import { cjsonFault } from '../../messages';
import type { Machine } from '../machine';
import { leadingNumber } from '../c-text';
import { LuaTable, type LuaError, type LuaUserdata, type LuaValue } from '../value';

interface Token {
  readonly type: string;
  readonly value: LuaValue;
  /** Counted from 1. */
  readonly at: number;
}

const MAX_DEPTH = 1000;
const SYMBOLS: Readonly<Record<string, string>> = {
  '{': 'T_OBJ_BEGIN',
  '}': 'T_OBJ_END',
  '[': 'T_ARR_BEGIN',
  ']': 'T_ARR_END',
  ':': 'T_COLON',
  ',': 'T_COMMA',
};
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The beginning of a number, including the notations of C that JSON does not have. */
const NUMBER_START = /[-+\d]|inf|nan/iy;

/** A C string ends at a zero byte. */
const isEnd = (letter: string): boolean => letter === '' || letter === '\0';

/** Reads JSON text into tables, with the messages of the server's JSON library. */
export class JsonDecoder {
  private position = 0;

  constructor(
    private readonly machine: Machine,
    private readonly text: string,
    private readonly nothing: LuaUserdata,
  ) {}

  decode(): LuaValue {
    if (this.text.length > 1 && this.text.slice(0, 2).includes('\0')) throw this.machine.fault(cjsonFault.wideCharacters);
    const value = this.value(this.token(), 0);
    const end = this.token();
    if (end.type !== 'T_END') throw this.unexpected('the end', end);
    return value;
  }

  private value(token: Token, depth: number): LuaValue {
    switch (token.type) {
      case 'T_STRING':
      case 'T_NUMBER':
      case 'T_BOOLEAN':
        return token.value;
      case 'T_NULL':
        return this.nothing;
      case 'T_OBJ_BEGIN':
        return this.object(this.deeper(depth));
      case 'T_ARR_BEGIN':
        return this.array(this.deeper(depth));
      default:
        throw this.unexpected('value', token);
    }
  }

  private deeper(depth: number): number {
    if (depth + 1 > MAX_DEPTH) throw this.machine.fault(cjsonFault.tooManyNested(MAX_DEPTH, this.position));
    return depth + 1;
  }

  private object(depth: number): LuaTable {
    const table = new LuaTable();
    let token = this.token();
    if (token.type === 'T_OBJ_END') return table;
    for (;;) {
      if (token.type !== 'T_STRING') throw this.unexpected('object key string', token);
      const key = token.value;
      const colon = this.token();
      if (colon.type !== 'T_COLON') throw this.unexpected('colon', colon);
      table.set(key, this.value(this.token(), depth));
      token = this.token();
      if (token.type === 'T_OBJ_END') return table;
      if (token.type !== 'T_COMMA') throw this.unexpected('comma or object end', token);
      token = this.token();
    }
  }

  private array(depth: number): LuaTable {
    const table = new LuaTable();
    let token = this.token();
    if (token.type === 'T_ARR_END') return table;
    for (let index = 1; ; index += 1) {
      table.set(index, this.value(token, depth));
      token = this.token();
      if (token.type === 'T_ARR_END') return table;
      if (token.type !== 'T_COMMA') throw this.unexpected('comma or array end', token);
      token = this.token();
    }
  }

  private token(): Token {
    while (/[ \t\n\r]/.test(this.text.charAt(this.position))) this.position += 1;
    const at = this.position + 1;
    const letter = this.text.charAt(this.position);
    if (isEnd(letter)) return { type: 'T_END', value: undefined, at };
    const symbol = SYMBOLS[letter];
    if (symbol !== undefined) {
      this.position += 1;
      return { type: symbol, value: undefined, at };
    }
    if (letter === '"') return this.string(at);
    return this.word(at);
  }

  private word(at: number): Token {
    for (const [word, type, value] of [
      ['true', 'T_BOOLEAN', true],
      ['false', 'T_BOOLEAN', false],
      ['null', 'T_NULL', undefined],
    ] as const) {
      if (!this.text.startsWith(word, this.position)) continue;
      this.position += word.length;
      return { type, value, at };
    }
    NUMBER_START.lastIndex = this.position;
    if (!NUMBER_START.test(this.text)) return { type: 'invalid token', value: undefined, at };
    const number = leadingNumber(this.text, this.position);
    if (number === undefined) return { type: 'invalid number', value: undefined, at };
    this.position = number.end;
    return { type: 'T_NUMBER', value: number.value, at };
  }

  private string(at: number): Token {
    let value = '';
    for (this.position += 1; ;) {
      const letter = this.text.charAt(this.position);
      if (isEnd(letter)) return { type: 'unexpected end of string', value: undefined, at: this.position + 1 };
      this.position += 1;
      if (letter === '"') return { type: 'T_STRING', value, at };
      if (letter !== '\\') {
        value += letter;
        continue;
      }
      const start = this.position;
      const escape = this.escape();
      if (escape === undefined) {
        const what = this.text.charAt(start) === 'u' ? 'invalid unicode escape code' : 'invalid escape code';
        return { type: what, value: undefined, at: start };
      }
      value += escape;
    }
  }

  private escape(): string | undefined {
    const letter = this.text.charAt(this.position);
    if (letter !== 'u') {
      this.position += 1;
      return ESCAPES[letter];
    }
    const found = /^u([0-9a-f]{4})(?:\\u([0-9a-f]{4}))?/i.exec(this.text.slice(this.position, this.position + 11));
    if (found === null) return undefined;
    const [high, low] = [parseInt(found[1] as string, 16), found[2] === undefined ? -1 : parseInt(found[2], 16)];
    const paired = high >= 0xd800 && high < 0xdc00;
    if ((paired && (low < 0xdc00 || low > 0xdfff)) || (high >= 0xdc00 && high <= 0xdfff)) return undefined;
    this.position += paired ? 11 : 5;
    return Buffer.from(paired ? String.fromCharCode(high, low) : String.fromCharCode(high), 'utf8').toString('latin1');
  }

  private unexpected(expected: string, { type, at }: Token): LuaError {
    return this.machine.fault(cjsonFault.unexpected(expected, type, at));
  }
}
