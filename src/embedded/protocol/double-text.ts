import { digitsOf, type Digits } from './double-digits';

const MAX_INTEGRAL = 2 ** 62;

/** A double as the server writes it outside of JSON. Whole numbers have no exponent as long as the server prints them as integers. */
export function doubleText(value: number): string {
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  if (Number.isNaN(value)) return 'nan';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (Number.isInteger(value) && Math.abs(value) <= MAX_INTEGRAL) return BigInt(value).toString();
  return (value < 0 ? '-' : '') + placed(digitsOf(Math.abs(value)));
}

/** The digits with a decimal point or an exponent, by the same rule as in the server. */
function placed({ digits, scale }: Digits): string {
  const exponent = scale + digits.length - 1;
  if (scale >= 0 && exponent < digits.length + 7) return digits + '0'.repeat(scale);
  if (scale < 0 && (scale > -7 || Math.abs(exponent) < 4)) {
    const point = digits.length + scale;
    return point <= 0 ? `0.${'0'.repeat(-point)}${digits}` : `${digits.slice(0, point)}.${digits.slice(point)}`;
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${digits.charAt(0)}${fraction}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}
