import type { Draw, Step } from './contract';

/** A part of the document, in an instance and in its twin, if there is one at the moment. */
export interface PartOf<It, Twin, Part, Plain> {
  readonly name: string;
  readonly of: (it: It, draw: Draw) => Part | null | undefined;
  readonly plain: (twin: Twin, draw: Draw) => Plain | null | undefined;
}

/** What a step does to a part that is there. */
export interface PartStep<Part, Plain> {
  readonly queue?: (part: Part, draw: Draw) => unknown;
  readonly atOnce?: (part: Part, draw: Draw) => Promise<unknown>;
  readonly plain: (plain: Plain, draw: Draw, reply: unknown) => unknown;
  readonly isBlind?: boolean;
}

/** The step of that name for a part of the document; it does nothing where there is no such part. */
export function stepAt<It, Twin, Part, Plain>(
  part: PartOf<It, Twin, Part, Plain>,
  name: string,
  { queue, atOnce, plain, isBlind }: PartStep<Part, Plain>,
): Step<It, Twin> {
  const on = <R>(it: It, draw: Draw, act: (part: Part, draw: Draw) => R): R | undefined => {
    const found = part.of(it, draw);
    return found ? act(found, draw) : undefined;
  };
  return {
    name: `${part.name} ${name}`.trim(),
    ...(queue && { queue: (it, draw) => on(it, draw, queue) }),
    ...(atOnce && { atOnce: async (it, draw) => on(it, draw, atOnce) }),
    plain: (twin, draw, reply) => {
      const found = part.plain(twin, draw);
      if (found) plain(found, draw, reply);
    },
    isBlind: isBlind === true,
  };
}
