import { newName } from './new-values';
import { at, documentPicks, holdSharedDocuments, replay } from './shared-documents';
import { SHARED_DOCUMENTS, type Workload } from './workload';

export const update: Workload = {
  name: 'update',
  title: 'one field persisted',
  rows: [
    { label: 'c1', inFlight: 1, cores: 'one', goal: { ratio: 0.95 } },
    { label: 'c64', inFlight: 64, goal: { ratio: 0.88, cpu: 1.25 } },
  ],
  unit: 'operations',
  weight: 1,
  maxOperations: 100_000,
  seeded: () => SHARED_DOCUMENTS,
  prepare: async (contender, { operations }) => {
    const { keys, users } = await holdSharedDocuments(contender);
    const picks = documentPicks(operations);
    return async (index) => {
      const pick = at(picks, index);
      await contender.setName(at(keys, pick), at(users, pick), newName(pick, index));
      return 0;
    };
  },
  expected: (operations) =>
    replay(operations, (user) => {
      user.name = newName(Number(user.id.slice(1)), 0);
      return 0;
    }),
};
