import type { Step } from '../contenders/contender';
import { newItem } from './new-values';
import { at, documentPicks, holdSharedDocuments, replay } from './shared-documents';
import { SHARED_DOCUMENTS, type Workload } from './workload';

/** 40 increments, 30 appends, 20 items of a dict and 10 plain fields, mixed. */
const STEPS: readonly Step[] = Array.from({ length: 100 }, (_, index): Step => {
  switch (index % 10) {
    case 0:
    case 2:
    case 5:
    case 7:
      return { kind: 'increment', by: 1 + (index % 7) };
    case 1:
    case 4:
    case 8:
      return { kind: 'append', item: newItem(index) };
    case 3:
    case 9:
      return { kind: 'set-item', name: `key${Math.floor(index / 10)}`, value: newItem(index + 7) };
    default:
      return { kind: 'set-name', value: newItem(index + 3) };
  }
});

export const pipeline: Workload = {
  name: 'pipeline',
  title: 'pipeline of 100 writes',
  rows: [{ label: 'c1', inFlight: 1, cores: 'one', goal: { ratio: 1, cpu: 1.5 } }],
  unit: 'operations',
  weight: 1,
  maxOperations: 2_000,
  seeded: () => SHARED_DOCUMENTS,
  prepare: async (contender, { operations }) => {
    const { keys, users } = await holdSharedDocuments(contender);
    const picks = documentPicks(operations);
    return async (index) => {
      const pick = at(picks, index);
      await contender.pipeline(at(keys, pick), at(users, pick), STEPS);
      return 0;
    };
  },
  expected: (operations) =>
    replay(operations, (user) => {
      for (const step of STEPS) {
        if (step.kind === 'increment') user.score += step.by;
        else if (step.kind === 'append') user.tags.push(step.item);
        else if (step.kind === 'set-item') user.settings[step.name] = step.value;
        else user.name = step.value;
      }
      return 0;
    }),
};
