import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'redatom';
import { openClient, openPool, type OpenPool } from '../../support/clients';
import { commit, lockRelease } from '../../../src/lua/catalog.generated';
import { TcpProxy, type Fault } from '../../support/tcp-proxy';
import { Ledger, Outsider } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';
import { connectThroughProxy } from '../support/through-proxy';
import { CONNECTION_TIMEOUT_MS, INIT } from '../support/verbs';

// A lease of less than a second can end unnoticed on a machine that stalls for that long.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const LOCK_KEY = `{Ledger:${INIT.name}}/work:lock`;
const LONG = { saveAtEnd: true, ttlMs: 60_000 } as const;

describeOnOwnServers('a connection that fails while a lock is handed over', (server) => {
  test.each<[Fault, number]>([
    ['cut before', 10],
    ['cut during', 10],
    ['cut after', 11],
    ['swallow reply', 11],
  ])('%s: the next task has the lock long before a lease ends, and sees the truth', async (fault, total) => {
    await using through = await connectThroughProxy(server());
    const { proxy, ledger: before } = through;
    await before.pipeline(({ commits }) => commits.add(1));
    const happens = proxy.onRequest(commit.sha1, fault);
    const first = Ledger.withLockFromKey(INIT.name, 'work', (ledger) => void ledger.total.add(1), LONG);
    const successor = Ledger.withLockFromKey(INIT.name, 'work', (ledger) => void ledger.total.add(10), { ...LONG, waitMs: 10_000 });

    await expect(first).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await happens;
    await successor;

    expect((await Ledger.get(INIT.name)).total.value - INIT.total).toBe(total);
    expect(await server().send('EXISTS', LOCK_KEY)).toBe(0);
  });
});

describeOnOwnServers('a lock that was handed over to a task that has not heard of it', (server) => {
  test('has the full lease when that task asks, as one that is granted then', async () => {
    await using through = await connectThroughProxy(server());
    const { proxy, ledger } = through;
    // Warm up: the first calls take longer than the time for which a lock is handed over.
    for (const name of ['a', 'b']) await ledger.withLock('work', ({ log }) => void log.append(name), LONG);
    void proxy.onRequest(commit.sha1, 'swallow reply');
    const first = ledger.withLock('work', ({ total }) => void total.add(1), LONG);
    const refused = expect(first).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    const ask = (): Promise<number> => server().send<number>('PTTL', LOCK_KEY);
    const successor = Ledger.withLockFromKey(INIT.name, 'work', ask, { ttlMs: 60_000, waitMs: 10_000 });
    while ((await server().json<{ total: number }>(ledger.key))?.total === INIT.total) await sleep(5);

    await server().send('PEXPIRE', LOCK_KEY, '30000');

    await refused;
    expect(await successor).toBeGreaterThan(30_000);
  });
});

/** Keeps commands of a pool back for a moment. */
function slowDown(pool: OpenPool, isSlow: (args: readonly string[]) => boolean): void {
  const execute = pool.execute.bind(pool);
  pool.execute = (work) =>
    execute((client) => {
      const send: typeof client.sendCommand = async (args, options) => {
        if (isSlow(args as string[])) await sleep(20);
        return client.sendCommand(args, options);
      };
      return work(Object.assign(Object.create(client) as typeof client, { sendCommand: send, withCommandOptions: undefined }));
    });
}

describeOnOwnServers('a lock whose messages or memory fail', (server) => {
  beforeEach(async () => {
    await server().send('FLUSHALL');
    await using _database = await connect(server().url, { models: [Ledger] });
    await Ledger.create(INIT);
  });

  test('over a pool, requests that overtake one another never let two holders in', async () => {
    const pool = await openPool(server().url);
    await using _database = await connect(pool, { models: [Ledger] });
    await using _outside = await connect(server().url, { models: [Outsider] });
    await Ledger.withLockFromKey(INIT.name, 'work', (ledger) => void ledger.total.add(1), { saveAtEnd: true });
    let releases = 0;
    // One connection of the pool is slower than the other.
    slowDown(pool, ([, script]) => (script === lockRelease.sha1 || script === lockRelease.source) && (releases += 1) === 2);
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(100);
      inside -= 1;
    };
    const first = Ledger.withLockFromKey(
      INIT.name,
      'work',
      async (ledger) => {
        ledger.total.add(1);
        await server().send('DEL', LOCK_KEY);
      },
      { saveAtEnd: true },
    );
    const successor = Ledger.withLockFromKey(INIT.name, 'work', work);
    await expect(first).rejects.toMatchObject({ code: 'LOCK_LOST' });
    await sleep(50);

    await Promise.all([successor, Outsider.withLockFromKey(INIT.name, 'work', work)]);

    expect(most).toBe(1);
    expect(releases).toBeGreaterThan(1);
    await pool.close();
  });

  test('a connection for messages that its client does not reopen is replaced', async () => {
    const client = await openClient(server().url, { socket: { reconnectStrategy: false } });
    await using _database = await connect(client, { models: [Ledger] });
    await server().send('SET', LOCK_KEY, 'another');
    const listensAgain = async (): Promise<boolean> => {
      for (let round = 0; round < 20; round += 1) {
        await expect(Ledger.withLockFromKey(INIT.name, 'work', () => undefined, { waitMs: 50 })).rejects.toMatchObject({
          code: 'LOCK_TIMEOUT',
        });
        if ((await server().send<unknown[]>('PUBSUB', 'NUMSUB', LOCK_KEY))[1] === 1) return true;
      }
      return false;
    };
    expect(await listensAgain()).toBe(true);

    await server().send('CLIENT', 'KILL', 'TYPE', 'pubsub');

    expect(await listensAgain()).toBe(true);
    await client.close();
  });

  test('a server out of memory frees it all the same', async () => {
    await using _database = await connect(server().url, { models: [Ledger] });
    const first = Ledger.withLockFromKey(
      INIT.name,
      'work',
      async () => void (await server().send('CONFIG', 'SET', 'maxmemory', '1')),
      LONG,
    );
    const successor = Ledger.withLockFromKey(INIT.name, 'work', () => 'in', { waitMs: 2000 });

    await first;
    await expect(successor).rejects.toMatchObject({ code: 'REDIS_SERVICE' });

    await server().send('CONFIG', 'SET', 'maxmemory', '0');
    expect(await server().send('EXISTS', LOCK_KEY)).toBe(0);
  });

  test('a missed message costs a second, not the whole lease', async () => {
    await using proxy = await TcpProxy.start(server().url);
    await using _database = await connect({ url: proxy.url, timeoutMs: CONNECTION_TIMEOUT_MS }, { models: [Ledger] });
    await using _outside = await connect(server().url, { models: [Outsider] });
    const handle = await Outsider.lockFromKey(INIT.name, 'work', { ttlMs: 60_000 });
    const waiter = Ledger.withLockFromKey(INIT.name, 'work', () => 'in', { waitMs: 10_000 });
    await sleep(200);
    proxy.refuseConnections();
    proxy.cutAll();
    await sleep(50);
    await handle.release();
    proxy.refuseConnections(false);

    await expect(waiter).resolves.toBe('in');
  });

  test('a commit that was applied does not fail because the user must not publish', async () => {
    const url = await server().urlFor('limited', '+@all');
    const database = await connect(url, { models: [Ledger] });
    const outside = await connect(url, { models: [Outsider] });
    const first = Ledger.withLockFromKey(
      INIT.name,
      'work',
      async (ledger) => {
        await sleep(50);
        ledger.total.add(1);
      },
      { saveAtEnd: true },
    );
    await sleep(20);

    await expect(Outsider.withLockFromKey(INIT.name, 'work', () => 'in')).resolves.toBe('in');
    await first;

    expect((await Ledger.get(INIT.name)).total.value).toBe(INIT.total + 1);
    await database.close();
    await outside.close();
    await sleep(50);
    expect(String(await server().send('CLIENT', 'LIST'))).not.toContain('user=limited');
  });

  test('a connection for messages that gets no answer holds up neither waiting tasks nor close()', async () => {
    const sockets: Socket[] = [];
    const target = new URL(server().url);
    const listener = createServer((client) => {
      sockets.push(client.on('error', () => undefined));
      if (sockets.length > 1) return;
      const upstream = createConnection(Number(target.port), target.hostname).on('error', () => undefined);
      client.pipe(upstream).pipe(client);
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const url = `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const database = await connect({ url, timeoutMs: CONNECTION_TIMEOUT_MS }, { models: [Ledger] });
    await server().send('SET', LOCK_KEY, 'another', 'PX', '950');

    await expect(Ledger.withLockFromKey(INIT.name, 'work', () => 'in', { waitMs: 300 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    expect(await server().send('EXISTS', LOCK_KEY)).toBe(1);
    // Longer than this test may take.
    await expect(Ledger.withLockFromKey(INIT.name, 'work', () => 'in', { waitMs: 3_600_000 })).resolves.toBe('in');
    await database.close();

    for (const socket of sockets) socket.destroy();
    listener.close();
  });
});
