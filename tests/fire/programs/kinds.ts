import type { Json } from 'redatom';
import type { Draw } from './contract';
import { START, type PlainTwig } from './nest';

/** Values of one type, as they are given and as they are stored. */
export interface Kind {
  readonly of: (draw: Draw) => unknown;
  readonly stored: (draw: Draw) => unknown;
  /** How such a value is changed from inside. */
  readonly inside?: { readonly change: (value: never, draw: Draw) => void; readonly stored: (stored: never, draw: Draw) => unknown };
}

const DAY_MS = 86_400_000;
/** Bytes cannot be negative, but drawn numbers can. */
const FIRST_BYTE = 9;

const JSON_VALUES: readonly Json[] = [null, 1, 'x', [1, { a: null }], { a: { b: [] } }, {}, { c: 1.5, a: null }, true];
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const bytesOf = ({ n, i }: Draw): Buffer => Buffer.from([n + FIRST_BYTE, i]);
const twigOf = ({ n, s }: Draw): object => ({ ratio: n / 8, marks: [n, s.length], at: n % 2 === 0 ? null : new Date(START + n) });
const storedTwig = ({ n, s }: Draw): PlainTwig => ({ ratio: n / 8, marks: [n, s.length], at: n % 2 === 0 ? null : START + n });
export const some = <T>({ i }: Draw, value: T): T[] => Array.from({ length: i % 3 }, () => value);

/** A date that is stored as a number of units of `unitMs` milliseconds. */
const epoch = (unitMs: number): Kind => ({
  of: ({ n }) => new Date(START + n),
  stored: ({ n }) => (START + n) / unitMs,
  inside: {
    change: (date: Date, { n }) => date.setTime(date.getTime() + n),
    stored: (number: number, { n }) => (Math.round(number * unitMs) + n) / unitMs,
  },
});

export const KINDS = {
  number: { of: ({ n }) => n / 4, stored: ({ n }) => n / 4 },
  text: { of: ({ s }) => s, stored: ({ s }) => s },
  big: { of: ({ n }) => BigInt(n) * 10n ** 20n, stored: ({ n }) => String(BigInt(n) * 10n ** 20n) },
  json: {
    of: ({ i }) => JSON_VALUES[i % JSON_VALUES.length],
    stored: ({ i }) => structuredClone(JSON_VALUES[i % JSON_VALUES.length]),
  },
  bytes: {
    of: bytesOf,
    stored: (draw) => base64(bytesOf(draw)),
    inside: {
      change: (bytes: Uint8Array, { n }) => bytes.fill(n + FIRST_BYTE),
      stored: (text: string, { n }) => base64(Buffer.from(text, 'base64').fill(n + FIRST_BYTE)),
    },
  },
  date: {
    of: ({ n }) => new Date(START + n * DAY_MS),
    stored: ({ n }) => new Date(START + n * DAY_MS).toISOString(),
    inside: {
      change: (date: Date, { n }) => date.setTime(date.getTime() + n * DAY_MS),
      stored: (text: string, { n }) => new Date(Date.parse(text) + n * DAY_MS).toISOString(),
    },
  },
  epochMs: epoch(1),
  epochSeconds: epoch(1000),
  twig: { of: twigOf, stored: storedTwig },
  gap: { of: (draw) => (draw.i % 3 === 0 ? null : twigOf(draw)), stored: (draw) => (draw.i % 3 === 0 ? null : storedTwig(draw)) },
  card: {
    of: (draw) => ({ id: draw.s, ratio: draw.n, tags: [draw.s], twig: draw.i % 2 === 0 ? null : twigOf(draw) }),
    stored: (draw) => ({ id: draw.s, ratio: draw.n, tags: [draw.s], twig: draw.i % 2 === 0 ? null : storedTwig(draw) }),
  },
  row: { of: (draw) => some(draw, draw.n), stored: (draw) => some(draw, draw.n) },
  texts: { of: (draw) => some(draw, draw.s), stored: (draw) => some(draw, draw.s) },
  twigRow: { of: (draw) => some(draw, twigOf(draw)), stored: (draw) => some(draw, draw.n).map(() => storedTwig(draw)) },
  pile: {
    of: ({ n, s, i }) => (i % 3 === 0 ? [] : [{ id: s, ratio: n }]),
    stored: ({ n, s, i }) => (i % 3 === 0 ? [] : [{ id: s, ratio: n, tags: [], twig: null }]),
  },
  dates: {
    of: ({ s, n, i }) => (i % 3 === 0 ? {} : { [s]: new Date(START + n), a: new Date(START) }),
    stored: ({ s, n, i }) => (i % 3 === 0 ? {} : { [s]: new Date(START + n).toISOString(), a: new Date(START).toISOString() }),
  },
  files: {
    of: (draw) => new Map(draw.i % 3 === 0 ? [] : [[draw.s, bytesOf(draw)]]),
    stored: (draw) => (draw.i % 3 === 0 ? {} : { [draw.s]: base64(bytesOf(draw)) }),
  },
} satisfies Record<string, Kind>;
