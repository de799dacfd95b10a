/** Text as C reads it. */

const NUMBER =
  /([+-]?)(?:0x([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?|(inf(?:inity)?)|(nan(?:\(\w*\))?)|((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))/iy;

/** The number that begins at `start`, and where it ends; undefined when there is none. */
export function leadingNumber(text: string, start = 0): { readonly value: number; readonly end: number } | undefined {
  NUMBER.lastIndex = start;
  const found = NUMBER.exec(text);
  if (found === null) return undefined;
  const [whole, sign, hex, fraction = '', power = '0', infinity, nan, decimal] = found;
  if (hex === '' && fraction === '') return { value: sign === '-' ? -0 : 0, end: start + (sign ?? '').length + 1 };
  const size =
    decimal !== undefined
      ? Number(decimal)
      : infinity !== undefined
        ? Infinity
        : nan !== undefined
          ? NaN
          : hexadecimal(hex ?? '', fraction, power);
  return { value: sign === '-' ? -size : size, end: start + whole.length };
}

function hexadecimal(whole: string, fraction: string, power: string): number {
  return Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(power) - 4 * fraction.length);
}

/** Text up to its first zero byte, which ends it in C. */
export function terminated(text: string): string {
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

const BLANKS = /[\t-\r ]*/y;

/** The position after the blanks at `start`. */
export function skipBlanks(text: string, start: number): number {
  BLANKS.lastIndex = start;
  BLANKS.exec(text);
  return BLANKS.lastIndex;
}
