import { isDeepStrictEqual } from 'node:util';
import type { RedisList } from 'redatom';
import { at, type Draw, type Step } from './contract';
import { settled, type Kind } from './kinds';
import type { Nest, PlainCard, PlainNest } from './nest';

/** A list somewhere in the document, if there is one at the moment. */
export interface ListPlace {
  readonly name: string;
  readonly of: (it: Nest, draw: Draw) => RedisList<unknown> | undefined;
  readonly plain: (twin: PlainNest, draw: Draw) => unknown[] | undefined;
  readonly kind: Kind;
  /** Its items are told apart by their keys, so that none is put in a second time. */
  readonly isKeyed?: boolean;
  /** It is always there, and what it holds are plain values. */
  readonly isFlat?: boolean;
}

/** What steps do to a list that is there. */
interface ListStep {
  readonly queue?: (list: RedisList<unknown>, draw: Draw) => unknown;
  readonly atOnce?: (list: RedisList<unknown>, draw: Draw) => Promise<unknown>;
  readonly plain: (list: unknown[], draw: Draw) => unknown;
  /** Not where each key stands once. */
  readonly adds?: boolean;
  /** For lists that are not empty. */
  readonly needsItem?: boolean;
  readonly isBlind?: boolean;
}

const plainOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function remove(list: unknown[], item: unknown): void {
  const index = list.findIndex((one) => isDeepStrictEqual(plainOf(one), plainOf(item)));
  if (index >= 0) list.splice(index, 1);
}

/** Verbs of each kind of change that a list can be sent. */
function stepsOfKind({ of, stored }: Kind): Record<string, ListStep> {
  return {
    append: {
      queue: (list, draw) => list.append(of(draw)),
      atOnce: (list, draw) => list.aappend(of(draw)),
      plain: (list, draw) => list.push(stored(draw)),
      adds: true,
      isBlind: true,
    },
    insert: {
      queue: (list, draw) => list.insert(draw.i % (list.length + 1), of(draw)),
      atOnce: (list, draw) => list.ainsert(draw.i % (list.length + 1), of(draw)),
      plain: (list, draw) => list.splice(draw.i % (list.length + 1), 0, stored(draw)),
      adds: true,
    },
    set: {
      queue: (list, draw) => (list[at(list, draw.i)] = of(draw)),
      atOnce: (list, draw) => list.aset(at(list, draw.i), of(draw)),
      plain: (list, draw) => (list[at(list, draw.i)] = stored(draw)),
      adds: true,
      needsItem: true,
    },
    splice: {
      queue: (list, draw) => list.splice(at(list, draw.i), 2, of(draw)),
      plain: (list, draw) => list.splice(at(list, draw.i), 2, stored(draw)),
      adds: true,
      needsItem: true,
    },
    remove: {
      queue: (list, draw) => list.remove(of(draw)),
      atOnce: (list, draw) => list.aremove(of(draw)),
      plain: (list, draw) => remove(list, stored(draw)),
    },
    assign: {
      queue: (list, draw) => list.assign([of(draw)]),
      plain: (list, draw) => {
        const item = stored(draw) as PlainCard | undefined;
        const present = (list as (PlainCard | null)[]).find((one) => item?.id !== undefined && one?.id === item.id);
        list.splice(0, list.length, settled(present, item));
      },
    },
  };
}

/** Those that bring nothing new. */
const STEPS: Record<string, ListStep> = {
  pop: { queue: (list) => list.pop(), atOnce: (list) => list.apop(), plain: (list) => list.pop(), isBlind: true },
  shift: { queue: (list) => list.shift(), atOnce: (list) => list.apop(0), plain: (list) => list.shift(), needsItem: true },
  'remove own': {
    queue: (list, { i }) => list.remove(list[at(list, i)]),
    atOnce: (list, { i }) => list.aremove(list[at(list, i)]),
    plain: (list, { i }) => remove(list, list[at(list, i)]),
    needsItem: true,
  },
  removeRange: { queue: (list, { i }) => list.removeRange(i % 3, (i % 3) + 2), plain: (list, { i }) => list.splice(i % 3, 2) },
  reverse: { queue: (list) => list.reverse(), plain: (list) => list.reverse() },
  clear: { queue: (list) => list.clear(), atOnce: (list) => list.aclear(), plain: (list) => (list.length = 0), isBlind: true },
  save: { atOnce: (list) => list.save(), plain: () => undefined },
  'append own': {
    queue: (list, { i }) => list.append(list[at(list, i)]),
    atOnce: (list, { i }) => list.aappend(list[at(list, i)]),
    plain: (list, { i }) => list.push(structuredClone(list[at(list, i)])),
    adds: true,
    needsItem: true,
  },
};

const insideStep = ({ change, stored }: NonNullable<Kind['inside']>): ListStep => ({
  queue: (list, draw) => change(list[at(list, draw.i)] as never, draw),
  plain: (list, draw) => (list[at(list, draw.i)] = stored(list[at(list, draw.i)] as never, draw)),
  needsItem: true,
});

/** The steps for a list at a place. */
export function listSteps(place: ListPlace): Step<Nest, PlainNest>[] {
  const { inside } = place.kind;
  const all = { ...stepsOfKind(place.kind), ...STEPS, ...(inside && { inside: insideStep(inside) }) };
  return Object.entries(all)
    .filter(([name]) => place.isKeyed !== true || name !== 'append own')
    .map(([name, step]) => atPlace(place, name, step));
}

function atPlace(place: ListPlace, name: string, { queue, atOnce, plain, ...step }: ListStep): Step<Nest, PlainNest> {
  const fits = <L extends readonly unknown[]>(list: L | undefined, { s }: Draw): list is L => {
    if (list === undefined || (step.needsItem === true && list.length === 0)) return false;
    return step.adds !== true || place.isKeyed !== true || (list as unknown as readonly PlainCard[]).every(({ id }) => id !== s);
  };
  const on = <R>(list: RedisList<unknown> | undefined, draw: Draw, act: (list: RedisList<unknown>, draw: Draw) => R): R | undefined =>
    fits(list, draw) ? act(list, draw) : undefined;
  return {
    name: `${place.name} ${name}`,
    ...(queue && { queue: (it, draw) => on(place.of(it, draw), draw, queue) }),
    ...(atOnce && { atOnce: async (it, draw) => on(place.of(it, draw), draw, atOnce) }),
    plain: (twin, draw) => {
      const list = place.plain(twin, draw);
      if (fits(list, draw)) plain(list, draw);
    },
    isBlind: place.isFlat === true && step.isBlind === true,
  };
}
