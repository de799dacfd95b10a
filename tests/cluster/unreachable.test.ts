import { createCluster } from 'redis';
import { AtomicRedisModel, connect, Field, Key, Model, RedisInt } from 'redatom';
import { BatchClient, ClusterBatch } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { slotOf } from '../../src/path/slot';
import { TcpProxy } from '../support/tcp-proxy';
import { useCluster } from './support/use-cluster';

@Model()
class Visit extends AtomicRedisModel {
  @Key() @Field(String) page!: string;
  @Field(RedisInt) count!: RedisInt;
}

/** Nobody listens there. */
const NOWHERE = { host: '127.0.0.1', port: 1 };

describe('a primary to which no connection can be made', () => {
  const at = useCluster({ replicas: 0 });
  const opened: { destroy(): void }[] = [];
  afterEach(() => opened.splice(0).forEach((client) => client.destroy()));

  /** A client that opens connections when it needs them, and looks for the last server at `last`. */
  async function clientTo(last: { readonly host: string; readonly port: number }) {
    const [address] = at.cluster.urls.slice(-1).map((url) => new URL(url).host) as [string];
    const client = createCluster({
      rootNodes: [{ url: at.cluster.urls[0] }],
      minimizeConnections: true,
      defaults: { socket: { reconnectStrategy: false } },
      nodeAddressMap: { [address]: last },
    });
    opened.push(await client.on('error', () => undefined).connect());
    const slot = client.slots.findIndex(({ master }) => master.address === address);
    const isThere = (key: string): boolean => client.slots[slotOf(key)]?.master.address === address;
    return {
      client,
      slot,
      pageThere: (start: string) =>
        Array.from({ length: 100 }, (_, n) => `${start}${n}`).find((page) => isThere(`Visit:${page}`)) as string,
    };
  }

  test('makes batches report that nothing was sent, whichever way they go there', async () => {
    const { client, slot, pageThere } = await clientTo(NOWHERE);
    const batches = new BatchClient(client);
    const key = `Visit:${pageThere('b')}`;
    const set = (isAtomic: boolean): ClusterBatch => new ClusterBatch(isAtomic).set(key, '1');
    const attempts = [
      () => batches.exec(set(false), true),
      () => batches.exec(set(true), true),
      () => batches.exec(set(false), true, { route: { type: 'primarySlotId', slot } }),
      () => batches.exec(set(true), true, { route: { type: 'primarySlotId', slot } }),
      () => batches.exec(set(false).scriptFlush(), true),
      () => new PipelineOperations(client).evalScript("return redis.call('SET', KEYS[1], '1')", [key]),
    ];

    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ code: 'BATCH_CONNECTION', maybeApplied: false });
    }
  });

  test('leaves no doubt about the writes of a model', async () => {
    const { client, pageThere } = await clientTo(NOWHERE);
    const visit = await connectedTo(at.client, () => Visit.create({ page: pageThere('m') }));
    await connect(client, { models: [Visit] });
    const cutOff = Visit.build({ page: visit.page });

    await expect(cutOff.count.increase()).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    await expect(cutOff.save()).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    expect(cutOff.isStale).toBe(false);
  });

  test('a write that may have been done stays in doubt when there is no connection to send it again', async () => {
    const proxy = await TcpProxy.start(at.cluster.urls[2] as string);
    const { client, pageThere } = await clientTo({ host: '127.0.0.1', port: Number(new URL(proxy.url).port) });
    const key = `Visit:${pageThere('r')}`;
    await client.set(key, '0');
    const cut = proxy.onRequest('INCR', 'cut after').then(() => proxy.goAway());

    const retryStrategy = { retryConnectionError: true };
    const [result] = (await new BatchClient(client).exec(new ClusterBatch(false).incr(key), false, { retryStrategy })) ?? [];

    await cut;
    expect(result).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await proxy.close();
  });

  test('a cluster that is still being connected to is not taken for one without keys', async () => {
    const client = createCluster({ rootNodes: [{ url: at.cluster.urls[0] }] });
    const connecting = client.on('error', () => undefined).connect();
    opened.push(client);
    await connect(client, { models: [Visit] });

    await expect(Visit.afindKeys()).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    await expect(new BatchClient(client).exec(new ClusterBatch(false).dbSize(), true)).rejects.toMatchObject({ code: 'BATCH_CONNECTION' });

    await connecting;
    await expect(Visit.afindKeys()).resolves.toEqual(expect.any(Array));
  });

  async function connectedTo<R>(client: typeof at.client, work: () => Promise<R>): Promise<R> {
    await connect(client, { models: [Visit] });
    return work();
  }
});
