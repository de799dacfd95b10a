import { luaFault } from '../../messages';
import { straightToInt, toLong, toUnsigned } from '../c-numbers';
import { terminated } from '../c-text';
import { exponentText, fixedText, generalText } from '../number-text';
import type { LuaValue } from '../value';
import type { Arguments } from './arguments';

/** One directive of a template. Flags, width and precision mean the same as in C. */
interface Directive {
  readonly kind: string;
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
}

const DIRECTIVE = /%(?:%|([-+ #0]*)(\d{0,2})(?:\.(\d{0,2}))?(\d?)([^]?))/g;
const MAX_FLAGS = 5;
/** Text of at least this length is taken as it is if there is no precision. */
const LONG_TEXT = 100;

export function format(args: Arguments): LuaValue[] {
  const template = args.text(1);
  let [text, last, next] = ['', 0, 1];
  for (const found of template.matchAll(DIRECTIVE)) {
    const [whole, flags = '', width = '', precision, tooMany, kind = ''] = found;
    text += template.slice(last, found.index);
    last = found.index + whole.length;
    if (whole === '%%') {
      text += '%';
      continue;
    }
    next += 1;
    if (next > args.count) throw args.fault(next, luaFault.noValue);
    if (flags.length > MAX_FLAGS) throw args.machine.fault(luaFault.repeatedFlags);
    if (tooMany !== '') throw args.machine.fault(luaFault.formatTooLong);
    text += formatted(args, next, {
      kind,
      flags,
      width: Number(width),
      precision: precision === undefined ? undefined : Number(precision),
    });
  }
  return [text + template.slice(last)];
}

function formatted(args: Arguments, index: number, directive: Directive): string {
  switch (directive.kind) {
    case 'd':
    case 'i':
      return integer(BigInt(toLong(args.number(index))), directive);
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return integer(toUnsigned(args.number(index)), directive);
    case 'c':
      // The result is a C string, which ends at the first zero byte.
      return terminated(padded(String.fromCharCode(straightToInt(args.number(index)) & 0xff), directive));
    case 's':
      return textual(args.text(index), directive);
    case 'q':
      return quoted(args.text(index));
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
      return float(args.number(index), directive);
    default:
      throw args.machine.fault(luaFault.invalidOption(directive.kind));
  }
}

function textual(text: string, directive: Directive): string {
  if (directive.precision === undefined && text.length >= LONG_TEXT) return text;
  return padded(terminated(text).slice(0, directive.precision), directive);
}

const BASES: Readonly<Record<string, number>> = { o: 8, x: 16, X: 16 };

function integer(value: bigint, directive: Directive): string {
  const { kind, flags, precision } = directive;
  const size = value < 0n ? -value : value;
  let digits = size === 0n && precision === 0 ? '' : size.toString(BASES[kind] ?? 10).padStart(precision ?? 0, '0');
  if (flags.includes('#') && kind === 'o' && !digits.startsWith('0')) digits = `0${digits}`;
  const prefix = flags.includes('#') && kind.toLowerCase() === 'x' && size !== 0n ? '0x' : '';
  const sign = kind === 'd' || kind === 'i' ? signed(value < 0n, flags) : '';
  const text = filled(sign + prefix, digits, precision === undefined ? directive : { ...directive, flags: flags.replaceAll('0', '') });
  return kind === 'X' ? text.toUpperCase() : text;
}

function float(value: number, directive: Directive): string {
  const { kind, flags } = directive;
  const sign = Number.isNaN(value) ? '-' : signed(value < 0 || Object.is(value, -0), flags);
  const text = Number.isFinite(value)
    ? filled(sign, floatDigits(Math.abs(value), directive), directive)
    : padded(sign + (Number.isNaN(value) ? 'nan' : 'inf'), directive);
  return kind === 'E' || kind === 'G' ? text.toUpperCase() : text;
}

function floatDigits(size: number, { kind, flags, precision = 6 }: Directive): string {
  const keepsPoint = flags.includes('#');
  const text =
    kind === 'f'
      ? fixedText(size, precision)
      : kind.toLowerCase() === 'e'
        ? exponentText(size, precision)
        : generalText(size, precision, keepsPoint);
  return keepsPoint && !text.includes('.') ? text.replace(/(?=e|$)/, '.') : text;
}

function signed(isNegative: boolean, flags: string): string {
  if (isNegative) return '-';
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}

/** Puts zeros between the sign and the digits if the flags ask for them. */
function filled(sign: string, digits: string, directive: Directive): string {
  const fills = directive.flags.includes('0') && !directive.flags.includes('-');
  return padded(sign + (fills ? digits.padStart(directive.width - sign.length, '0') : digits), directive);
}

function padded(text: string, { flags, width }: Directive): string {
  return flags.includes('-') ? text.padEnd(width) : text.padStart(width);
}

function quoted(text: string): string {
  const escaped = text.replace(/["\\\n\r\0]/g, (letter) => (letter === '\r' ? '\\r' : letter === '\0' ? '\\000' : `\\${letter}`));
  return `"${escaped}"`;
}
