import { setTimeout as sleep } from 'node:timers/promises';
import { connect, pipeline, RedatomError } from 'redatom';
import { BatchClient, BatchError, ClusterBatch } from 'redatom/batch';
import { Account, nameOn } from './support/account';
import { useCluster } from './support/use-cluster';

/** Names of accounts, one for each server. */
const NAMES = [0, 1, 2].map(nameOn);

describe('a cluster that has lost a primary without a replica', () => {
  const at = useCluster({ replicas: 0, nodeTimeoutMs: 1500 });

  const isDown = async (): Promise<boolean> => String(await at.cluster.ask(1, 'CLUSTER', 'INFO')).includes('cluster_state:fail');

  async function until(holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error('the cluster did not notice in time');
      await sleep(50);
    }
  }

  test('is answered with typed errors, nothing is applied, and all goes on when the primary is back', async () => {
    const database = await connect(at.client, { models: [Account] });
    const accounts = await Promise.all(NAMES.map((name) => Account.create({ name })));
    const [, alive] = accounts as [Account, Account, Account];
    await at.client.set(`{${alive.key}}n`, '0');

    await at.cluster.servers[0]?.kill('SIGKILL');
    await until(isDown);
    const refused = { code: 'REDIS_SERVICE', reply: 'CLUSTERDOWN' };
    const batches = new BatchClient(at.client);
    const increment = (isAtomic: boolean): ClusterBatch => new ClusterBatch(isAtomic).incr(`{${alive.key}}n`);
    const outcomes = await Promise.allSettled([
      alive.visits.increase(),
      Account.get(alive.key),
      pipeline([alive], () => alive.visits.add(1)),
      Account.withLockFromKey(alive.key, 'work', () => undefined),
      batches.exec(increment(true), true),
      batches.exec(increment(false), true),
      ...[true, false].map((isAtomic) => batches.exec(new ClusterBatch(isAtomic).incr(`{Account:${NAMES[0]}}n`), true, { timeoutMs: 500 })),
    ]);
    const errors = outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as unknown) : 'done'));
    expect(errors.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => expect.objectContaining(refused) as unknown));
    for (const error of errors.slice(4, 6)) expect(error).toMatchObject({ code: 'BATCH', reply: 'CLUSTERDOWN' });
    for (const error of errors) expect(error).toBeInstanceOf(RedatomError);
    expect(errors[4]).toBeInstanceOf(BatchError);
    // The local value is what it was, and no answer is in doubt.
    expect(alive.visits.value).toBe(0);

    const patient = batches.exec(increment(false), true, { retryStrategy: { retryServerError: true } });
    const waiting = alive.visits.increase();
    await at.cluster.servers[0]?.restart();

    await expect(patient).resolves.toEqual([1]);
    await expect(waiting).resolves.toBe(1);
    await until(async () => !(await isDown()));
    for (const account of [accounts[1], accounts[2]] as Account[]) await account.visits.increase();
    expect((await Account.get(alive.key)).visits.value).toBe(2);
    // That server kept nothing on its disk, and serves its slots all the same.
    await Account.getOrCreate({ name: NAMES[0] });
    await expect(Account.get(NAMES[0] as string)).resolves.toBeInstanceOf(Account);
    await database.close();
  });
});
