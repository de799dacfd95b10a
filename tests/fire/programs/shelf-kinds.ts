import type { Draw } from './contract';
import { KINDS, some, type Kind } from './kinds';
import type { PlainBook, PlainPage } from './shelf';

const BIG = 10n ** 20n;

const pageOf = ({ n, s, i }: Draw): object => ({ ratio: n / 8, words: i % 2 === 0 ? [] : [s], sums: { [s]: BigInt(n) * BIG } });
const storedPage = ({ n, s, i }: Draw): PlainPage => ({
  ratio: n / 8,
  words: i % 2 === 0 ? [] : [s],
  sums: { [s]: String(BigInt(n) * BIG) },
});

const bookOf = (draw: Draw): object => ({
  id: draw.s,
  ratio: draw.n,
  pages: some(draw, pageOf(draw)),
  slips: { [draw.s]: pageOf(draw) },
  cover: draw.i % 2 === 0 ? null : pageOf(draw),
});
const storedBook = (draw: Draw): PlainBook => ({
  id: draw.s,
  ratio: draw.n,
  pages: some(draw, draw).map(storedPage),
  slips: { [draw.s]: storedPage(draw) },
  cover: draw.i % 2 === 0 ? null : storedPage(draw),
});

const page: Kind = { of: pageOf, stored: storedPage };
const book: Kind = { of: bookOf, stored: storedBook };

/** A list of no, one or two values. */
const listOf = ({ of, stored }: Kind): Kind => ({
  of: (draw) => some(draw, draw).map(of),
  stored: (draw) => some(draw, draw).map(stored),
});

/** A list of at most one value, so no key is in it twice. */
const oneOf = ({ of, stored }: Kind): Kind => ({
  of: (draw) => some(draw, draw).slice(0, 1).map(of),
  stored: (draw) => some(draw, draw).slice(0, 1).map(stored),
});

const dictOf = ({ of, stored }: Kind): Kind => ({
  of: (draw) => ({ [draw.s]: of(draw), a: of(draw) }),
  stored: (draw) => ({ [draw.s]: stored(draw), a: stored(draw) }),
});

/** Sometimes null. */
const gapOf = ({ of, stored }: Kind): Kind => ({
  of: (draw) => (draw.i % 3 === 0 ? null : of(draw)),
  stored: (draw) => (draw.i % 3 === 0 ? null : stored(draw)),
});

export const SHELF_KINDS = {
  page,
  book,
  books: oneOf(book),
  pages: listOf(page),
  slip: gapOf(page),
  slips: dictOf(gapOf(page)),
  box: dictOf(page),
  boxes: listOf(dictOf(page)),
  lines: listOf(KINDS.texts),
  cube: listOf(listOf(KINDS.big)),
  dates: listOf(KINDS.date),
  loans: dictOf(listOf(KINDS.date)),
  files: listOf(KINDS.bytes),
} satisfies Record<string, Kind>;
