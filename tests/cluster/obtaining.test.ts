import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect, type Database } from 'redatom';
import { BatchClient, ClusterBatch } from 'redatom/batch';
import { createCluster } from 'redis';
import { User } from '../support/user';
import { serverOf } from './support/server-of';
import { useCluster } from './support/use-cluster';

const HANG_MS = 10_000;
const KEY = '{User:moving}k';
const LIMITS = { timeoutMs: 100 };
const NOT_SENT = { code: 'BATCH_CONNECTION', maybeApplied: false };

const at = useCluster({ replicas: 0 });

/** Accepts connections and never answers. */
async function mute(): Promise<{ listener: Server; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const listener = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return { listener, sockets };
}

describe('while the connection to a server of the cluster is being made', () => {
  let silent: Awaited<ReturnType<typeof mute>>;
  let client: ReturnType<typeof createCluster>;
  let database: Database;

  beforeAll(async () => {
    silent = await mute();
    const owner = serverOf('User:moving');
    client = createCluster({
      rootNodes: [{ url: at.cluster.urls[(owner + 1) % 3] }],
      minimizeConnections: true,
      nodeAddressMap: {
        [new URL(at.cluster.urls[owner] as string).host]: { host: '127.0.0.1', port: (silent.listener.address() as AddressInfo).port },
      },
    });
    client.on('error', () => undefined);
    await client.connect();
    database = await connect(client, { models: [User] });
  });
  afterAll(async () => {
    await database.close();
    client.destroy();
    for (const socket of silent.sockets) socket.destroy();
    silent.listener.close();
  });

  test.each([true, false])(
    'a batch ends in time, and ran nothing; atomic %s',
    async (isAtomic) => {
      const run = new BatchClient(client).exec(new ClusterBatch(isAtomic).incr(KEY), true, LIMITS);
      await expect(run).rejects.toMatchObject(NOT_SENT);
    },
    HANG_MS,
  );

  test(
    'so does one that asks every primary',
    async () => {
      const run = new BatchClient(client).exec(new ClusterBatch(false).dbSize(), true, LIMITS);
      await expect(run).rejects.toMatchObject(NOT_SENT);
    },
    HANG_MS,
  );

  test(
    'so does a verb, and its instance is as it was',
    async () => {
      const user = User.build({ username: 'moving' });
      await expect(user.save(LIMITS)).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
      expect(user.isStale).toBe(false);
    },
    HANG_MS,
  );

  test('listing ends in time', () => expect(User.afindKeys(LIMITS)).rejects.toMatchObject({ code: 'REDIS_CONNECTION' }), HANG_MS);
});
