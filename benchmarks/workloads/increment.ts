import { at, documentPicks, holdSharedDocuments, replay } from './shared-documents';
import { SHARED_DOCUMENTS, type Workload } from './workload';

export const increment: Workload = {
  name: 'increment',
  title: 'counter',
  rows: [
    { label: 'c1', inFlight: 1, cores: 'one', goal: { ratio: 0.95 } },
    { label: 'c64', inFlight: 64, goal: { ratio: 0.92, cpu: 1.1 } },
  ],
  unit: 'operations',
  weight: 1,
  maxOperations: 100_000,
  seeded: () => SHARED_DOCUMENTS,
  prepare: async (contender, { operations }) => {
    const { keys, users } = await holdSharedDocuments(contender);
    const picks = documentPicks(operations);
    return (index) => {
      const pick = at(picks, index);
      return contender.increment(at(keys, pick), at(users, pick), 1);
    };
  },
  expected: (operations) => replay(operations, (user) => (user.score += 1)),
};
