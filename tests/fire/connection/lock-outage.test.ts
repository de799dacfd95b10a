import { setTimeout as sleep } from 'node:timers/promises';
import { connect, RedisConnectionError } from 'redatom';
import { RedisTree } from 'redatom/tree';
import { lockAcquire, treeLockAcquire } from '../../../src/lua/catalog.generated';
import type { Script } from '../../../src/lua/script';
import type { Fault, TcpProxy } from '../../support/tcp-proxy';
import { Ledger } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';
import { connectThroughProxy, type ThroughProxy } from '../support/through-proxy';
import { INIT, outcomeOf, SLACK_MS } from '../support/verbs';

const TIMEOUT_MS = 300;
const WAIT_MS = 900;
const LOCK_KEY = `{Ledger:${INIT.name}}/work:lock`;

describeOnOwnServers('a lock that is wanted while the server cannot be reached', (server) => {
  let through: ThroughProxy;
  let proxy: TcpProxy;
  let tree: RedisTree;
  let ledger: Ledger;

  beforeEach(async () => {
    ({ proxy, ledger } = through = await connectThroughProxy(server(), TIMEOUT_MS));
    tree = new RedisTree({ client: through.database });
    await ledger.withLock('work', () => undefined);
    await tree.at('shop').withLock(() => undefined);
  });
  afterEach(() => through[Symbol.asyncDispose]());

  type Take = (waitMs: number) => Promise<unknown>;
  const verbs: [string, Take][] = [
    ['withLock', (waitMs) => ledger.withLock('work', () => 'in', { waitMs })],
    ['lock', (waitMs) => ledger.lock('work', { waitMs })],
    ['withLockFromKey', (waitMs) => Ledger.withLockFromKey(INIT.name, 'work', () => 'in', { waitMs })],
    ['lockFromKey', (waitMs) => Ledger.lockFromKey(INIT.name, 'work', { waitMs })],
    ['acquire', (waitMs) => tree.at('shop').acquire({ acquireTimeout: waitMs / 1000 })],
    ['withLock of a tree', (waitMs) => tree.at('shop').withLock(() => 'in', { acquireTimeout: waitMs / 1000 })],
  ];

  function scriptOf(name: string): Script {
    return ['acquire', 'withLock of a tree'].includes(name) ? treeLockAcquire : lockAcquire;
  }

  async function goOffline(): Promise<void> {
    await proxy.goAway();
    await sleep(30);
  }

  test.each(verbs)('%s reports the outage, not that the lock is taken', async (name, take) => {
    await goOffline();

    const { code, ms, error } = await outcomeOf(take(WAIT_MS));

    expect(code).toBe('REDIS_CONNECTION');
    expect(ms).toBeLessThan(WAIT_MS + SLACK_MS);
    expect(error).toMatchObject({ command: name.replace(' of a tree', ''), cause: expect.any(RedisConnectionError) as unknown });
    expect(error?.message).toMatch(/^lock "(work|shop)" of ".*" could not be asked for: .* no connection within \d+ ms(: .+)?$/);
  });

  test.each(verbs)('%s that tries once waits no longer than its connection does', async (_, take) => {
    await goOffline();

    const { code, ms } = await outcomeOf(take(0));

    expect(code).toBe('REDIS_CONNECTION');
    expect(ms).toBeLessThan(TIMEOUT_MS + SLACK_MS);
  });

  test.each(verbs)('%s waits through an outage that is shorter than its time', async (_, take) => {
    await goOffline();
    const taking = outcomeOf(take(10_000));
    await sleep(3 * TIMEOUT_MS);

    await proxy.comeBack();

    const { code, error } = await taking;
    expect([code, error?.message]).toEqual(['done', undefined]);
  });

  test('all tasks of a process report the outage', async () => {
    await goOffline();

    const outcomes = await Promise.all(
      [0, 30, 30, 30, -300, -300].map((more) => outcomeOf(Ledger.lockFromKey(INIT.name, 'work', { waitMs: WAIT_MS + more }))),
    );

    expect(outcomes.map(({ code }) => code)).toEqual(outcomes.map(() => 'REDIS_CONNECTION'));
    for (const { error, ms } of outcomes) {
      expect(error).toMatchObject({ key: ledger.key, model: 'Ledger', cause: expect.any(RedisConnectionError) as unknown });
      expect(ms).toBeLessThan(WAIT_MS + TIMEOUT_MS + SLACK_MS);
    }
  });

  test('so does a task that waited for another holder before', async () => {
    await server().send('SET', LOCK_KEY, 'another', 'PX', '60000');
    const waiting = outcomeOf(ledger.withLock('work', () => undefined, { waitMs: 2_500 }));
    await sleep(100);
    await goOffline();

    expect((await waiting).code).toBe('REDIS_CONNECTION');
  });

  test('but a task whose connection is cut while it waits for another holder goes on waiting', async () => {
    await server().send('SET', LOCK_KEY, 'another', 'PX', '60000');
    const waiting = outcomeOf(ledger.withLock('work', () => undefined, { waitMs: 20_000 }));
    while ((await server().send('EXISTS', `${LOCK_KEY}:waiting`)) === 0) continue;
    await proxy.onRequest(lockAcquire.sha1, 'cut after');
    await proxy.onRequest(lockAcquire.sha1, 'cut before');

    await server().send('DEL', LOCK_KEY);

    expect((await waiting).code).toBe('done');
  });

  describe.each<Fault>(['cut before', 'cut during', 'cut after'])('whose connection is %s the request', (fault) => {
    test.each(verbs)('%s gets the lock all the same', async (name, take) => {
      const happens = proxy.onRequest(scriptOf(name).sha1, fault);

      const { code, error } = await outcomeOf(take(20_000));

      await happens;
      expect([code, error?.message]).toEqual(['done', undefined]);
    });
  });

  test('but a task that learns after the outage that another one holds the lock times out as usual', async () => {
    await server().send('SET', LOCK_KEY, 'another', 'PX', '60000');
    await goOffline();
    const waiting = outcomeOf(ledger.withLock('work', () => undefined, { waitMs: 3_000 }));
    await sleep(3 * TIMEOUT_MS);
    await proxy.comeBack();

    const { code, error } = await waiting;

    expect([code, error?.cause]).toEqual(['LOCK_TIMEOUT', undefined]);
  });

  test('nor is it an outage when a task in front gives up by its signal', async () => {
    await server().send('SET', LOCK_KEY, 'another', 'PX', '60000');
    const abort = new AbortController();
    const first = outcomeOf(Ledger.lockFromKey(INIT.name, 'work', { signal: abort.signal }));
    const second = outcomeOf(Ledger.lockFromKey(INIT.name, 'work', { waitMs: WAIT_MS }));
    while ((await server().send('EXISTS', `${LOCK_KEY}:waiting`)) === 0) continue;
    proxy.holdAnswers();
    abort.abort();
    await first;

    const { code } = await outcomeOf(Ledger.lockFromKey(INIT.name, 'work', { waitMs: 10 }));
    proxy.letAnswersGo();

    expect([code, (await second).code]).toEqual(['LOCK_TIMEOUT', 'LOCK_TIMEOUT']);
  });

  test.each(verbs)('%s reports that no answer came from a silent server', async (_, take) => {
    proxy.holdAnswers();

    const { code, ms, error } = await outcomeOf(take(0));

    expect(code).toBe('REDIS_CONNECTION');
    expect(ms).toBeLessThan(1_000 + SLACK_MS);
    expect(error?.message).toMatch(/^lock "(work|shop)" of ".*" was asked for, but no answer came; if it was granted, it is freed again$/);
    expect(error?.cause).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });
});

describeOnOwnServers('a lock that is held when its connection is closed', (server) => {
  const faults: [string, (proxy: TcpProxy) => unknown][] = [
    ['is gone', (proxy) => proxy.goAway()],
    ['is silent', (proxy) => proxy.holdAnswers()],
  ];

  test.each(faults)('is lost, and holds up nobody when the server %s', async (_, happen) => {
    await using through = await connectThroughProxy(server(), TIMEOUT_MS);
    const { proxy, database } = through;
    const handle = await Ledger.lockFromKey(INIT.name, 'work');
    await happen(proxy);
    await sleep(30);

    const { code, ms } = await outcomeOf(database.close());

    expect(code).toBe('done');
    expect(ms).toBeLessThan(2 * TIMEOUT_MS + SLACK_MS);
    expect(handle.signal.aborted).toBe(true);
    expect((await outcomeOf(handle.release())).code).toBe('LOCK_LOST');
  });
});

describeOnOwnServers('a lock that is wanted of a server that was killed', (server) => {
  test('is not called taken by another', async () => {
    await using _database = await connect({ url: server().url, timeoutMs: TIMEOUT_MS }, { models: [Ledger] });
    await Ledger.create(INIT);
    await server().server.kill('SIGKILL');
    await sleep(30);

    const { code, error } = await outcomeOf(Ledger.withLockFromKey(INIT.name, 'work', () => undefined, { waitMs: WAIT_MS }));
    await server().server.restart();

    expect(code).toBe('REDIS_CONNECTION');
    expect(error?.message).toContain('could not be asked for');
  });
});
