import { connect, Model, type Database } from 'redatom';
import { RedisTree } from 'redatom/tree';
import { createCluster } from 'redis';
import { lockRelease } from '../../src/lua/catalog.generated';
import type { TcpProxy } from '../support/tcp-proxy';
import { Account } from './support/account';
import { connectThroughProxies } from './support/proxied-cluster';
import { serverOf } from './support/server-of';
import { useCluster } from './support/use-cluster';

/** The same documents, through a connection of its own: to the lock, another process. */
@Model({ prefix: 'Account' })
class Outsider extends Account {}

const KEY = 'Account:one';
const OWNER = serverOf(KEY);
/** Longer than a test may take. */
const LONG = { ttlMs: 600_000 } as const;

describe('locks of a cluster while not every server is connected', () => {
  const at = useCluster({ replicas: 0 });
  let outside: Database;
  beforeAll(async () => {
    outside = await connect(at.client, { models: [Outsider] });
    await Outsider.create({ name: 'one' });
  });
  afterAll(() => outside.close());

  const isFree = async (): Promise<boolean> => (await at.cluster.ask(OWNER, 'EXISTS', `{${KEY}}/work:lock`)) === 0;

  test('are freed before the connection is closed', async () => {
    const client = createCluster({ rootNodes: [{ url: at.cluster.urls[OWNER] }], minimizeConnections: true });
    await client.connect();
    const database = await connect(client, { models: [Account] });
    const tree = new RedisTree({ client: database });
    await Account.lockFromKey(KEY, 'work', LONG);
    await tree.at('shop').acquire({ expireTimeout: 600 });

    await database.close();

    expect(await isFree()).toBe(true);
    const later = new RedisTree({ client: outside });
    await expect(later.at('shop').withLock(() => 'in', { acquireTimeout: 0 })).resolves.toBe('in');
    client.destroy();
  });

  test('are freed later while another server is away', async () => {
    const through = await connectThroughProxies(at.cluster.urls);
    const database = await connect(through.client, { models: [Account] });
    await Account.withLockFromKey(KEY, 'work', () => undefined);
    const handle = await Account.lockFromKey(KEY, 'work', LONG);
    await (through.proxies[(OWNER + 1) % 3] as TcpProxy).goAway();
    const happens = (through.proxies[OWNER] as TcpProxy).onRequest(lockRelease.sha1, 'cut before');

    await handle.release();

    await happens;
    await expect(Outsider.withLockFromKey(KEY, 'work', () => 'in', { waitMs: 20_000 })).resolves.toBe('in');
    await database.close();
    await through.close();
  });
});
