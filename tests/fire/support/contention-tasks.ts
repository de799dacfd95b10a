import { connect, type Json } from 'redatom';
import { createClient } from 'redis';
import { Ledger, VersionedLedger } from './models';

export interface MixedParams {
  readonly url: string;
  readonly pk: string;
  readonly worker: number;
  readonly rounds: number;
}

/** What one process did; the test adds up the work of all. */
export interface MixedWork {
  readonly added: number;
  readonly commits: number;
  readonly logged: string[];
  readonly posted: string[];
  readonly taken: string[];
  readonly marks: Record<string, number>;
  readonly traced: number;
  /** Increments of one counter that all processes share. */
  readonly hits: number;
}

type Done = { -readonly [K in keyof MixedWork]: MixedWork[K] };
type Verb = (ledger: Ledger, id: string, done: Done) => Promise<unknown>;

const VERBS: readonly Verb[] = [
  async ({ log }, id, done) => {
    await log.aappend(id);
    done.logged.push(id);
  },
  async ({ total }, _id, done) => {
    await total.increase(3);
    done.added += 3;
  },
  async ({ marks }, id, done) => {
    await marks.asetItem(id, 1);
    done.marks[id] = 1;
  },
  async (ledger, id, done) => {
    await ledger.pipeline(({ total, commits, log, marks, trace }) => {
      total.add(10);
      commits.add(1);
      log.append(id);
      marks.set(id, 2);
      trace.append('.');
    });
    done.added += 10;
    done.commits += 1;
    done.logged.push(id);
    done.marks[id] = 2;
    done.traced += 1;
  },
  async ({ inbox }, id, done) => {
    await inbox.aextend([`${id}a`, `${id}b`]);
    done.posted.push(`${id}a`, `${id}b`);
  },
  async ({ inbox }, _id, done) => {
    const item = await inbox.apop(0);
    if (item !== null) done.taken.push(item);
  },
  async ({ trace }, _id, done) => {
    await trace.aappend('.');
    done.traced += 1;
  },
  async ({ total }, _id, done) => {
    await total.decrease(1);
    done.added -= 1;
  },
  async ({ marks }, _id, done) => {
    await marks.aincrease('hits');
    done.hits += 1;
  },
  async ({ pk }, id, done) => {
    await Ledger.at(pk).log.aappend(id);
    done.logged.push(id);
  },
  async ({ pk }, id, done) => {
    await Ledger.at(pk).pipeline(async ({ total, commits, log, marks }) => {
      await total.increase(7);
      await commits.increase();
      await log.aappend(id);
      await marks.aincrease('hits', 2);
    });
    done.added += 7;
    done.commits += 1;
    done.logged.push(id);
    done.hits += 2;
  },
  async ({ marks }, _id, done) => {
    const own = Object.keys(done.marks)[0];
    if (own === undefined) return;
    await marks.adelItem(own);
    delete done.marks[own];
  },
];

/** Runs mixed verbs on one document, through an instance that is read once and so grows old. */
export async function mixedVerbs({ url, pk, worker, rounds }: MixedParams): Promise<MixedWork> {
  await using _database = await connect(url, { models: [Ledger] });
  const ledger = await Ledger.get(pk);
  const done: Done = { added: 0, commits: 0, logged: [], posted: [], taken: [], marks: {}, traced: 0, hits: 0 };
  for (let round = 0; round < rounds; round += 1) {
    await (VERBS[(round + worker) % VERBS.length] as Verb)(ledger, `${worker}-${round}`, done);
  }
  return done;
}

/** Changes the same document by GET and SET, as a program without redatom may do it. */
export async function naiveReadModifyWrite({ url, pk, rounds }: MixedParams): Promise<number> {
  const client = await createClient({ url }).connect();
  const key = Ledger.keyOf(pk);
  for (let round = 0; round < rounds; round += 1) {
    const [ledger] = JSON.parse(await client.sendCommand<string>(['JSON.GET', key, '$'])) as { plain: number }[];
    if (ledger === undefined) throw new Error('the document is gone');
    ledger.plain += 1;
    await client.sendCommand(['JSON.SET', key, '$', JSON.stringify(ledger satisfies Json)]);
  }
  await client.close();
  return rounds;
}

/** Reads, modifies and writes a model with a version: a commit is refused when another one came between. */
export async function transactRounds({ url, pk, rounds }: MixedParams): Promise<number> {
  await using _database = await connect(url, { models: [VersionedLedger] });
  for (let round = 0; round < rounds; round += 1) {
    await VersionedLedger.transact(
      pk,
      (ledger) => {
        ledger.plain += 1;
      },
      { retries: 1000 },
    );
  }
  return rounds;
}
