import { newItem } from './new-values';
import { at, documentPicks, holdSharedDocuments, replay } from './shared-documents';
import { SHARED_DOCUMENTS, type Workload } from './workload';

export const append: Workload = {
  name: 'append',
  title: 'list append',
  rows: [
    { label: 'c1', inFlight: 1, cores: 'one', goal: { ratio: 0.95 } },
    { label: 'c64', inFlight: 64, goal: { ratio: 0.85, cpu: 1.35 } },
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
      return contender.append(at(keys, pick), at(users, pick), newItem(index));
    };
  },
  expected: (operations) => replay(operations, (user, index) => user.tags.push(newItem(index))),
};
