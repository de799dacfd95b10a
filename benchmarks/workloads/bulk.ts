import { readStored } from '../sample/read-all';
import { keyOf, sampleUser, storedUser } from '../sample/sample-user';
import { at } from './shared-documents';
import type { Workload } from './workload';

const BATCH = 1000;
const GOAL = { ratio: 0.9, cpu: 1.12 };

function numbered<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function batchesOf<T>(batches: number, make: (index: number) => T): T[][] {
  return numbered(batches, (batch) => numbered(BATCH, (index) => make(batch * BATCH + index)));
}

export const insert: Workload = {
  name: 'insert',
  title: 'insert 1,000',
  rows: [{ label: 'c1', inFlight: 1, goal: GOAL }],
  unit: 'documents',
  weight: BATCH,
  maxOperations: 20,
  seeded: () => 0,
  prepare: async (contender, { operations }) => {
    const batches = batchesOf(operations, sampleUser);
    return async (index) => {
      await contender.insertMany(at(batches, index));
      return 0;
    };
  },
  expected: (operations) => ({ documents: numbered(operations * BATCH, storedUser) }),
};

export const getMany: Workload = {
  name: 'get-many',
  title: 'get 1,000 and read 12 fields',
  rows: [{ label: 'c1', inFlight: 1, goal: GOAL }],
  unit: 'documents',
  weight: BATCH,
  maxOperations: 40,
  seeded: () => BATCH,
  prepare: async (contender) => {
    const keys = numbered(BATCH, keyOf);
    return async () => {
      let sum = 0;
      for (const user of await contender.getMany(keys)) sum += contender.read(user);
      return sum;
    };
  },
  expected: (operations) => {
    const documents = numbered(BATCH, storedUser);
    const one = documents.reduce((sum, user) => sum + readStored(user), 0);
    return { documents, sum: one * operations };
  },
};

export const deleteMany: Workload = {
  name: 'delete-many',
  title: 'delete 1,000',
  rows: [{ label: 'c1', inFlight: 1, goal: GOAL }],
  unit: 'documents',
  weight: BATCH,
  maxOperations: 20,
  seeded: (operations) => operations * BATCH,
  prepare: async (contender, { operations }) => {
    const batches = batchesOf(operations, keyOf);
    return async (index) => {
      await contender.deleteMany(at(batches, index));
      return 0;
    };
  },
  expected: (operations) => ({ documents: [], absentKeys: numbered(operations * BATCH, keyOf) }),
};
