import { connect } from 'redatom';
import { createClient } from 'redis';
import { Ledger } from './models';
import type { Conversation } from './worker-protocol';

export interface LockParams {
  readonly url: string;
  readonly pk: string;
  readonly worker: number;
  /** Tasks of this process that want the lock. */
  readonly tasks: number;
  /** How often each of them takes it. */
  readonly rounds: number;
}

/** Works in rounds under one lock, and counts how often another task was seen inside meanwhile. */
export async function lockRounds({ url, pk, worker, tasks, rounds }: LockParams): Promise<{ intruders: number; fences: number[] }> {
  const witness = await createClient({ url }).connect();
  await using _database = await connect(url, { models: [Ledger] });
  let intruders = 0;
  const fences: number[] = [];
  const run = async (task: number): Promise<void> => {
    const ledger = await Ledger.get(pk);
    const mark = `${worker}.${task}`;
    for (let round = 0; round < rounds; round += 1) {
      await ledger.withLock(
        'rounds',
        async (held, { fence }) => {
          if ((await witness.sendCommand<string | null>(['SET', `${pk}:witness`, mark, 'NX'])) !== 'OK') intruders += 1;
          held.plain = held.plain + 1;
          fences.push(fence);
          if ((await witness.sendCommand<string | null>(['GET', `${pk}:witness`])) !== mark) intruders += 1;
          await witness.sendCommand(['DEL', `${pk}:witness`]);
        },
        { saveAtEnd: true, waitMs: 60_000 },
      );
    }
  };
  await Promise.all(Array.from({ length: tasks }, (_, task) => run(task)));
  await witness.close();
  return { intruders, fences };
}

export interface HolderParams {
  readonly url: string;
  readonly pk: string;
  readonly ttlMs: number;
  /** How the holder writes once it may go on. */
  readonly write: keyof typeof WRITES;
}

const WRITES = {
  saveAtEnd: () => undefined,
  'a verb at once': (ledger: Ledger) => ledger.total.increase(1000),
  'a pipeline': (ledger: Ledger) =>
    ledger.pipeline(({ log }) => {
      log.append('late');
    }),
  'save()': (ledger: Ledger) => ledger.save(),
  'aupdate()': (ledger: Ledger) => ledger.aupdate({ plain: 666 }),
} satisfies Record<string, (ledger: Ledger) => unknown>;

/** Takes a lock, reports that it holds it, and writes once it may go on. */
export async function holdLock({ url, pk, ttlMs, write }: HolderParams, conversation: Conversation): Promise<void> {
  await using _database = await connect(url, { models: [Ledger] });
  await Ledger.withLockFromKey(
    pk,
    'job',
    async (ledger, lock) => {
      lock.signal.addEventListener('abort', () => conversation.report('lost', (lock.signal.reason as { code: string }).code));
      if (write === 'saveAtEnd') ledger.plain = 666;
      conversation.report('held', lock.fence);
      await conversation.cue('go on');
      await WRITES[write](ledger);
    },
    { ttlMs, saveAtEnd: write === 'saveAtEnd' },
  );
}

/** Waits for the lock; resolves to how long that took, and to its fence. */
export async function enterLock({ url, pk }: HolderParams, conversation: Conversation): Promise<{ waitedMs: number; fence: number }> {
  await using _database = await connect(url, { models: [Ledger] });
  conversation.report('waiting');
  const begin = performance.now();
  return await Ledger.withLockFromKey(
    pk,
    'job',
    async (ledger, { fence }) => {
      const waitedMs = performance.now() - begin;
      ledger.log.append('mine');
      return { waitedMs, fence };
    },
    { waitMs: 20_000, saveAtEnd: true },
  );
}
