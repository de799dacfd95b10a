import { at, documentPicks, replay, sharedKeys } from './shared-documents';
import { newName } from './new-values';
import { SHARED_DOCUMENTS, type Workload } from './workload';

export const loadUpdate: Workload = {
  name: 'load-update',
  title: 'load, change and persist one field',
  rows: [
    { label: 'c1', inFlight: 1, cores: 'one', goal: { ratio: 0.92 } },
    { label: 'c64', inFlight: 64, goal: { ratio: 0.9, cpu: 1.12 } },
  ],
  unit: 'operations',
  weight: 1,
  maxOperations: 40_000,
  seeded: () => SHARED_DOCUMENTS,
  prepare: async (contender, { operations }) => {
    const keys = sharedKeys();
    const picks = documentPicks(operations);
    return async (index) => {
      const pick = at(picks, index);
      const key = at(keys, pick);
      await contender.setName(key, await contender.get(key), newName(pick, index));
      return 0;
    };
  },
  expected: (operations) =>
    replay(operations, (user) => {
      user.name = newName(Number(user.id.slice(1)), 0);
      return 0;
    }),
};
