import { readStored } from '../sample/read-all';
import { documentPicks, at, replay, sharedKeys } from './shared-documents';
import { SHARED_DOCUMENTS, type Workload } from './workload';

export const get: Workload = {
  name: 'get',
  title: 'get and read 12 fields',
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
    return async (index) => contender.read(await contender.get(at(keys, at(picks, index))));
  },
  expected: (operations) => replay(operations, readStored),
};
