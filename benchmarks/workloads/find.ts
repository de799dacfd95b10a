import { readStored } from '../sample/read-all';
import { storedUser } from '../sample/sample-user';
import type { StoredUser } from '../sample/user-data';
import type { Workload } from './workload';

const DOCUMENTS = 10_000;
/** Scores are whole numbers below 1,000, so a range of 10 has about a hundred documents. */
const SCORES = 1_000;
const WIDTH = 10;
const FOUND = (DOCUMENTS / SCORES) * WIDTH;

const GOAL = { ratio: 0.9, cpu: 1.12 };

/** The score at which the range of an operation begins. */
function beginning(index: number): number {
  return (index * WIDTH * 7) % SCORES;
}

let users: StoredUser[] | undefined;

export const find: Workload = {
  name: 'find',
  title: 'find 100 of 10,000 and read 12 fields',
  rows: [
    { label: 'c1', inFlight: 1, goal: { ratio: GOAL.ratio } },
    { label: 'c8', inFlight: 8, goal: GOAL },
  ],
  unit: 'documents',
  weight: FOUND,
  maxOperations: 400,
  seeded: () => DOCUMENTS,
  prepare: async (contender) => {
    await contender.indexScores();
    return async (index) => {
      let sum = 0;
      const from = beginning(index);
      for (const user of await contender.findByScore(from, from + WIDTH)) sum += contender.read(user);
      return sum;
    };
  },
  expected: (operations) => {
    const documents = (users ??= Array.from({ length: DOCUMENTS }, (_, index) => storedUser(index)));
    const sums = new Array<number>(SCORES).fill(0);
    for (const user of documents) sums[user.score] = (sums[user.score] ?? 0) + readStored(user);
    let sum = 0;
    for (let index = 0; index < operations; index++) {
      for (let score = beginning(index); score < beginning(index) + WIDTH; score++) sum += sums[score] ?? 0;
    }
    return { documents, sum };
  },
};
