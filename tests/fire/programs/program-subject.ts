import type { Subject } from './contract';
import { fresh, Program, type Plain } from './program';
import { STEPS } from './steps';

/** Counters, texts, dates, and lists and dicts of plain values and models, with all their verbs. */
export const program: Subject<Program, Plain> = {
  model: Program,
  key: 'Program:one',
  fresh,
  steps: STEPS,
  held: ['leaf', 'leaves'],
  number: 'count',
  obstacle: {
    path: '$["leaf"]["count"]',
    of: ({ leaf }) => leaf.count,
    bump: ({ leaf }) => leaf.count.add(1),
    plain: ({ leaf }) => (leaf.count += 1),
  },
};
