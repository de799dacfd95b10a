import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Database } from 'redatom';
import { RedisTree } from 'redatom/tree';
import { lockAcquire, lockRelease } from '../../../src/lua/catalog.generated';
import { errorCount } from '../../support/error-count';
import type { Fault, TcpProxy } from '../../support/tcp-proxy';
import { Ledger, Outsider } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';
import { connectThroughProxy, type ThroughProxy } from '../support/through-proxy';
import { CONNECTION_TIMEOUT_MS, INIT } from '../support/verbs';

/** Longer than a test may take. */
const LONG = { ttlMs: 600_000 } as const;

const enter = (): Promise<string> => Outsider.withLockFromKey(INIT.name, 'work', () => 'in', { waitMs: 20_000 });

const FAULTS: Fault[] = ['cut before', 'cut during', 'cut after', 'swallow reply'];

describeOnOwnServers('a connection that fails while a lock is freed', (server) => {
  let through: ThroughProxy;
  let proxy: TcpProxy;
  let outside: Database;

  beforeEach(async () => {
    ({ proxy } = through = await connectThroughProxy(server()));
    outside = await connect(server().url, { models: [Outsider] });
    // From now on scripts are called by their digests, which identify the requests.
    await Ledger.withLockFromKey(INIT.name, 'work', () => undefined);
  });
  afterEach(async () => {
    await outside.close();
    await through[Symbol.asyncDispose]();
  });

  test.each(FAULTS)('%s: another process has it long before the lease ends', async (fault) => {
    const happens = proxy.onRequest(lockRelease.sha1, fault);

    await expect(Ledger.withLockFromKey(INIT.name, 'work', () => 'done', LONG)).resolves.toBe('done');

    await happens;
    await expect(enter()).resolves.toBe('in');
  });

  test.each(FAULTS)('%s, by a handle', async (fault) => {
    const handle = await Ledger.lockFromKey(INIT.name, 'work', LONG);
    const happens = proxy.onRequest(lockRelease.sha1, fault);

    await expect(handle.release()).resolves.toBeUndefined();

    await happens;
    await expect(enter()).resolves.toBe('in');
  });

  test('nor does it matter that the server is away for longer than a call may take', async () => {
    const handle = await Ledger.lockFromKey(INIT.name, 'work', LONG);
    await proxy.goAway();
    await expect(handle.release()).resolves.toBeUndefined();
    const entered = enter();
    await sleep(3 * CONNECTION_TIMEOUT_MS);

    await proxy.comeBack();

    await expect(entered).resolves.toBe('in');
  });

  test('nor that nobody heard of the grant', async () => {
    const happens = proxy.onRequest(lockAcquire.sha1, 'cut after');
    proxy.refuseConnections();
    const locked = Ledger.withLockFromKey(INIT.name, 'work', () => undefined, { ...LONG, waitMs: 500 });
    await expect(locked).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    await happens;
    const entered = enter();
    await sleep(3 * CONNECTION_TIMEOUT_MS);

    proxy.refuseConnections(false);

    await expect(entered).resolves.toBe('in');
  });

  test('closing the connection is not held up', async () => {
    const handle = await Ledger.lockFromKey(INIT.name, 'work', LONG);
    await proxy.goAway();
    await handle.release();

    await expect(through.database.close()).resolves.toBeUndefined();
    expect(await server().send('EXISTS', `{Ledger:${INIT.name}}/work:lock`)).toBe(1);
  });
});

describeOnOwnServers('a server that refuses to free a lock', (server) => {
  let through: ThroughProxy;
  let outside: Database;

  beforeEach(async () => {
    await server().send('CONFIG', 'RESETSTAT');
    through = await connectThroughProxy(server());
    outside = await connect(server().url, { models: [Outsider] });
    await Ledger.withLockFromKey(INIT.name, 'work', () => undefined);
  });
  afterEach(async () => {
    await bePrimary();
    await haveReplicas();
    await outside.close();
    await through[Symbol.asyncDispose]();
  });

  /** Of a primary that does not exist, so the data stay as they are. */
  const beReplica = (): Promise<unknown> => server().send('REPLICAOF', '127.0.0.1', '1');
  const bePrimary = (): Promise<unknown> => server().send('REPLICAOF', 'NO', 'ONE');
  const lackReplicas = (): Promise<unknown> => server().send('CONFIG', 'SET', 'min-replicas-to-write', '1');
  const haveReplicas = (): Promise<unknown> => server().send('CONFIG', 'SET', 'min-replicas-to-write', '0');
  const refusalsOf = async (reply: string): Promise<number> => errorCount(await server().send('INFO', 'errorstats'), reply);
  const hasRefused = async (reply = 'READONLY'): Promise<void> => {
    while ((await refusalsOf(reply)) === 0) await sleep(5);
  };
  test.each([
    ['READONLY', beReplica, bePrimary],
    ['NOREPLICAS', lackReplicas, haveReplicas],
  ])('is asked once more after %s: another process has it long before the lease ends', async (reply, refuse, permit) => {
    const handle = await Ledger.lockFromKey(INIT.name, 'work', LONG);
    await refuse();
    await expect(handle.release()).resolves.toBeUndefined();
    await hasRefused(reply);
    await sleep(500);

    await permit();

    await expect(enter()).resolves.toBe('in');
  });

  test('is not asked again and again for what it does not permit', async () => {
    const limited = await connect(await server().urlFor('limited', '&*', '+@all'), { models: [Ledger] });
    const handle = await Ledger.lockFromKey(INIT.name, 'work', LONG);
    await server().send('ACL', 'SETUSER', 'limited', '-@scripting');

    await expect(handle.release()).resolves.toBeUndefined();

    await sleep(1_500);
    // One for the release, one for the call that only frees the lock.
    expect(await refusalsOf('NOPERM')).toBe(2);
    await limited.close();
    await server().send('ACL', 'DELUSER', 'limited');
  });

  test('is asked once more to free a lock whose grant was not heard of', async () => {
    const { proxy } = through;
    const happens = proxy.onRequest(lockAcquire.sha1, 'hold reply');
    const locked = expect(Ledger.withLockFromKey(INIT.name, 'work', () => undefined, { ...LONG, waitMs: 0 })).rejects.toMatchObject({
      code: 'REDIS_CONNECTION',
    });
    await happens;
    await beReplica();
    proxy.cutAll();
    await locked;
    await hasRefused();

    await bePrimary();

    await expect(enter()).resolves.toBe('in');
  });

  test('is asked once more to free a lock of a tree', async () => {
    const [tree, other] = [new RedisTree({ client: through.database }), new RedisTree({ client: outside })];
    const handle = await tree.at('shop').acquire({ expireTimeout: 600 });
    await beReplica();
    await expect(handle.release()).resolves.toBeUndefined();
    await hasRefused();

    await bePrimary();

    await expect(other.at('shop').withLock(() => 'in', { acquireTimeout: 20 })).resolves.toBe('in');
  });
});
