import { keyOf, keyOfId, storedUser } from '../sample/sample-user';
import type { StoredUser } from '../sample/user-data';
import { withoutTake } from '../workloads/new-values';
import type { Expected } from '../workloads/workload';
import type { BenchServer } from './bench-server';

const CHUNK = 250;

/** How a state differs from the model. */
export interface Difference {
  readonly reason: string;
  /** How many increments and appended items are missing. */
  readonly lost: number;
}

const texts: string[] = [];

/** Puts the first `count` sample documents, and nothing else, into the database. */
export async function seed(server: BenchServer, count: number): Promise<void> {
  await server.flush();
  for (let start = 0; start < count; start += CHUNK) {
    const args = ['JSON.MSET'];
    for (let index = start; index < Math.min(start + CHUNK, count); index++) {
      args.push(keyOf(index), '$', (texts[index] ??= JSON.stringify(storedUser(index))));
    }
    await server.send(args);
  }
}

/** Checks that each key exists that should, and none that should not. */
export async function compareKeys(server: BenchServer, expected: Expected): Promise<Difference | undefined> {
  const present = await countExisting(
    server,
    expected.documents.map(({ id }) => keyOfId(id)),
  );
  const left = await countExisting(server, expected.absentKeys ?? []);
  if (present === expected.documents.length && left === 0) return undefined;
  return { reason: `${present} of ${expected.documents.length} documents, ${left} that should be gone`, lost: 0 };
}

/** Compares every document, member by member. The order of a list counts only when operations had an order. */
export async function compareDocuments(server: BenchServer, expected: Expected, inOrder: boolean): Promise<Difference | undefined> {
  const { documents } = expected;
  let lost = 0;
  let reason: string | undefined;
  for (let start = 0; start < documents.length; start += CHUNK) {
    const chunk = documents.slice(start, start + CHUNK);
    const found = await server.send<(string | null)[]>(['JSON.MGET', ...chunk.map(({ id }) => keyOfId(id)), '.']);
    chunk.forEach((wanted, index) => {
      const stored = JSON.parse(found[index] ?? 'null') as StoredUser | null;
      const [want, have] = [canonical(wanted, inOrder), canonical(stored, inOrder)];
      if (want === have) return;
      reason ??= `${wanted.id} should be\n${want}\nand is\n${have}`;
      lost += countable(wanted) - (stored === null ? 0 : countable(stored));
    });
  }
  return reason === undefined ? compareKeys(server, expected) : { reason, lost };
}

/** Grows by one with every increment, append or locked change. */
function countable({ age, score, tags }: StoredUser): number {
  return age + score + tags.length;
}

async function countExisting(server: BenchServer, keys: readonly string[]): Promise<number> {
  let count = 0;
  for (let start = 0; start < keys.length; start += 1000) {
    count += await server.send<number>(['EXISTS', ...keys.slice(start, start + 1000)]);
  }
  return count;
}

/** Gives the same text for documents that mean the same. */
function canonical(user: StoredUser | null, inOrder: boolean): string {
  if (user === null) return 'nothing';
  const { tags, name } = user;
  return sortedJson({ ...user, name: withoutTake(name), tags: inOrder ? tags : [...tags].sort() });
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
