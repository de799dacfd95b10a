import { luaFault } from '../../messages';
import { isTrue, LuaFunction, LuaTable, typeName, type LuaValue } from '../value';
import { MAX_RESULTS, type Arguments, type LibraryFunction } from './arguments';
import { terminated } from '../c-text';
import { numberText } from '../number-text';
import { format } from './format';
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
  const [text, whole] = [args.text(1), args.text(2)];
  const pattern = terminated(whole);
  const start = Math.min(Math.max(place(args.integer(3, 1), text.length) - 1, 0), text.length);
  if (wantsPlace && (isTrue(args.all[3]) || !/[\^$*+?.([%-]/.test(pattern))) {
    const index = text.indexOf(whole, start);
    return index === -1 ? [undefined] : [index + 1, index + whole.length];
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
  const [text, pattern] = [args.text(1), terminated(args.text(2))];
  let from = 0;
  return [
    new LuaFunction(() => {
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
  const [text, pattern] = [args.text(1), terminated(args.text(2))];
  const replacement = args.all[2];
  if (!['string', 'number', 'table', 'function'].includes(typeName(replacement))) throw args.fault(3, luaFault.replacementType);
  const most = args.int(4, text.length + 1);
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
  return text.replace(/%([^]?)/g, (_, digit: string) => {
    // After the last byte comes the zero that ends a C string.
    if (!/[0-9]/.test(digit)) return digit === '' ? '\0' : digit;
    const capture = digit === '0' ? match.whole(from, end) : match.value(Number(digit) - 1, from, end);
    return typeof capture === 'number' ? numberText(capture) : (capture as string);
  });
}

export const stringFunctions: Readonly<Record<string, LibraryFunction>> = {
  byte: (args) => {
    const text = args.text(1);
    const start = place(args.integer(2, 1), text.length);
    const end = Math.min(place(args.integer(3, start), text.length), text.length);
    if (end - Math.max(start, 1) >= MAX_RESULTS) throw args.machine.fault(luaFault.sliceTooLong);
    return [...text.slice(Math.max(start, 1) - 1, end)].map((letter) => letter.charCodeAt(0));
  },
  char: (args) => [
    args.all
      .map((_, index) => {
        const code = args.int(index + 1);
        if (code < 0 || code > 255) throw args.fault(index + 1, luaFault.charRange);
        return String.fromCharCode(code);
      })
      .join(''),
  ],
  find: (args) => find(args, true),
  format,
  gfind: gmatch,
  gmatch,
  gsub,
  len: (args) => [args.text(1).length],
  lower: (args) => [args.text(1).replace(/[A-Z]+/g, (part) => part.toLowerCase())],
  match: (args) => find(args, false),
  rep: (args) => {
    const [text, count] = [args.text(1), Math.max(args.int(2), 0)];
    if (text.length * count > 2 ** 28) throw args.machine.fault(luaFault.resultTooLong);
    return [text.repeat(count)];
  },
  reverse: (args) => [[...args.text(1)].reverse().join('')],
  sub,
  upper: (args) => [args.text(1).replace(/[a-z]+/g, (part) => part.toUpperCase())],
};
