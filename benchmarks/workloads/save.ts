import { sampleUser, storedUser } from '../sample/sample-user';
import { at } from './shared-documents';
import type { Workload } from './workload';

export const save: Workload = {
  name: 'save',
  title: 'build and save a document',
  rows: [
    { label: 'c1', inFlight: 1, cores: 'one', goal: { ratio: 0.9 } },
    { label: 'c64', inFlight: 64, goal: { ratio: 0.9, cpu: 1.15 } },
  ],
  unit: 'operations',
  weight: 1,
  maxOperations: 20_000,
  seeded: () => 0,
  prepare: async (contender, { first, end }) => {
    const users = Array.from({ length: end - first }, (_, index) => sampleUser(first + index));
    return async (index) => {
      await contender.save(at(users, index - first));
      return 0;
    };
  },
  expected: (operations) => ({ documents: Array.from({ length: operations }, (_, index) => storedUser(index)) }),
};
