import { connect, type Database } from 'redatom';
import { BatchClient, ClusterBatch } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { slotOf } from '../../src/path/slot';
import { errorWith } from '../support/error-with';
import { Account } from './support/account';
import { clusterClient, type ClusterClient } from './support/cluster-client';
import { serverOf } from './support/server-of';
import { useCluster } from './support/use-cluster';

const SLOT = slotOf('Account:gone');
const OWNER = serverOf('Account:gone');
const DOWN = { code: 'REDIS_SERVICE', reply: 'CLUSTERDOWN' };

describe('a slot that no server covers', () => {
  const at = useCluster({ replicas: 0, args: ['--cluster-require-full-coverage', 'no'] });
  let client: ClusterClient;
  let database: Database;

  beforeEach(async () => {
    for (const server of [0, 1, 2]) await at.cluster.ask(server, 'CLUSTER', 'DELSLOTS', String(SLOT)).catch(() => undefined);
    client = await clusterClient(at.cluster.urls).connect();
    database = await connect(client, { models: [Account] });
  });
  afterEach(async () => {
    await database.close();
    client.destroy();
  });

  const cover = (): Promise<unknown> => at.cluster.ask(OWNER, 'CLUSTER', 'ADDSLOTS', String(SLOT));

  test('makes calls fail as certainly not done', async () => {
    const account = Account.build({ name: 'gone' });
    const outcomes = await Promise.allSettled([
      account.save(),
      Account.get('gone'),
      Account.deleteByKey('gone'),
      new PipelineOperations(client).transact((pipe) => pipe.incr('{Account:gone}n')),
      new BatchClient(client).exec(new ClusterBatch(false).incr('{Account:gone}n').incr('elsewhere'), true),
    ]);
    const errors = outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as unknown) : 'done'));

    expect(errors.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => expect.objectContaining(DOWN) as unknown));
    expect(errors[4]).toMatchObject({ code: 'BATCH', reply: 'CLUSTERDOWN' });
    expect(account.isStale).toBe(false);
  });

  test('is named as the cause by a call that is given up meanwhile', async () => {
    const account = Account.build({ name: 'gone' });
    const calls = [account.save({ timeoutMs: 300 }), Account.get('gone', { timeoutMs: 300 })];

    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({
        reason: errorWith({
          code: 'REDIS_CONNECTION',
          message: expect.stringMatching(
            /^(save|get) on "Account:gone" was given up before it was sent again: no server took it within 300 ms, the latest answer was: .*CLUSTERDOWN/,
          ) as string,
        }),
      });
    expect(account.isStale).toBe(false);
  });

  test('is found when a server covers it again', async () => {
    const creating = Account.create({ name: 'gone' });
    await expect(new BatchClient(client).exec(new ClusterBatch(false).incr('{Account:gone}n'), false)).resolves.toEqual([
      expect.objectContaining(DOWN),
    ]);

    await cover();

    await expect(creating).resolves.toBeInstanceOf(Account);
    await expect(Account.get('gone')).resolves.toBeInstanceOf(Account);
    await Account.deleteByKey('gone');
  });

  test.each([true, false])('is found by a batch when a server covers it again; atomic %s', async (isAtomic) => {
    await cover();

    await expect(new BatchClient(client).exec(new ClusterBatch(isAtomic).set('{Account:gone}n', '1'), true)).resolves.toEqual(['OK']);
    await client.del('{Account:gone}n');
  });
});
