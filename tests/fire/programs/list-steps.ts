import type { RedisList } from 'redatom';
import { at, type Draw, type Step } from './contract';
import type { Kind } from './kinds';
import { stepAt, type PartOf, type PartStep } from './part-steps';
import { isSame, refill, takenOver } from './twins';

/** A list somewhere in the document, if there is one at the moment. */
export interface ListPlace<It, Twin> extends PartOf<It, Twin, RedisList<unknown>, unknown[]> {
  readonly kind: Kind;
  /** Its items are told apart by their keys, so no key is put in twice. */
  readonly isKeyed?: boolean;
  /** It is always there, and holds plain values. */
  readonly isFlat?: boolean;
}

interface ListStep extends PartStep<RedisList<unknown>, unknown[]> {
  /** Puts in an item: not into a keyed list that has its key already. */
  readonly adds?: boolean;
  /** May put in copies: never in keyed lists. */
  readonly copies?: boolean;
  /** For lists that are not empty. */
  readonly needsItem?: boolean;
}

function remove(list: unknown[], item: unknown): void {
  const index = list.findIndex((one) => isSame(one, item));
  if (index >= 0) list.splice(index, 1);
}

/** The verbs of a list that are given values of the kind. */
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
    fill: {
      queue: (list, draw) => list.fill(of(draw), draw.i % 3, (draw.i % 3) + 2),
      plain: (list, draw) => [...list.keys()].slice(draw.i % 3, (draw.i % 3) + 2).forEach((index) => (list[index] = stored(draw))),
      copies: true,
    },
    remove: {
      queue: (list, draw) => list.remove(of(draw)),
      atOnce: (list, draw) => list.aremove(of(draw)),
      plain: (list, draw) => remove(list, stored(draw)),
    },
    assign: {
      queue: (list, draw) => list.assign([of(draw)]),
      plain: (list, draw) => refill(list, takenOver(list, [stored(draw)])),
    },
  };
}

const RANGES: readonly [start: number, endExclusive?: number][] = [[-2], [1], [0, 2], [1, -1], [-3, -1], [0, -9]];

function rangeOf(i: number): [start: number, endExclusive?: number] {
  return RANGES[i % RANGES.length] ?? [0];
}

/** The verbs that are given no new value. */
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
  trim: {
    queue: (list, { i }) => list.trim(...rangeOf(i)),
    atOnce: (list, { i }) => list.atrim(...rangeOf(i)),
    plain: (list, { i }) => refill(list, list.slice(...rangeOf(i))),
  },
  reverse: { queue: (list) => list.reverse(), plain: (list) => list.reverse() },
  clear: { queue: (list) => list.clear(), atOnce: (list) => list.aclear(), plain: (list) => (list.length = 0), isBlind: true },
  save: { atOnce: (list) => list.save(), plain: () => undefined },
  'append own': {
    queue: (list, { i }) => list.append(list[at(list, i)]),
    atOnce: (list, { i }) => list.aappend(list[at(list, i)]),
    plain: (list, { i }) => list.push(structuredClone(list[at(list, i)])),
    copies: true,
    needsItem: true,
  },
  'set own': {
    queue: (list, { i, j }) => (list[at(list, i)] = list[at(list, j)]),
    atOnce: (list, { i, j }) => list.aset(at(list, i), list[at(list, j)]),
    plain: (list, { i, j }) => (list[at(list, i)] = structuredClone(list[at(list, j)])),
    copies: true,
    needsItem: true,
  },
  copyWithin: {
    queue: (list, { i, j }) => list.copyWithin(i % 2, j % 3),
    plain: (list, { i, j }) => refill(list, takenOver(list, structuredClone(list).copyWithin(i % 2, j % 3))),
    copies: true,
  },
  length: {
    queue: (list, { i }) => (list.length = Math.min(list.length, i)),
    plain: (list, { i }) => (list.length = Math.min(list.length, i)),
  },
};

const insideStep = ({ change, stored }: NonNullable<Kind['inside']>): ListStep => ({
  queue: (list, draw) => change(list[at(list, draw.i)] as never, draw),
  plain: (list, draw) => (list[at(list, draw.i)] = stored(list[at(list, draw.i)] as never, draw)),
  needsItem: true,
});

/** The steps for a list at a place. */
export function listStepsAt<It, Twin>(place: ListPlace<It, Twin>): Step<It, Twin>[] {
  const { inside } = place.kind;
  const all: Record<string, ListStep> = { ...stepsOfKind(place.kind), ...STEPS, ...(inside && { inside: insideStep(inside) }) };
  return Object.entries(all)
    .filter(([, { copies }]) => place.isKeyed !== true || copies !== true)
    .map(([name, step]) => atPlace(place, name, step));
}

function atPlace<It, Twin>(place: ListPlace<It, Twin>, name: string, step: ListStep): Step<It, Twin> {
  const ifFits = <L extends readonly unknown[]>(list: L | null | undefined, { s }: Draw): L | undefined => {
    if (!list || (step.needsItem === true && list.length === 0)) return undefined;
    if (step.adds !== true || place.isKeyed !== true) return list;
    return (list as unknown as readonly { id: string }[]).some(({ id }) => id === s) ? undefined : list;
  };
  const { of, plain } = place;
  const part = {
    ...place,
    of: (it: It, draw: Draw) => ifFits(of(it, draw), draw),
    plain: (twin: Twin, draw: Draw) => ifFits(plain(twin, draw), draw),
  };
  return stepAt(part, name, { ...step, isBlind: place.isFlat === true && step.isBlind === true });
}
