import { isStored, Mismatch, STORED, type Codec, type Json } from './codec';

/** How a date is stored: ISO 8601 text in UTC with milliseconds, or a number since 1970. */
export type InstantFormat = 'iso' | 'epochMs' | 'epochSeconds';

const ISO = /^(\d{4}|[+-]\d{6})-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;
/** What redatom itself writes; anything else takes the slow way. */
const OWN_FORM = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const OWN_LENGTH = 24;
const ZONE = /(Z|[+-]\d\d:?\d\d)$/;
const MS_PER_SECOND = 1000;

/** ISO text to milliseconds; text without a zone is UTC, digits beyond milliseconds are cut. NaN when it is no date. */
function parseIso(text: string): number {
  if (text.length === OWN_LENGTH && OWN_FORM.test(text)) return Date.parse(text);
  if (!ISO.test(text)) return NaN;
  return Date.parse((ZONE.test(text) ? text : `${text}Z`).replace(' ', 'T').replace(/(\.\d{3})\d+/, '$1'));
}

const FORMATS: Record<InstantFormat, { expected: string; write: (date: Date) => Json; read: (json: unknown) => number }> = {
  iso: {
    expected: 'a date as ISO 8601 text',
    write: (date) => date.toISOString(),
    read: (json) => (typeof json === 'string' ? parseIso(json) : NaN),
  },
  epochMs: {
    expected: 'a date as milliseconds since 1970',
    write: (date) => date.getTime(),
    read: (json) => (typeof json === 'number' ? json : NaN),
  },
  epochSeconds: {
    expected: 'a date as seconds since 1970',
    write: (date) => date.getTime() / MS_PER_SECOND,
    read: (json) => (typeof json === 'number' ? Math.round(json * MS_PER_SECOND) : NaN),
  },
};

/** An instant: `Date` at run time; `2026-03-05T09:30:00.000Z` or a number in the store. */
export function instant(format: InstantFormat = 'iso'): Codec {
  const { expected, write, read } = FORMATS[format];
  const toDate = (json: unknown): Date => new Date(read(json));
  return {
    kind: 'instant',
    name: format === 'iso' ? 'Date' : `Date(${format})`,
    nullable: false,
    identity: false,
    opaque: true,
    encode: (value) => {
      const plain = isStored(value) ? toDate(value[STORED]()) : value;
      if (!(plain instanceof Date) || Number.isNaN(plain.getTime())) throw Mismatch.of('a valid Date', plain);
      return write(plain);
    },
    check: (json) => {
      if (format === 'iso' && typeof json === 'string' && OWN_FORM.test(json)) return;
      if (Number.isNaN(toDate(json).getTime())) throw Mismatch.of(expected, json);
    },
    // What was checked needs no second look at its form, which would cost more than to read it.
    decode: (json) =>
      format === 'iso' && (json as string).length === OWN_LENGTH && (json as string).endsWith('Z')
        ? new Date(json as string)
        : toDate(json),
  };
}
