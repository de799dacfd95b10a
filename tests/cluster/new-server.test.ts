import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, createCluster } from 'redis';
import { connect } from 'redatom';
import { BatchClient, ClusterBatch } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { slotOf } from '../../src/path/slot';
import { errorCount } from '../support/error-count';
import { startServer, type Server } from '../support/servers';
import { TcpProxy } from '../support/tcp-proxy';
import { Account } from './support/account';
import { serverOf } from './support/server-of';
import { useCluster } from './support/use-cluster';

const TAG = '{Account:moving}';
const SLOT = slotOf(TAG);
const OWNER = serverOf(TAG);

describe('the first slot that moves to a new server', () => {
  const at = useCluster({ replicas: 0 });
  let fresh: Server;
  let proxy: TcpProxy;
  let client: ReturnType<typeof mappedClient>;
  let id: string;

  /** Reaches the new server through the proxy only. */
  function mappedClient() {
    const { hostname, port } = new URL(proxy.url);
    const nodeAddressMap = { [new URL(fresh.url).host]: { host: hostname, port: Number(port) } };
    const cluster = createCluster({ rootNodes: at.cluster.urls.map((url) => ({ url })), nodeAddressMap });
    cluster.on('error', () => undefined);
    return cluster;
  }

  let direct: Awaited<ReturnType<typeof connectDirectly>>;
  const connectDirectly = () => createClient({ url: fresh.url }).connect();
  const ask = (...args: string[]): Promise<unknown> => direct.sendCommand(args);
  const asksSoFar = async (): Promise<number> => errorCount(await at.cluster.ask(OWNER, 'INFO', 'errorstats'), 'ASK');

  beforeAll(async () => {
    fresh = await startServer({ flavour: 'redis-stack', args: ['--cluster-enabled', 'yes'] });
    direct = await connectDirectly();
    await ask('CLUSTER', 'MEET', '127.0.0.1', new URL(at.cluster.urls[0] as string).port);
    id = String(await ask('CLUSTER', 'MYID'));
    while (!String(await at.cluster.ask(OWNER, 'CLUSTER', 'NODES')).includes(id)) await sleep(50);
    while (!String(await ask('CLUSTER', 'INFO')).includes('cluster_state:ok')) await sleep(50);
    proxy = await TcpProxy.start(fresh.url);
    client = mappedClient();
    await client.connect();
  });
  afterAll(async () => {
    client.destroy();
    direct.destroy();
    await proxy.close();
    await fresh.stop();
  });

  test('is followed by batches and transactions at once, by verbs when the move has ended', async () => {
    const database = await connect(client, { models: [Account] });
    const account = await Account.create({ name: 'moving' });
    await ask('CLUSTER', 'SETSLOT', String(SLOT), 'IMPORTING', String(await at.cluster.ask(OWNER, 'CLUSTER', 'MYID')));
    await at.cluster.ask(OWNER, 'CLUSTER', 'SETSLOT', String(SLOT), 'MIGRATING', id);
    await at.cluster.ask(OWNER, 'MIGRATE', '127.0.0.1', new URL(fresh.url).port, account.key, '0', '5000');

    const batches = new BatchClient(client);
    const operations = new PipelineOperations(client);
    await expect(batches.exec(new ClusterBatch(false).incr(`${TAG}n`).incr('elsewhere').incr(`${TAG}n`), true)).resolves.toEqual([1, 1, 2]);
    await expect(batches.exec(new ClusterBatch(true).incr(`${TAG}n`), true)).resolves.toEqual([3]);
    await expect(operations.transact((pipe) => pipe.incr(`${TAG}n`), { watch: [`${TAG}n`] })).resolves.toEqual([4]);
    while (proxy.connectionCount > 0) await sleep(5);

    await proxy.goAway();
    const unreachable = batches.exec(new ClusterBatch(false).incr(`${TAG}n`), true);
    await expect(unreachable).rejects.toMatchObject({ code: 'BATCH_CONNECTION', maybeApplied: false });
    await proxy.comeBack();

    await expect(account.visits.increase()).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    expect(account.isStale).toBe(false);

    const before = await asksSoFar();
    const waiting = account.visits.increase();
    while ((await asksSoFar()) === before) await sleep(5);
    await ask('CLUSTER', 'SETSLOT', String(SLOT), 'NODE', id);
    await at.cluster.ask(OWNER, 'CLUSTER', 'SETSLOT', String(SLOT), 'NODE', id);
    await expect(waiting).resolves.toBe(1);
    await expect(batches.exec(new ClusterBatch(false).incr(`${TAG}n`), true)).resolves.toEqual([5]);
    await database.close();
  });
});
