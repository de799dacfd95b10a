import { luaFault } from '../../messages';
import { LuaFunction, LuaTable, native, typeName, type LuaValue } from '../value';
import type { Arguments, LibraryFunction } from './arguments';
import { fixedText, generalText, numberText } from '../operations';
import { PatternMatch } from './pattern';

/** A position that may count from the end. */
function place(position: number, length: number): number {
  return position < 0 ? Math.max(length + position + 1, 0) : position;
}

function sub(args: Arguments): LuaValue[] {
  const text = args.text(1);
  const start = Math.max(place(args.integer(2), text.length), 1);
  const end = Math.min(place(args.integer(3, -1), text.length), text.length);
  return [start > end ? '' : text.slice(start - 1, end)];
}

function find(args: Arguments, wantsPlace: boolean): LuaValue[] {
  const [text, pattern] = [args.text(1), args.text(2)];
  const start = Math.max(place(args.integer(3, 1), text.length) - 1, 0);
  if (start > text.length) return [undefined];
  if (wantsPlace && (args.all[3] === true || !/[\^$*+?.([%-]/.test(pattern))) {
    const index = text.indexOf(pattern, start);
    return index === -1 ? [undefined] : [index + 1, index + pattern.length];
  }
  const anchored = pattern.startsWith('^');
  const match = new PatternMatch(args.machine, text, pattern);
  for (let from = start; from <= text.length; from += 1) {
    const end = match.matchAt(from, anchored ? 1 : 0);
    if (end !== -1) {
      const captures = wantsPlace && match.captures.length === 0 ? [] : match.values(from, end);
      return wantsPlace ? [from + 1, end, ...captures] : captures;
    }
    if (anchored) break;
  }
  return [undefined];
}

function gmatch(args: Arguments): LuaValue[] {
  const [text, pattern] = [args.text(1), args.text(2)];
  let from = 0;
  return [
    native('gmatch', () => {
      const match = new PatternMatch(args.machine, text, pattern);
      for (; from <= text.length; from += 1) {
        const end = match.matchAt(from, 0);
        if (end === -1) continue;
        const values = match.values(from, end);
        from = end === from ? end + 1 : end;
        return values;
      }
      return [undefined];
    }),
  ];
}

function gsub(args: Arguments): LuaValue[] {
  const [text, pattern] = [args.text(1), args.text(2)];
  const replacement = args.all[2];
  if (!['string', 'number', 'table', 'function'].includes(typeName(replacement)))
    throw args.fault(3, luaFault.expectedType('string/function/table', typeName(replacement)));
  const most = args.integer(4, text.length + 1);
  const anchored = pattern.startsWith('^');
  const match = new PatternMatch(args.machine, text, pattern);
  let [result, from, count] = ['', 0, 0];
  while (count < most) {
    const end = match.matchAt(from, anchored ? 1 : 0);
    if (end !== -1) {
      count += 1;
      result += replaced(args, { match, from, end, replacement });
    }
    if (end !== -1 && end > from) from = end;
    else if (from < text.length) {
      result += text.charAt(from);
      from += 1;
    } else break;
    if (anchored) break;
  }
  return [result + text.slice(from), count];
}

interface Replacement {
  readonly match: PatternMatch;
  readonly from: number;
  readonly end: number;
  readonly replacement: LuaValue;
}

function replaced(args: Arguments, { match, from, end, replacement }: Replacement): string {
  let value: LuaValue;
  if (replacement instanceof LuaTable) value = args.machine.index(replacement, match.value(0, from, end));
  else if (replacement instanceof LuaFunction) value = replacement.call(match.values(from, end))[0];
  else return expanded(args.text(3), { match, from, end });
  if (value === undefined || value === false) return match.whole(from, end);
  if (typeof value === 'number') return numberText(value);
  if (typeof value !== 'string') throw args.machine.fault(luaFault.invalidReplacement(typeName(value)));
  return value;
}

/** A replacement text with its captures filled in. */
function expanded(text: string, { match, from, end }: Omit<Replacement, 'replacement'>): string {
  return text.replace(/%([\s\S])/g, (_, digit: string) => {
    if (!/[0-9]/.test(digit)) return digit;
    const capture = digit === '0' ? match.whole(from, end) : match.value(Number(digit) - 1, from, end);
    return typeof capture === 'number' ? numberText(capture) : (capture as string);
  });
}

const directive = /%([-+ #0]*)(\d*)(?:\.(\d*))?([\s\S]?)/g;

function format(args: Arguments): LuaValue[] {
  const template = args.text(1);
  let [text, last, next] = ['', 0, 1];
  for (const found of template.matchAll(directive)) {
    const [whole, flags = '', width = '', precision, kind = ''] = found;
    text += template.slice(last, found.index);
    last = found.index + whole.length;
    if (kind === '%') text += '%';
    else {
      next += 1;
      const digits = precision === undefined ? undefined : Number(precision);
      text += padded(formatted(args, next, { kind, flags, digits }), {
        flags,
        width: Number(width),
        numeric: 'diuoxXeEfgG'.includes(kind),
      });
    }
  }
  return [text + template.slice(last)];
}

interface Directive {
  readonly kind: string;
  readonly flags: string;
  readonly digits: number | undefined;
}

function formatted(args: Arguments, index: number, { kind, flags, digits }: Directive): string {
  switch (kind) {
    case 'd':
    case 'i':
      return signed(integerText(args.number(index), digits), flags);
    case 'u':
      return integerText(args.number(index), digits);
    case 'c':
      return String.fromCharCode(args.integer(index) & 0xff);
    case 'o':
    case 'x':
    case 'X': {
      const text = BigInt.asUintN(64, BigInt(Math.trunc(args.number(index))))
        .toString(kind === 'o' ? 8 : 16)
        .padStart(digits ?? 0, '0');
      return kind === 'X' ? text.toUpperCase() : text;
    }
    case 's':
      return args.text(index).slice(0, digits ?? undefined);
    case 'q':
      return quoted(args.text(index));
    default:
      return signed(floatText(args, index, { kind, flags, digits }), flags);
  }
}

function floatText(args: Arguments, index: number, { kind, flags, digits }: Directive): string {
  if (kind === '' || !'eEfgG'.includes(kind)) throw args.machine.fault(luaFault.invalidOption(kind));
  const value = args.number(index);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '-nan' : value > 0 ? 'inf' : '-inf';
  const precision = digits ?? 6;
  if (kind === 'f') return fixedText(value, precision);
  if (kind.toLowerCase() === 'e') {
    const text = value.toExponential(Math.min(precision, 100)).replace(/e([+-])(\d)$/, 'e$10$2');
    return kind === 'E' ? text.toUpperCase() : text;
  }
  const text = generalText(value, precision, flags.includes('#'));
  return kind === 'G' ? text.toUpperCase() : text;
}

function integerText(value: number, digits = 0): string {
  if (!Number.isFinite(value)) return '-9223372036854775808';
  const integer = BigInt(Math.trunc(value));
  const text = (integer < 0n ? -integer : integer).toString().padStart(digits, '0');
  return integer < 0n ? `-${text}` : text;
}

function signed(text: string, flags: string): string {
  if (text.startsWith('-')) return text;
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
}

function padded(
  text: string,
  { flags, width, numeric }: { readonly flags: string; readonly width: number; readonly numeric: boolean },
): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!numeric || !flags.includes('0')) return text.padStart(width);
  const sign = /^[+\- ]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

function quoted(text: string): string {
  const escaped = text.replace(/["\\\n\r\0]/g, (letter) => (letter === '\r' ? '\\r' : letter === '\0' ? '\\000' : `\\${letter}`));
  return `"${escaped}"`;
}

export const stringFunctions: Readonly<Record<string, LibraryFunction>> = {
  byte: (args) => {
    const text = args.text(1);
    const start = place(args.integer(2, 1), text.length);
    const end = Math.min(place(args.integer(3, start), text.length), text.length);
    return [...text.slice(Math.max(start, 1) - 1, end)].map((letter) => letter.charCodeAt(0));
  },
  char: (args) => [
    args.all
      .map((_, index) => {
        const code = args.integer(index + 1);
        if (code < 0 || code > 255) throw args.fault(index + 1, luaFault.charRange);
        return String.fromCharCode(code);
      })
      .join(''),
  ],
  find: (args) => find(args, true),
  format,
  gmatch,
  gsub,
  len: (args) => [args.text(1).length],
  lower: (args) => [args.text(1).replace(/[A-Z]+/g, (part) => part.toLowerCase())],
  match: (args) => find(args, false),
  rep: (args) => {
    const [text, count] = [args.text(1), Math.max(args.integer(2), 0)];
    if (text.length * count > 2 ** 28) throw args.machine.fault(luaFault.resultTooLong);
    return [text.repeat(count)];
  },
  reverse: (args) => [[...args.text(1)].reverse().join('')],
  sub,
  upper: (args) => [args.text(1).replace(/[a-z]+/g, (part) => part.toUpperCase())],
};
