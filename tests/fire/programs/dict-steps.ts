import type { RedisDict } from 'redatom';
import type { Step } from './contract';
import type { Kind } from './kinds';
import { stepAt, type PartOf, type PartStep } from './part-steps';
import { refill, takenOver } from './twins';

type PlainDict = Record<string, unknown>;

/** A dict somewhere in the document, if there is one at the moment. */
export interface DictPlace<It, Twin> extends PartOf<It, Twin, RedisDict<unknown>, PlainDict> {
  readonly kind: Kind;
  /** It is always there. */
  readonly isFlat?: boolean;
}

type DictStep = PartStep<RedisDict<unknown>, PlainDict>;

function stepsOfKind({ of, stored }: Kind): Record<string, DictStep> {
  return {
    set: {
      queue: (dict, draw) => dict.set(draw.s, of(draw)),
      atOnce: (dict, draw) => dict.asetItem(draw.s, of(draw)),
      plain: (dict, draw) => (dict[draw.s] = stored(draw)),
      isBlind: true,
    },
    update: {
      queue: (dict, draw) => dict.update({ [draw.s]: of(draw), a: of(draw) }),
      atOnce: (dict, draw) =>
        dict.aupdate(
          new Map([
            [draw.s, of(draw)],
            ['a', of(draw)],
          ]),
        ),
      plain: (dict, draw) => Object.assign(dict, { [draw.s]: stored(draw), a: stored(draw) }),
      isBlind: true,
    },
    setDefault: {
      atOnce: (dict, draw) => dict.asetDefault(draw.s, of(draw)),
      plain: (dict, draw) => {
        if (!Object.hasOwn(dict, draw.s)) dict[draw.s] = stored(draw);
      },
      isBlind: true,
    },
    assign: {
      queue: (dict, draw) => dict.assign({ [draw.s]: of(draw) }),
      plain: (dict, draw) => refill(dict, takenOver(dict, { [draw.s]: stored(draw) })),
    },
  };
}

const STEPS: Record<string, DictStep> = {
  delete: {
    queue: (dict, { s }) => dict.delete(s),
    atOnce: (dict, { s }) => dict.adelItem(s),
    plain: (dict, { s }) => delete dict[s],
    isBlind: true,
  },
  pop: { atOnce: (dict, { s }) => dict.apop(s), plain: (dict, { s }) => delete dict[s], isBlind: true },
  popItem: {
    atOnce: async (dict) => (dict.size > 0 ? dict.apopItem() : undefined),
    plain: (dict, _draw, reply) => {
      if (reply === undefined) return;
      const [name] = reply as [string, unknown];
      if (!Object.hasOwn(dict, name)) throw new Error(`popped ${name}, which is not there`);
      delete dict[name];
    },
  },
  clear: { queue: (dict) => dict.clear(), atOnce: (dict) => dict.aclear(), plain: (dict) => refill(dict, {}), isBlind: true },
  save: { atOnce: (dict) => dict.save(), plain: () => undefined },
};

const insideStep = ({ change, stored }: NonNullable<Kind['inside']>): DictStep => ({
  queue: (dict, draw) => {
    if (dict.has(draw.s)) change(dict.get(draw.s) as never, draw);
  },
  plain: (dict, draw) => {
    if (Object.hasOwn(dict, draw.s)) dict[draw.s] = stored(dict[draw.s] as never, draw);
  },
});

/** The steps for a dict at a place. */
export function dictStepsAt<It, Twin>(place: DictPlace<It, Twin>): Step<It, Twin>[] {
  const { inside } = place.kind;
  const all: Record<string, DictStep> = { ...stepsOfKind(place.kind), ...STEPS, ...(inside && { inside: insideStep(inside) }) };
  return Object.entries(all).map(([name, step]) =>
    stepAt(place, name, { ...step, isBlind: place.isFlat === true && step.isBlind === true }),
  );
}
