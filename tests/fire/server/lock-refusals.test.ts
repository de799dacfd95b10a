import { setTimeout as sleep } from 'node:timers/promises';
import { connect, Model, type Database } from 'redatom';
import { RedisTree } from 'redatom/tree';
import { Ledger } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';
import { INIT, outcomeOf } from '../support/verbs';

/** The same documents, through a connection of its own: to the lock, another process. */
@Model({ prefix: 'Ledger' })
class Outsider extends Ledger {}

interface Held {
  release(): Promise<unknown>;
}

describeOnOwnServers('a lock that is waited for while the server refuses for a moment', (server) => {
  let database: Database;
  let outside: Database;

  beforeEach(async () => {
    await server().send('FLUSHALL');
    database = await connect(server().url, { models: [Ledger] });
    outside = await connect(server().url, { models: [Outsider] });
    await Ledger.create(INIT);
  });
  afterEach(async () => {
    await bePrimary();
    await haveReplicas();
    await database.close();
    await outside.close();
  });

  /** Of a primary that does not exist, so the data stay as they are. */
  const beReplica = (): Promise<unknown> => server().send('REPLICAOF', '127.0.0.1', '1');
  const bePrimary = (): Promise<unknown> => server().send('REPLICAOF', 'NO', 'ONE');
  const lackReplicas = (): Promise<unknown> => server().send('CONFIG', 'SET', 'min-replicas-to-write', '1');
  const haveReplicas = (): Promise<unknown> => server().send('CONFIG', 'SET', 'min-replicas-to-write', '0');

  const locks: [string, () => Promise<Held>, (waitMs: number) => Promise<unknown>][] = [
    [
      'of a document',
      () => Outsider.lockFromKey(INIT.name, 'work', { ttlMs: 60_000 }),
      (waitMs) => Ledger.withLockFromKey(INIT.name, 'work', () => 'in', { waitMs }),
    ],
    [
      'of a tree',
      () => new RedisTree({ client: outside }).at('shop').acquire({ expireTimeout: 60 }),
      (waitMs) => new RedisTree({ client: database }).at('shop').withLock(() => 'in', { acquireTimeout: waitMs / 1000 }),
    ],
  ];
  const cases = locks.flatMap(([lock, hold, take]) => [
    { lock, hold, take, reply: 'READONLY', refuse: beReplica, permit: bePrimary },
    { lock, hold, take, reply: 'NOREPLICAS', refuse: lackReplicas, permit: haveReplicas },
  ]);

  async function hasRefused(reply: string): Promise<void> {
    const isAsked = new RegExp(`errorstat_${reply}:`);
    while (!isAsked.test(await server().send<string>('INFO', 'errorstats'))) await sleep(20);
  }

  async function isAskedAgain(): Promise<void> {
    const calls = async (): Promise<number> => {
      const stats = await server().send<string>('INFO', 'commandstats');
      return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
    };
    for (const before = await calls(); (await calls()) === before;) await sleep(20);
  }

  test.each(cases)('$lock is granted after $reply to all tasks that waited before', async ({ hold, take, reply, refuse, permit }) => {
    const held = await hold();
    const waiting = [1, 2, 3].map(() => outcomeOf(take(30_000)));
    await isAskedAgain();
    await server().send('CONFIG', 'RESETSTAT');

    await refuse();
    await hasRefused(reply);
    await permit();
    await held.release();

    expect((await Promise.all(waiting)).map(({ code, error }) => [code, error?.message])).toEqual(waiting.map(() => ['done', undefined]));
  });

  test('of a document is granted to a task that waited for another task of its process, which could not free it', async () => {
    const held = await Ledger.lockFromKey(INIT.name, 'work', { ttlMs: 60_000 });
    const waiting = outcomeOf(Ledger.withLockFromKey(INIT.name, 'work', () => 'in', { waitMs: 30_000 }));
    await server().send('CONFIG', 'RESETSTAT');

    await beReplica();
    await held.release();
    // Refused to the release, to the later call that frees the lock, and to the next task.
    await hasRefused('READONLY');
    await sleep(300);
    await bePrimary();

    const { code, error } = await waiting;
    expect([code, error?.message]).toEqual(['done', undefined]);
  });

  test.each(cases)('$lock is refused with $reply when the time to wait is over meanwhile', async ({ hold, take, reply, refuse }) => {
    await hold();
    const waiting = outcomeOf(take(2_500));
    await isAskedAgain();

    await refuse();

    expect((await waiting).error).toMatchObject({ code: 'REDIS_SERVICE', reply });
  });

  test.each(cases)('$lock is refused with $reply at once to a task that has not waited', async ({ take, reply, refuse }) => {
    await refuse();

    const { error, ms } = await outcomeOf(take(60_000));

    expect(error).toMatchObject({ code: 'REDIS_SERVICE', reply });
    expect(ms).toBeLessThan(30_000);
  });
});
