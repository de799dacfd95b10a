import { setTimeout as sleep } from 'node:timers/promises';
import { createCluster } from 'redis';
import { connect } from 'redatom';
import type { TcpProxy } from '../support/tcp-proxy';
import { Account, nameOn } from './support/account';
import { connectThroughProxies } from './support/proxied-cluster';
import { useCluster } from './support/use-cluster';

describe('documents on a cluster', () => {
  const at = useCluster();

  test('deleteMany fails only when all its requests have ended', async () => {
    const through = await connectThroughProxies(at.cluster.urls);
    const database = await connect(through.client, { models: [Account] });
    const names = [nameOn(0), nameOn(1)];
    for (const name of names) await Account.create({ name });
    const [slow] = through.proxies as [TcpProxy];
    await at.cluster.ask(1, 'ACL', 'SETUSER', 'default', '-unlink');
    slow.holdAnswers();
    let hasEnded = false;
    const deleting = Account.deleteMany(names).finally(() => (hasEnded = true));
    deleting.catch(() => undefined);
    while (slow.heldCount === 0) await sleep(5);
    // This answer comes after the refusal on the same connection.
    await through.client.get(`Account:${names[1]}`).catch(() => undefined);

    expect(hasEnded).toBe(false);
    slow.letAnswersGo();

    await expect(deleting).rejects.toMatchObject({ code: 'REDIS_SERVICE', reply: 'NOPERM' });
    expect(await at.cluster.ask(0, 'EXISTS', `Account:${names[0]}`)).toBe(0);
    await at.cluster.ask(1, 'ACL', 'SETUSER', 'default', '+unlink');
    await expect(Account.deleteMany(names)).resolves.toBe(1);
    await database.close();
    await through.close();
  });

  test('are read from primaries, also by a client that may ask replicas', async () => {
    const client = createCluster({ rootNodes: at.cluster.urls.map((url) => ({ url })), useReplicas: true });
    client.on('error', () => undefined);
    await client.connect();
    const database = await connect(client, { models: [Account] });
    const account = await Account.create({ name: 'read' });
    const replicas = [3, 4, 5];
    for (const replica of replicas) await at.cluster.ask(replica, 'CONFIG', 'RESETSTAT');

    for (let round = 0; round < 10; round += 1) {
      await Account.get('read');
      await account.load();
      await Account.exists('read');
      await Account.getMany(['read', 'none']);
      await account.ttl();
      await account.withLock('work', (same) => same.load());
    }

    for (const replica of replicas) {
      const stats = String(await at.cluster.ask(replica, 'INFO', 'commandstats'));
      expect(stats).not.toMatch(/cmdstat_(json\.m?get|exists|pttl)/);
    }
    await database.close();
    client.destroy();
  });
});
