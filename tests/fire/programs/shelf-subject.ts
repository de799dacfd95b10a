import { pick, type Draw, type Step, type Subject } from './contract';
import { dictStepsAt } from './dict-steps';
import { fieldStepsAt, ratioStepsAt, ROOT, type ModelPlace } from './field-steps';
import { KINDS } from './kinds';
import { listStepsAt } from './list-steps';
import { fresh, Shelf, SHELF_TTL, type Book, type Page, type PlainBook, type PlainPage, type PlainShelf } from './shelf';
import { SHELF_KINDS } from './shelf-kinds';
import { takenOver } from './twins';

type ShelfStep = Step<Shelf, PlainShelf>;

const listSteps = listStepsAt<Shelf, PlainShelf>;
const dictSteps = dictStepsAt<Shelf, PlainShelf>;
const fieldSteps = fieldStepsAt<Shelf, PlainShelf>;
const ratioSteps = ratioStepsAt<Shelf, PlainShelf>;

/** Finds something in a shelf, and in its twin. */
interface PlaceOf<T, Plain> extends ModelPlace<Shelf, PlainShelf> {
  readonly of: (it: Shelf, draw: Draw) => (T & object) | null | undefined;
  readonly plain: (twin: PlainShelf, draw: Draw) => (Plain & object) | null | undefined;
}
type PagePlace = PlaceOf<Page, PlainPage>;
type BookPlace = PlaceOf<Book, PlainBook>;

const BOOKS: readonly BookPlace[] = [
  { name: 'books[]', of: ({ books }, { j }) => pick(books, j), plain: ({ books }, { j }) => pick(books, j) },
  { name: 'index[]', of: ({ index }, { s }) => index.get(s), plain: ({ index }, { s }) => index[s] },
  { name: 'best.', of: ({ best }) => best, plain: ({ best }) => best },
];

const PAGES: readonly PagePlace[] = [
  { name: 'pages[]', of: ({ pages }, { j }) => pick(pages, j), plain: ({ pages }, { j }) => pick(pages, j) },
  { name: 'slips[]', of: ({ slips }, { s }) => slips.get(s), plain: ({ slips }, { s }) => slips[s] },
  { name: 'drafts[]', of: ({ drafts }, { j }) => pick(drafts ?? [], j), plain: ({ drafts }, { j }) => pick(drafts ?? [], j) },
  { name: 'boxes[][]', of: ({ boxes }, { j, s }) => pick(boxes, j)?.get(s), plain: ({ boxes }, { j, s }) => pick(boxes, j)?.[s] },
];

function pageSteps(place: PagePlace): ShelfStep[] {
  const { name, of, plain } = place;
  return [
    ...ratioSteps(place),
    ...fieldSteps(place, { field: 'words', kind: KINDS.texts }),
    ...listSteps({
      name: `${name} words`,
      of: (it, draw) => of(it, draw)?.words,
      plain: (twin, draw) => plain(twin, draw)?.words,
      kind: KINDS.text,
    }),
    ...dictSteps({
      name: `${name} sums`,
      of: (it, draw) => of(it, draw)?.sums,
      plain: (twin, draw) => plain(twin, draw)?.sums,
      kind: KINDS.big,
    }),
  ];
}

function bookSteps(place: BookPlace): ShelfStep[] {
  const { name, of, plain } = place;
  return [
    ...ratioSteps(place),
    ...fieldSteps(place, { field: 'cover', kind: SHELF_KINDS.page, isNullable: true }),
    ...pageSteps({
      name: `${name}.pages[]`,
      of: (it, draw) => pick(of(it, draw)?.pages, draw.i),
      plain: (twin, draw) => pick(plain(twin, draw)?.pages, draw.i),
    }),
    ...listSteps({
      name: `${name} pages`,
      of: (it, draw) => of(it, draw)?.pages,
      plain: (twin, draw) => plain(twin, draw)?.pages,
      kind: SHELF_KINDS.page,
    }),
    ...dictSteps({
      name: `${name} slips`,
      of: (it, draw) => of(it, draw)?.slips,
      plain: (twin, draw) => plain(twin, draw)?.slips,
      kind: SHELF_KINDS.page,
    }),
  ];
}

const FIELDS: readonly ShelfStep[] = [
  ...fieldSteps(ROOT, { field: 'best', kind: SHELF_KINDS.book, isNullable: true }),
  ...fieldSteps(ROOT, { field: 'books', kind: SHELF_KINDS.books }),
  ...fieldSteps(ROOT, { field: 'pages', kind: SHELF_KINDS.pages }),
  ...fieldSteps(ROOT, { field: 'drafts', kind: SHELF_KINDS.pages, isNullable: true }),
  ...fieldSteps(ROOT, { field: 'loans', kind: SHELF_KINDS.loans, isNullable: true }),
  ...fieldSteps(ROOT, { field: 'slips', kind: SHELF_KINDS.slips }),
  ...fieldSteps(ROOT, { field: 'boxes', kind: SHELF_KINDS.boxes }),
  ...fieldSteps(ROOT, { field: 'lines', kind: SHELF_KINDS.lines }),
  {
    name: 'best own',
    queue: (it, { j }) => it.update({ best: pick(it.books, j) ?? null }),
    atOnce: (it, { j }) => it.aupdate({ best: pick(it.books, j) ?? null }),
    plain: (twin, { j }) => (twin.best = takenOver(twin.best, pick(twin.books, j) ?? null)),
  },
  {
    name: 'best and pages',
    queue: (it, draw) => it.update({ best: null, pages: [SHELF_KINDS.page.of(draw) as never] }),
    atOnce: (it, draw) => it.aupdate({ best: null, pages: [SHELF_KINDS.page.of(draw) as never] }),
    plain: (twin, draw) => Object.assign(twin, { best: null, pages: takenOver(twin.pages, [SHELF_KINDS.page.stored(draw)]) }),
  },
];

const LISTS: readonly ShelfStep[] = [
  ...listSteps({ name: 'books', of: ({ books }) => books, plain: ({ books }) => books, kind: SHELF_KINDS.book, isKeyed: true }),
  ...listSteps({ name: 'pages', of: ({ pages }) => pages, plain: ({ pages }) => pages, kind: SHELF_KINDS.page }),
  ...listSteps({ name: 'drafts', of: ({ drafts }) => drafts, plain: ({ drafts }) => drafts, kind: SHELF_KINDS.page }),
  ...listSteps({ name: 'lines', of: ({ lines }) => lines, plain: ({ lines }) => lines, kind: KINDS.texts }),
  ...listSteps({
    name: 'lines[]',
    of: ({ lines }, { j }) => pick(lines, j),
    plain: ({ lines }, { j }) => pick(lines, j),
    kind: KINDS.text,
  }),
  ...listSteps({ name: 'boxes', of: ({ boxes }) => boxes, plain: ({ boxes }) => boxes, kind: SHELF_KINDS.box }),
  ...listSteps({ name: 'cubes', of: ({ cubes }) => cubes, plain: ({ cubes }) => cubes, kind: SHELF_KINDS.cube }),
  ...listSteps({
    name: 'cubes[][]',
    of: ({ cubes }, { j, i }) => pick(pick(cubes, j), i),
    plain: ({ cubes }, { j, i }) => pick(pick(cubes, j), i),
    kind: KINDS.big,
  }),
  ...listSteps({
    name: 'loans[]',
    of: ({ loans }, { s }) => loans?.get(s),
    plain: ({ loans }, { s }) => loans?.[s],
    kind: KINDS.date,
  }),
  ...listSteps({
    name: 'scans[]',
    of: ({ scans }, { s }) => scans.get(s),
    plain: ({ scans }, { s }) => scans[s],
    kind: KINDS.bytes,
  }),
];

const DICTS: readonly ShelfStep[] = [
  ...dictSteps({ name: 'index', of: ({ index }) => index, plain: ({ index }) => index, kind: SHELF_KINDS.book }),
  ...dictSteps({ name: 'slips', of: ({ slips }) => slips, plain: ({ slips }) => slips, kind: SHELF_KINDS.slip }),
  ...dictSteps({ name: 'loans', of: ({ loans }) => loans, plain: ({ loans }) => loans, kind: SHELF_KINDS.dates }),
  ...dictSteps({
    name: 'boxes[]',
    of: ({ boxes }, { j }) => pick(boxes, j),
    plain: ({ boxes }, { j }) => pick(boxes, j),
    kind: SHELF_KINDS.page,
  }),
  ...dictSteps({ name: 'scans', of: ({ scans }) => scans, plain: ({ scans }) => scans, kind: SHELF_KINDS.files }),
];

/** Nested values, which users may hold, in a document that counts its commits and expires. */
export const shelf: Subject<Shelf, PlainShelf> = {
  model: Shelf,
  key: 'Shelf:one',
  fresh,
  steps: [...FIELDS, ...LISTS, ...DICTS, ...PAGES.flatMap(pageSteps), ...BOOKS.flatMap(bookSteps)],
  held: ['books', 'index', 'pages', 'slips', 'best', 'drafts', 'loans', 'lines', 'boxes', 'cubes', 'scans'],
  number: 'ratio',
  obstacle: { path: '$["gate"]', of: ({ gate }) => gate, bump: ({ gate }) => gate.add(1), plain: (twin) => (twin.gate += 1) },
  lifetime: { version: 'version', ttlMs: SHELF_TTL * 1000 },
};
