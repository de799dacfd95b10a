import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Database } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import type { TcpProxy } from '../../support/tcp-proxy';
import { Ledger, Outsider } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';
import { connectThroughProxy, type ThroughProxy } from '../support/through-proxy';
import { INIT, outcomeOf } from '../support/verbs';

describeOnOwnServers('a connection that is started anew because nobody answers', (server) => {
  let through: ThroughProxy;
  let proxy: TcpProxy;
  let database: Database;
  let ledger: Ledger;

  async function connectWith(timeoutMs: number): Promise<void> {
    ({ proxy, database, ledger } = through = await connectThroughProxy(server(), timeoutMs));
  }
  afterEach(() => through[Symbol.asyncDispose]());

  /** A call made as the connection is lost waits for the next one, until that is started anew while the client pauses between two attempts. */
  async function startAnewBetweenAttempts(): Promise<void> {
    await sleep(5);
    const gone = proxy.goAway();
    expect(await outcomeOf(ledger.log.aappend('lost'))).toMatchObject({ code: 'REDIS_CONNECTION' });
    await gone;
  }

  test('between two attempts is made once, and not a second time by the earlier attempt', async () => {
    await connectWith(1_000);
    await startAnewBetweenAttempts();
    proxy.holdAnswers();
    await proxy.comeBack();

    let most = 0;
    for (const until = performance.now() + 2_500; performance.now() < until; await sleep(5)) most = Math.max(most, proxy.connectionCount);

    expect(most).toBe(1);
  });

  test('between two attempts never takes the answer of one connection for that of another', async () => {
    await connectWith(2_000);
    await startAnewBetweenAttempts();
    const greeted = proxy.onRequest('HELLO', 'hold reply');
    await proxy.comeBack();
    await greeted;
    await sleep(1_700);

    const total = ledger.total.increase(1, { timeoutMs: 5_000 });
    await sleep(50);
    proxy.letAnswersGo();

    expect(await total).toBe(INIT.total + 1);
  });

  test('between two attempts does not report what is written later as not sent', async () => {
    await connectWith(500);
    await startAnewBetweenAttempts();
    await proxy.comeBack();
    await ledger.load({ timeoutMs: 10_000 });
    void proxy.onRequest('NUMINCRBY', 'cut after');

    expect(await outcomeOf(ledger.total.increase())).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  /** What was written gets no answer. */
  async function startAnewInSilence(): Promise<void> {
    proxy.holdAnswers();
    expect(await outcomeOf(ledger.total.increase())).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    proxy.letAnswersGo();
    await ledger.load({ timeoutMs: 10_000 });
  }

  test('again and again leaves nothing of the earlier ones behind', async () => {
    await connectWith(300);
    const resources = (): number => process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length;
    await startAnewInSilence();
    const before = resources();

    for (let round = 1; round <= 4; round += 1) await startAnewInSilence();

    expect(proxy.connectionCount).toBe(1);
    expect(resources()).toBeLessThanOrEqual(before + 1);
    expect(ledger.total.value).toBe(INIT.total + 5);
  });

  test('serves all that one connection serves', async () => {
    await connectWith(300);
    await startAnewInSilence();
    const elsewhere = await connect(server().url, { models: [Outsider] });
    const handle = await Outsider.lockFromKey(INIT.name, 'work', { ttlMs: 60_000 });
    const waiting = ledger.withLock('work', (held) => held.log.aappend('woken'), { waitMs: 900 });
    await sleep(100);
    await handle.release();

    await waiting;
    expect(await Ledger.afindKeys()).toEqual([ledger.key]);
    expect(await new BatchClient(database).exec(new Batch(true).set('k', '1').incr('k'), true)).toEqual(['OK', 2]);
    await elsewhere.close();
  });

  test('sends a script by its source, as another server may stand behind it', async () => {
    await connectWith(300);
    await ledger.pipeline(({ commits }) => commits.add(1));
    await startAnewInSilence();
    await server().send('SCRIPT', 'FLUSH');
    await server().send('CONFIG', 'RESETSTAT');

    await ledger.pipeline(({ commits }) => commits.add(1));

    expect(await server().send('INFO', 'errorstats')).not.toContain('NOSCRIPT');
  });

  test('takes over a batch that is sent again', async () => {
    await connectWith(300);
    proxy.holdAnswers();
    const retryStrategy = { retryConnectionError: true };
    const replies = new BatchClient(database).exec(new Batch(false).set('k', '1'), true, { retryStrategy, timeoutMs: 10_000 });

    expect(await outcomeOf(ledger.total.increase())).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    proxy.letAnswersGo();

    expect(await replies).toEqual(['OK']);
  });

  test('is not started anew while it is being closed', async () => {
    await connectWith(300);
    proxy.holdAnswers();
    const unanswered = outcomeOf(ledger.total.increase());
    await sleep(150);

    await database.close();
    await sleep(100);

    expect(proxy.connectionCount).toBe(0);
    expect(await unanswered).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  test('is not started anew because of calls that have ended, in whatever way', async () => {
    await connectWith(300);
    const refused = Ledger.build({ name: 'text' });
    await server().send('SET', refused.key, 'of another type');
    await ledger.pipeline(({ commits }) => commits.add(1));
    await server().send('SCRIPT', 'FLUSH');
    for (const limits of [{}, { timeoutMs: 5_000 }]) {
      await ledger.total.increase(1, limits);
      await ledger.pipeline(({ commits }) => commits.add(1), limits);
      expect(await outcomeOf(refused.inbox.aappend('x', limits))).toMatchObject({ code: 'PATH_MISMATCH' });
      expect(await outcomeOf(refused.pipeline(({ inbox }) => void inbox.append('x'), limits))).toMatchObject({ code: 'PATH_MISMATCH' });
    }
    const batches = new BatchClient(database);
    const id = (): Promise<unknown> => batches.exec(new Batch(false).customCommand(['CLIENT', 'ID']), true);
    const before = await id();
    for (const isAtomic of [true, false]) {
      await batches.exec(new Batch(isAtomic).set('k', 'text').incr('k'), false);
      await outcomeOf(batches.exec(new Batch(isAtomic).customCommand(['NONE']), true, { timeoutMs: 50 }));
      await outcomeOf(batches.exec(new Batch(isAtomic).get('k'), true, { signal: AbortSignal.abort() }));
    }

    await sleep(1_500);

    expect(await id()).toEqual(before);
  });
});
