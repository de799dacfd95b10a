import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Database, type LockHandle } from 'redatom';
import { openClient } from '../../support/clients';
import { lockAcquire } from '../../../src/lua/catalog.generated';
import { TcpProxy } from '../../support/tcp-proxy';
import { Ledger, Outsider } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';
import { INIT } from '../support/verbs';

// A waiter asks again within a second anyway, so a machine that stalls for that long looks like a missed message.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

/** A waiter asks again this soon only if it has heard of the release. */
const SOON = { waitMs: 900 };

describeOnOwnServers('the release of a lock is not missed', (server) => {
  let proxy: TcpProxy;
  let databases: Database[];
  let handle: LockHandle<Outsider>;

  beforeEach(async () => {
    await server().send('FLUSHALL');
    proxy = await TcpProxy.start(server().url);
    databases = [await connect(proxy.url, { models: [Ledger] }), await connect(server().url, { models: [Outsider] })];
    await Ledger.create(INIT);
    handle = await Outsider.lockFromKey(INIT.name, 'work', { ttlMs: 60_000 });
    // From now on scripts are called by their digests.
    await expect(Ledger.withLockFromKey(INIT.name, 'work', () => 'in', { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
  });
  afterEach(async () => {
    await Promise.all(databases.map((database) => database.close()));
    await proxy.close();
  });

  const listeners = async (): Promise<unknown> =>
    (await server().send<unknown[]>('PUBSUB', 'NUMSUB', `{Ledger:${INIT.name}}/work:lock`))[1];

  test('by a waiter that is only beginning to listen', async () => {
    const listens = proxy.onRequest('subscribe', 'hold request');
    const waiting = Ledger.withLockFromKey(INIT.name, 'work', () => 'in', SOON);
    await listens;
    await handle.release();
    proxy.letRequestsGo();

    await expect(waiting).resolves.toBe('in');
  });

  test('by a waiter that is just being told that the lock is held', async () => {
    // The client listens, and goes on listening for a while.
    await expect(Ledger.withLockFromKey(INIT.name, 'work', () => 'in', { waitMs: 200 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    const refused = proxy.onRequest(lockAcquire.sha1, 'hold reply');
    const waiting = Ledger.withLockFromKey(INIT.name, 'work', () => 'in', SOON);
    await refused;
    await handle.release();
    await sleep(50);
    proxy.letAnswersGo();

    await expect(waiting).resolves.toBe('in');
  });

  test('by a waiter whose connection for messages is lost for good: it listens over another one', async () => {
    const client = await openClient(proxy.url, { socket: { reconnectStrategy: false } });
    databases.push(await connect(client, { models: [Ledger] }));
    const waiting = Ledger.withLockFromKey(INIT.name, 'work', () => 'in', { waitMs: 60_000 });
    while ((await listeners()) !== 1) await sleep(5);
    await server().send('CLIENT', 'KILL', 'TYPE', 'pubsub');
    while ((await listeners()) !== 0) await sleep(5);

    for (const until = performance.now() + 5_000; (await listeners()) !== 1 && performance.now() < until;) await sleep(20);

    expect(await listeners()).toBe(1);
    await handle.release();
    await expect(waiting).resolves.toBe('in');
    client.destroy();
  });

  test('and nobody listens for ever: no waiter that gave up, was let in, or failed', async () => {
    const wait = (waitMs: number, work: () => unknown): Promise<unknown> =>
      Ledger.withLockFromKey(INIT.name, 'work', work, { waitMs }).catch((error: unknown) => (error as Error).name);
    expect(await wait(200, () => 'in')).toBe('LockTimeoutError');
    const waiting = [wait(60_000, () => 'in'), wait(60_000, () => Promise.reject(new RangeError('no')))];
    while ((await listeners()) !== 1) await sleep(5);
    await handle.release();
    expect(await Promise.all(waiting)).toEqual(['in', 'RangeError']);

    // The subscription lingers for the next waiter.
    for (const until = performance.now() + 30_000; (await listeners()) !== 0 && performance.now() < until;) await sleep(100);
    expect(await listeners()).toBe(0);
  });
});
