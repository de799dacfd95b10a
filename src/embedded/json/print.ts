import { JsonArray, JsonFloat, JsonObject, type JsonValue } from './value';

/** Text for each level of indentation, between lines and after colons; empty by default. */
export interface PrintLayout {
  readonly indent?: string;
  readonly newline?: string;
  readonly space?: string;
}

/** The value as compact JSON text. */
export function print(value: JsonValue): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return value === null ? 'null' : printComposite(value);
  }
}

function printComposite(value: JsonFloat | JsonArray | JsonObject): string {
  if (value instanceof JsonFloat) return printDouble(value.value);
  let text = '';
  if (value instanceof JsonArray) {
    for (const item of value.items) text += text === '' ? print(item) : `,${print(item)}`;
    return `[${text}]`;
  }
  for (const [name, member] of value.members) {
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${print(member)}`;
  }
  return `{${text}}`;
}

/** The value as JSON text in the given layout. */
export function printWithLayout(value: JsonValue, layout: PrintLayout, depth = 0): string {
  if (value instanceof JsonArray) {
    const items = value.items.map((item) => printWithLayout(item, layout, depth + 1));
    return enclose(['[', ']'], items, { layout, depth });
  }
  if (value instanceof JsonObject) {
    const members = [...value.members].map(
      ([name, member]) => `${JSON.stringify(name)}:${layout.space ?? ''}${printWithLayout(member, layout, depth + 1)}`,
    );
    return enclose(['{', '}'], members, { layout, depth });
  }
  return print(value);
}

function enclose(
  brackets: readonly [string, string],
  parts: readonly string[],
  { layout, depth }: { readonly layout: PrintLayout; readonly depth: number },
): string {
  if (parts.length === 0) return brackets.join('');
  const line = (level: number): string => (layout.newline ?? '') + (layout.indent ?? '').repeat(level);
  return brackets[0] + parts.map((part) => line(depth + 1) + part).join(',') + line(depth) + brackets[1];
}

/** The shortest text of a double, always with a fraction or an exponent: `1.0`, `0.00001`, `1e-7`, `1e16`, `1.5e300`. */
function printDouble(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace('-', '').replace('.', '');
  const point = Number(exponentText) + 1;
  if (digits.length <= point && point <= 16) return `${sign}${digits.padEnd(point, '0')}.0`;
  if (point > 0 && point <= 16) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  if (point > -5 && point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${sign}${digits.charAt(0)}${fraction}e${point - 1}`;
}
