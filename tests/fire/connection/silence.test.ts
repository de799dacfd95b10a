import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Database } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import { openClient, openPool } from '../../support/clients';
import { Ledger } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';
import { INIT, outcomeOf, SLACK_MS, VERBS } from '../support/verbs';

type AnyClient = Parameters<typeof connect>[0] & { destroy(): void };

describeOnOwnServers('a server that is silent', (server) => {
  const TIMEOUT_MS = 1000;
  let database: Database;
  let ledger: Ledger;

  beforeEach(async () => {
    await server().send('FLUSHALL');
    database = await connect({ url: server().url, timeoutMs: TIMEOUT_MS }, { models: [Ledger] });
    ledger = await Ledger.create(INIT);
    await ledger.pipeline(({ commits }) => commits.add(1));
  });
  afterEach(async () => {
    await server().server.kill('SIGCONT');
    await database.close();
  });

  test.each(VERBS)('$name ends at its own deadline, not done or unknown', async (verb) => {
    await server().server.kill('SIGSTOP');

    const { code, ms } = await outcomeOf(verb.run(ledger, { timeoutMs: 150 }));

    expect(code).toBe('OUTCOME_UNKNOWN');
    expect(ms).toBeLessThan(150 + SLACK_MS);
    expect(ledger.isStale).toBe(true);
    await server().server.kill('SIGCONT');
  });

  test.each(VERBS)('$name without a deadline ends with that of the connection', async (verb) => {
    await server().server.kill('SIGSTOP');

    const { code, ms } = await outcomeOf(verb.run(ledger));

    expect(code).toBe('OUTCOME_UNKNOWN');
    expect(ms).toBeLessThan(2 * TIMEOUT_MS + SLACK_MS);
    await server().server.kill('SIGCONT');
  });

  const waiting: [string, (it: Ledger) => Promise<unknown>][] = [
    ['save()', (it) => it.save({ timeoutMs: 150 })],
    ['save() of a field', (it) => it.log.save({ timeoutMs: 150 })],
    ['duplicate()', (it) => it.duplicate('two', { timeoutMs: 150 })],
    ['save() with a signal', (it) => it.save({ signal: AbortSignal.timeout(150) })],
  ];

  test.each(waiting)('%s, which waits for a verb under way, ends at its own deadline as not done', async (_, run) => {
    await server().server.kill('SIGSTOP');
    const stuck = outcomeOf(ledger.log.aappend('x'));

    const { code, ms } = await outcomeOf(run(ledger));

    expect(code).toBe('REDIS_CONNECTION');
    expect(ms).toBeLessThan(150 + SLACK_MS);
    await server().server.kill('SIGCONT');
    await stuck;
    expect((await server().json<typeof INIT>(ledger.key))?.log).toEqual([...INIT.log, 'x']);
  });

  const isTold = expect.stringMatching(/^(OUTCOME_UNKNOWN|REDIS_CONNECTION)$/) as string;
  const sent: [string, () => Promise<unknown>, string][] = [
    ['verbs', () => Ledger.build({ name: 'one' }).log.aappend('x'), isTold],
    ['atomic batches', () => new BatchClient(database).exec(new Batch(true).set('k', '1').incr('k'), true), 'BATCH_CONNECTION'],
    ['batches', () => new BatchClient(database).exec(new Batch(false).set('k', '1').incr('k'), true), 'BATCH_CONNECTION'],
    ['listings', () => Ledger.afindKeys(), 'REDIS_CONNECTION'],
  ];

  test.each(sent)('%s that go on being sent do not keep the others waiting', async (_, send, expected) => {
    await server().server.kill('SIGSTOP');
    const outcomes: Promise<{ code: string; ms: number }>[] = [];
    const begin = performance.now();
    while (performance.now() - begin < 3 * TIMEOUT_MS) {
      outcomes.push(outcomeOf(send()));
      await sleep(20);
    }

    for (const { code, ms } of await Promise.all(outcomes)) {
      expect(code).toEqual(expected);
      expect(ms).toBeLessThan(2 * TIMEOUT_MS + SLACK_MS);
    }
  });

  test('verbs behind a full connection end, and what is not done never runs', async () => {
    const big = 'x'.repeat(1_000_000);
    await server().server.kill('SIGSTOP');
    const outcomes = Array.from({ length: 16 }, (_, index) =>
      outcomeOf(Ledger.build({ name: 'one' }).marks.asetItem(`${index}${big}`, index)),
    );

    const ended = await Promise.all(outcomes);
    await server().server.kill('SIGCONT');

    for (const { ms } of ended) expect(ms).toBeLessThan(3 * TIMEOUT_MS);
    await Ledger.exists('one', { timeoutMs: 5000 });
    await sleep(100);
    const names = Object.keys((await server().json<typeof INIT>(ledger.key))?.marks ?? {});
    ended.forEach(({ code }, index) => {
      expect(['OUTCOME_UNKNOWN', 'REDIS_CONNECTION']).toContain(code);
      if (code === 'REDIS_CONNECTION') expect(names).not.toContain(`${index}${big}`);
    });
  });

  test('a connection that was idle meanwhile serves again afterwards', async () => {
    await server().server.kill('SIGSTOP');
    await sleep(3 * TIMEOUT_MS);
    await server().server.kill('SIGCONT');

    expect((await outcomeOf(Ledger.get('one', { timeoutMs: 3000 }))).code).toBe('done');
    expect((await outcomeOf(ledger.withLock('work', (held) => held.log.aappend('afterwards')))).code).toBe('done');
  });

  test('reads end as not done', async () => {
    await server().server.kill('SIGSTOP');
    const { code, ms } = await outcomeOf(Ledger.get('one'));
    expect(code).toBe('REDIS_CONNECTION');
    expect(ms).toBeLessThan(2 * TIMEOUT_MS + SLACK_MS);
  });

  test('a lock is not waited for beyond waitMs', async () => {
    await server().server.kill('SIGSTOP');
    const { code, ms } = await outcomeOf(ledger.withLock('work', () => undefined, { waitMs: 1000 }));
    expect(code).toBe('REDIS_CONNECTION');
    expect(ms).toBeLessThan(1000 + SLACK_MS);
  });

  test('a lock that is held by another is not waited for beyond waitMs when the server stops meanwhile', async () => {
    await server().send('SET', '{Ledger:one}/work:lock', 'another', 'PX', '60000');
    const outcome = outcomeOf(ledger.withLock('work', () => undefined, { waitMs: 500 }));
    await sleep(100);
    await server().server.kill('SIGSTOP');
    const { code, ms } = await outcome;
    expect(code).toBe('LOCK_TIMEOUT');
    expect(ms).toBeLessThan(500 + SLACK_MS);
  });

  test('connect gives up in time', async () => {
    await server().server.kill('SIGSTOP');
    const { code, ms } = await outcomeOf(connect({ url: server().url, timeoutMs: 300 }));
    expect(code).toBe('REDIS_CONNECTION');
    expect(ms).toBeLessThan(300 + SLACK_MS);
  });

  test('close gives up in time', async () => {
    await server().server.kill('SIGSTOP');
    const pending = outcomeOf(ledger.log.aappend('x'));
    await sleep(20);
    const { ms } = await outcomeOf(database.close());
    expect(ms).toBeLessThan(2 * TIMEOUT_MS + SLACK_MS);
    expect((await pending).code).toBe('OUTCOME_UNKNOWN');
  });
});

describeOnOwnServers('a server that is silent to a client of the user', (server) => {
  const clients: [string, (url: string) => Promise<AnyClient>][] = [
    ['a client', (url) => openClient(url)],
    ['a pool', (url) => openPool(url, { minimum: 1, maximum: 2 })],
  ];

  describe.each(clients)('%s', (_, open) => {
    let client: AnyClient;
    let ledger: Ledger;

    async function connectTo(options: { timeoutMs?: number }): Promise<void> {
      await server().send('FLUSHALL');
      client = await open(server().url);
      await connect(client, { models: [Ledger], ...options });
      ledger = await Ledger.create(INIT);
      await ledger.pipeline(({ commits }) => commits.add(1));
      await server().server.kill('SIGSTOP');
    }
    afterEach(async () => {
      await server().server.kill('SIGCONT');
      client.destroy();
    });

    test.each(VERBS)('$name ends at its own deadline', async (verb) => {
      await connectTo({});

      const { code, ms } = await outcomeOf(verb.run(ledger, { timeoutMs: 150 }));

      expect(code).toBe('OUTCOME_UNKNOWN');
      expect(ms).toBeLessThan(150 + SLACK_MS);
      expect(ledger.isStale).toBe(true);
    });

    test.each(VERBS)('$name ends at that of its connection', async (verb) => {
      await connectTo({ timeoutMs: 200 });

      const { code, ms } = await outcomeOf(verb.run(ledger));

      expect(code).toBe('OUTCOME_UNKNOWN');
      expect(ms).toBeLessThan(200 + SLACK_MS);
      expect(ledger.isStale).toBe(true);
    });

    test('listing ends at that of its connection', async () => {
      await connectTo({ timeoutMs: 200 });

      const { code, ms } = await outcomeOf(Ledger.afindKeys());

      expect(code).toBe('REDIS_CONNECTION');
      expect(ms).toBeLessThan(200 + SLACK_MS);
    });

    test('a deadline of the call overrides that of the connection, and reads have one too', async () => {
      await connectTo({ timeoutMs: 100 });
      const longer = outcomeOf(ledger.log.aappend('x', { timeoutMs: 600 }));

      const read = await outcomeOf(Ledger.get('one'));

      expect([read.code, read.ms < 100 + SLACK_MS]).toEqual(['REDIS_CONNECTION', true]);
      expect((await longer).ms).toBeGreaterThan(590);
    });
  });
});

describeOnOwnServers('a server that is silent to a client that watches its own connection', (server) => {
  test('verbs without a deadline end', async () => {
    await server().send('FLUSHALL');
    const socket = { socketTimeout: 300, reconnectStrategy: 100 };
    const client = await openClient(server().url, { pingInterval: 150, socket });
    await connect(client, { models: [Ledger] });
    const ledger = await Ledger.create(INIT);
    await server().server.kill('SIGSTOP');

    const { code, ms } = await outcomeOf(ledger.log.aappend('x'));

    expect(code).toBe('OUTCOME_UNKNOWN');
    expect(ms).toBeLessThan(600 + SLACK_MS);
    await server().server.kill('SIGCONT');
    client.destroy();
  });
});
