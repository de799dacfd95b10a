import { keyOf, storedUser } from '../sample/sample-user';
import { newName } from './new-values';
import type { Workload } from './workload';

export const lock: Workload = {
  name: 'lock',
  title: 'lock, load, change 2 fields, save, unlock',
  rows: [
    { label: 'alone', inFlight: 1, cores: 'one', goal: { ratio: 0.85 } },
    { label: '16 tasks, one key', inFlight: 16, cores: 'one', goal: { ratio: 0.8, cpu: 1.3, p99Ms: 10 } },
    // On one core only the work counts. With a core for the server, as is usual, the round trips count.
    { label: 'alone, two cores', inFlight: 1, cores: 'one each' },
    { label: '16 tasks, one key, two cores', inFlight: 16, cores: 'one each' },
    { label: '4 processes of 4 tasks, one key', inFlight: 4, processes: 4, goal: { ratio: 0.8, cpu: 1.3 } },
  ],
  unit: 'operations',
  weight: 1,
  maxOperations: 20_000,
  seeded: () => 1,
  prepare: async (contender) => {
    const key = keyOf(0);
    return async (index) => {
      await contender.withLock(key, newName(0, index));
      return 0;
    };
  },
  expected: (operations) => {
    const user = storedUser(0);
    return { documents: [{ ...user, age: user.age + operations, name: newName(0, 0) }] };
  },
};
