import { isDate } from 'node:util/types';

const SHOWN_CHARACTERS = 60;

/** A short description of a value, for error messages. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `the text ${shorten(JSON.stringify(value.slice(0, SHOWN_CHARACTERS)))}`;
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${String(value)}`;
  if (typeof value === 'bigint') return `the bigint ${shorten(String(value))}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isDate(value) && Number.isNaN(value.getTime())) return 'an invalid Date';
  if (typeof value === 'object') {
    const name: unknown = (Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null)?.constructor?.name;
    return typeof name === 'string' && name !== 'Object' && name !== '' ? `an instance of ${name}` : 'an object';
  }
  return typeof value === 'function' && value.name !== '' ? `the function ${shorten(value.name)}` : `a ${typeof value}`;
}

function shorten(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
