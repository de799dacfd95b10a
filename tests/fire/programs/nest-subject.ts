import { pick, type Draw, type Step, type Subject } from './contract';
import { dictStepsAt } from './dict-steps';
import { fieldStepsAt, ratioStepsAt, ROOT, type ModelPlace } from './field-steps';
import { KINDS } from './kinds';
import { listStepsAt } from './list-steps';
import { fresh, Nest, type Card, type PlainCard, type PlainNest, type PlainTwig, type Twig } from './nest';

type NestStep = Step<Nest, PlainNest>;

const listSteps = listStepsAt<Nest, PlainNest>;
const dictSteps = dictStepsAt<Nest, PlainNest>;
const fieldSteps = fieldStepsAt<Nest, PlainNest>;
const ratioSteps = ratioStepsAt<Nest, PlainNest>;

interface TwigPlace extends ModelPlace<Nest, PlainNest> {
  readonly of: (it: Nest, draw: Draw) => Twig | null | undefined;
  readonly plain: (twin: PlainNest, draw: Draw) => PlainTwig | null | undefined;
}

interface CardPlace extends ModelPlace<Nest, PlainNest> {
  readonly of: (it: Nest, draw: Draw) => Card | undefined;
  readonly plain: (twin: PlainNest, draw: Draw) => PlainCard | undefined;
}

const TWIGS: readonly TwigPlace[] = [
  { name: 'twig.', of: ({ twig }) => twig, plain: ({ twig }) => twig },
  { name: 'twigs[]', of: ({ twigs }, { s }) => twigs.get(s), plain: ({ twigs }, { s }) => twigs[s] },
  { name: 'gaps[]', of: ({ gaps }, { j }) => pick(gaps, j), plain: ({ gaps }, { j }) => pick(gaps, j) },
  { name: 'rows[][]', of: ({ rows }, { j, i }) => pick(pick(rows, j), i), plain: ({ rows }, { j, i }) => pick(pick(rows, j), i) },
];

const CARDS: readonly CardPlace[] = [
  { name: 'cards[]', of: ({ cards }, { j }) => pick(cards, j), plain: ({ cards }, { j }) => pick(cards, j) },
  { name: 'decks[]', of: ({ decks }, { s }) => decks.get(s), plain: ({ decks }, { s }) => decks[s] },
  { name: 'piles[][]', of: ({ piles }, { j }) => pick(piles.get('a'), j), plain: ({ piles }, { j }) => pick(piles['a'], j) },
];

function twigSteps(place: TwigPlace): NestStep[] {
  const { name, of, plain } = place;
  return [
    ...ratioSteps(place),
    ...fieldSteps(place, { field: 'at', kind: KINDS.epochMs, isNullable: true }),
    ...listSteps({
      name: `${name} marks`,
      of: (it, draw) => of(it, draw)?.marks,
      plain: (twin, draw) => plain(twin, draw)?.marks,
      kind: KINDS.number,
    }),
  ];
}

function cardSteps(place: CardPlace): NestStep[] {
  const { name, of, plain } = place;
  return [
    ...ratioSteps(place),
    ...fieldSteps(place, { field: 'twig', kind: KINDS.twig, isNullable: true }),
    ...ratioSteps({ name: `${name} twig`, of: (it, draw) => of(it, draw)?.twig, plain: (twin, draw) => plain(twin, draw)?.twig }),
    ...listSteps({
      name: `${name} tags`,
      of: (it, draw) => of(it, draw)?.tags,
      plain: (twin, draw) => plain(twin, draw)?.tags,
      kind: KINDS.text,
    }),
  ];
}

const FIELDS: readonly NestStep[] = [
  ...ratioSteps(ROOT),
  ...fieldSteps(ROOT, { field: 'ratio', kind: KINDS.number }),
  ...fieldSteps(ROOT, { field: 'bytes', kind: KINDS.bytes }),
  ...fieldSteps(ROOT, { field: 'blob', kind: KINDS.bytes, isNullable: true }),
  ...fieldSteps(ROOT, { field: 'extra', kind: KINDS.json, isNullable: true }),
  ...fieldSteps(ROOT, { field: 'day', kind: KINDS.date, isNullable: true }),
  ...fieldSteps(ROOT, { field: 'instant', kind: KINDS.epochMs }),
  ...fieldSteps(ROOT, { field: 'moved', kind: KINDS.epochMs }),
  ...fieldSteps(ROOT, { field: 'seconds', kind: KINDS.epochSeconds }),
  ...fieldSteps(ROOT, { field: 'big', kind: KINDS.big }),
  ...fieldSteps(ROOT, { field: 'twig', kind: KINDS.twig, isNullable: true }),
  { name: 'moved +', queue: ({ moved }, { n }) => moved.addMs(n * 999), plain: (twin, { n }) => (twin.moved += n * 999) },
];

const LISTS: readonly NestStep[] = [
  ...listSteps({ name: 'blobs', of: ({ blobs }) => blobs, plain: ({ blobs }) => blobs, kind: KINDS.bytes, isFlat: true }),
  ...listSteps({ name: 'extras', of: ({ extras }) => extras, plain: ({ extras }) => extras, kind: KINDS.json, isFlat: true }),
  ...listSteps({ name: 'bigs', of: ({ bigs }) => bigs, plain: ({ bigs }) => bigs, kind: KINDS.big, isFlat: true }),
  ...listSteps({ name: 'gaps', of: ({ gaps }) => gaps, plain: ({ gaps }) => gaps, kind: KINDS.gap }),
  ...listSteps({ name: 'rows', of: ({ rows }) => rows, plain: ({ rows }) => rows, kind: KINDS.twigRow }),
  ...listSteps({ name: 'rows[]', of: ({ rows }, { j }) => pick(rows, j), plain: ({ rows }, { j }) => pick(rows, j), kind: KINDS.twig }),
  ...listSteps({ name: 'cards', of: ({ cards }) => cards, plain: ({ cards }) => cards, kind: KINDS.card, isKeyed: true }),
  ...listSteps({ name: 'piles[]', of: ({ piles }) => piles.get('a'), plain: ({ piles }) => piles['a'], kind: KINDS.card, isKeyed: true }),
  ...listSteps({ name: 'grid', of: ({ grid }) => grid, plain: ({ grid }) => grid, kind: KINDS.row }),
  ...listSteps({ name: 'grid[]', of: ({ grid }, { j }) => pick(grid, j), plain: ({ grid }, { j }) => pick(grid, j), kind: KINDS.number }),
  ...listSteps({ name: 'lists[]', of: ({ lists }, { s }) => lists.get(s), plain: ({ lists }, { s }) => lists[s], kind: KINDS.text }),
  ...listSteps({ name: 'dicts', of: ({ dicts }) => dicts, plain: ({ dicts }) => dicts, kind: KINDS.dates }),
];

const DICTS: readonly NestStep[] = [
  ...dictSteps({ name: 'facts', of: ({ facts }) => facts, plain: ({ facts }) => facts, kind: KINDS.json, isFlat: true }),
  ...dictSteps({ name: 'twigs', of: ({ twigs }) => twigs, plain: ({ twigs }) => twigs, kind: KINDS.twig, isFlat: true }),
  ...dictSteps({ name: 'decks', of: ({ decks }) => decks, plain: ({ decks }) => decks, kind: KINDS.card, isFlat: true }),
  ...dictSteps({ name: 'piles', of: ({ piles }) => piles, plain: ({ piles }) => piles, kind: KINDS.pile, isFlat: true }),
  ...dictSteps({ name: 'lists', of: ({ lists }) => lists, plain: ({ lists }) => lists, kind: KINDS.texts, isFlat: true }),
  ...dictSteps({
    name: 'dicts[]',
    of: ({ dicts }, { j }) => pick(dicts, j),
    plain: ({ dicts }, { j }) => pick(dicts, j),
    kind: KINDS.date,
  }),
  ...dictSteps({ name: 'files', of: ({ files }) => files, plain: ({ files }) => files, kind: KINDS.files, isFlat: true }),
  ...dictSteps({ name: 'files[]', of: ({ files }, { s }) => files.get(s), plain: ({ files }, { s }) => files[s], kind: KINDS.bytes }),
];

/** Values of all types, and nested lists, dicts and models, which users may hold. */
export const nest: Subject<Nest, PlainNest> = {
  model: Nest,
  key: 'Nest:one',
  fresh,
  steps: [...FIELDS, ...LISTS, ...DICTS, ...TWIGS.flatMap(twigSteps), ...CARDS.flatMap(cardSteps)],
  held: ['twig', 'twigs', 'gaps', 'rows', 'cards', 'decks', 'piles', 'grid', 'lists', 'dicts', 'files'],
  number: 'ratio',
  obstacle: { path: '$["gate"]', of: ({ gate }) => gate, bump: ({ gate }) => gate.add(1), plain: (twin) => (twin.gate += 1) },
};
