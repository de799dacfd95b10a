import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'redatom';
import type { Fault, TcpProxy } from '../../support/tcp-proxy';
import { Ledger } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';
import { connectThroughProxy, type ThroughProxy } from '../support/through-proxy';
import { CONNECTION_TIMEOUT_MS, INIT, outcomeOf, SLACK_MS, VERBS, type Verb } from '../support/verbs';

describeOnOwnServers('a connection that fails', (server) => {
  let through: ThroughProxy;
  let proxy: TcpProxy;
  let ledger: Ledger;

  beforeEach(async () => {
    await server().send('SCRIPT', 'LOAD', 'return 1');
    ({ proxy, ledger } = through = await connectThroughProxy(server()));
    // From now on the script is known, so EVALSHA is the command that carries a commit.
    await ledger.pipeline(({ commits }) => commits.add(1));
  });
  afterEach(() => through[Symbol.asyncDispose]());

  /** What is stored once the verb is done, taken from a twin on which the verb runs without a fault. */
  async function storedWhenDone(verb: Verb): Promise<unknown> {
    const twin = await Ledger.create({ ...INIT, name: 'twin', commits: 1 });
    await verb.run(twin);
    const stored = await server().json<object>(twin.key);
    await server().send('DEL', twin.key);
    return stored && { ...stored, name: 'one' };
  }

  async function expectUnknown(verb: Verb, happens: Promise<void> | undefined, expected: unknown): Promise<void> {
    const { code, error } = await outcomeOf(verb.run(ledger, { timeoutMs: 3000 }));
    await happens;
    expect([code, error?.key]).toEqual(['OUTCOME_UNKNOWN', ledger.key]);
    expect(ledger.isStale).toBe(true);

    await sleep(20);
    expect(await server().json(ledger.key)).toEqual(expected);
    expect((await outcomeOf(ledger.pipeline(({ total }) => total.add(100)))).code).toBe('OUTCOME_UNKNOWN');
    expect(await server().json(ledger.key)).toEqual(expected);
    if (expected === undefined) return;
    await ledger.load();
    expect(ledger.isStale).toBe(false);
    expect(ledger.toJSON()).toEqual(expected);
    await ledger.saveChanges();
    expect(await server().json(ledger.key)).toEqual(expected);
    await ledger.log.aappend('afterwards');
    expect((await server().json<typeof INIT>(ledger.key))?.log.at(-1)).toBe('afterwards');
  }

  const faults: [Fault, 'not done' | 'done'][] = [
    ['cut before', 'not done'],
    ['cut during', 'not done'],
    ['cut after', 'done'],
  ];

  describe.each(faults)('%s', (fault, truth) => {
    test.each(VERBS)('$name: its outcome is unknown, the instance is stale until load()', async (verb) => {
      const expected = truth === 'done' ? await storedWhenDone(verb) : await server().json(ledger.key);
      await expectUnknown(verb, proxy.onRequest(verb.command, fault), expected);
    });
  });

  const expiring: [string, string, (ledger: Ledger) => Promise<unknown>][] = [
    ['alone', 'PEXPIRE', (it) => it.expire(60)],
    ['in a pipeline', 'EVALSHA', (it) => it.pipeline(() => it.expire(60))],
  ];

  test.each(expiring)(
    'swallowed reply: the outcome of expire() %s is unknown as well, but no value is in doubt',
    async (_, command, expire) => {
      const happens = proxy.onRequest(command, 'swallow reply');

      const { code } = await outcomeOf(expire(ledger));
      await happens;

      expect(code).toBe('OUTCOME_UNKNOWN');
      expect(ledger.isStale).toBe(false);
      await ledger.pipeline(({ total }) => total.add(1));
      expect(await server().json(ledger.key)).toEqual(ledger.toJSON());
    },
  );

  test.each(VERBS)('swallowed reply: $name ends at its deadline as unknown', async (verb) => {
    const expected = await storedWhenDone(verb);
    const happens = proxy.onRequest(verb.command, 'swallow reply');

    const { code, ms } = await outcomeOf(verb.run(ledger, { timeoutMs: 200 }));
    await happens;

    expect(code).toBe('OUTCOME_UNKNOWN');
    expect(ms).toBeLessThan(200 + SLACK_MS);
    expect(ledger.isStale).toBe(true);
    expect(await server().json(ledger.key)).toEqual(expected);
  });

  test.each(VERBS)('swallowed reply: $name ends as unknown when its signal aborts', async (verb) => {
    const expected = await storedWhenDone(verb);
    const giveUp = new AbortController();
    const happens = proxy.onRequest(verb.command, 'swallow reply');

    const outcome = outcomeOf(verb.run(ledger, { signal: giveUp.signal }));
    await happens;
    giveUp.abort();

    expect((await outcome).code).toBe('OUTCOME_UNKNOWN');
    expect(ledger.isStale).toBe(true);
    expect(await server().json(ledger.key)).toEqual(expected);
  });

  test('a call that was sent with a greeting which the server refused may have run', async () => {
    const { port } = new URL(proxy.url);
    const url = Object.assign(new URL(await server().urlFor('limited', '&*', '+@all')), { port }).href;
    const limited = await connect({ url, timeoutMs: CONNECTION_TIMEOUT_MS }, { models: [Ledger] });
    const ofLimited = await Ledger.get(ledger.key);
    await server().send('ACL', 'SETUSER', 'limited', 'resetpass', '>another');
    await proxy.goAway();
    await sleep(30);
    const outcome = outcomeOf(ofLimited.total.increase(1, { timeoutMs: 5_000 }));
    // What was sent behind the refused greeting still runs, as the default user.
    const happens = proxy.onRequest('JSON.NUMINCRBY', 'first line');
    await proxy.comeBack();
    await happens;

    expect(await outcome).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      error: { cause: { message: expect.stringMatching(/^WRONGPASS/) as string } },
    });
    expect(await server().json(ledger.key)).toMatchObject({ total: INIT.total + 1 });
    await limited.close();
    await server().send('ACL', 'DELUSER', 'limited');
  });

  describe('while there is no connection', () => {
    async function goOffline(): Promise<void> {
      await proxy.goAway();
      await sleep(30);
    }

    async function expectNeverRuns(before: unknown): Promise<void> {
      await proxy.comeBack();
      await Ledger.exists('one', { timeoutMs: 5000 });
      await sleep(50);
      expect(await server().json(ledger.key)).toEqual(before);
      expect(ledger.isStale).toBe(false);
      await ledger.log.aappend('afterwards');
      expect((await server().json<typeof INIT>(ledger.key))?.log.at(-1)).toBe('afterwards');
    }

    test.each(VERBS)('$name is not done at its deadline, and never runs later', async (verb) => {
      const before = await server().json(ledger.key);
      await goOffline();

      const { code, ms } = await outcomeOf(verb.run(ledger, { timeoutMs: 150 }));

      expect(code).toBe('REDIS_CONNECTION');
      expect(ms).toBeLessThan(150 + SLACK_MS);
      await expectNeverRuns(before);
    });

    test.each(VERBS)('$name is not done when its signal aborts, and never runs later', async (verb) => {
      const before = await server().json(ledger.key);
      await goOffline();
      const giveUp = new AbortController();

      const outcome = outcomeOf(verb.run(ledger, { signal: giveUp.signal }));
      await sleep(50);
      giveUp.abort(new Error('enough'));

      expect((await outcome).code).toBe('REDIS_CONNECTION');
      await expectNeverRuns(before);
    });

    test.each(VERBS)('$name waits for the connection and is then done', async (verb) => {
      const expected = await storedWhenDone(verb);
      await goOffline();

      const outcome = outcomeOf(verb.run(ledger, { timeoutMs: 5000 }));
      await sleep(50);
      await proxy.comeBack();

      expect((await outcome).code).toBe('done');
      expect(await server().json(ledger.key)).toEqual(expected);
    });

    test('reads are not done at their deadline', async () => {
      await goOffline();
      const reads = [
        Ledger.get('one', { timeoutMs: 100 }),
        Ledger.find('one', { timeoutMs: 100 }),
        Ledger.getMany(['one'], { timeoutMs: 100 }),
        Ledger.exists('one', { timeoutMs: 100 }),
        Ledger.afindKeys({ timeoutMs: 100 }),
        ledger.load({ timeoutMs: 100 }),
        ledger.ttl({ timeoutMs: 100 }),
        ledger.log.load({ timeoutMs: 100 }),
      ];
      for (const outcome of await Promise.all(reads.map(outcomeOf))) {
        expect(outcome.code).toBe('REDIS_CONNECTION');
        expect(outcome.ms).toBeLessThan(100 + SLACK_MS);
      }
    });

    test('a lock is not waited for beyond waitMs', async () => {
      await goOffline();
      const { code, ms } = await outcomeOf(ledger.withLock('work', () => undefined, { waitMs: 1000 }));
      expect(code).toBe('REDIS_CONNECTION');
      expect(ms).toBeLessThan(1000 + SLACK_MS);
    });
  });

  test('an aborted signal sends nothing at all', async () => {
    const before = await server().json(ledger.key);
    for (const { run } of VERBS.filter(({ name }) => !name.startsWith('save'))) {
      expect((await outcomeOf(run(ledger, { signal: AbortSignal.abort() }))).code).toBe('REDIS_CONNECTION');
    }
    expect(await server().json(ledger.key)).toEqual(before);
    expect(ledger.isStale).toBe(false);
  });
});
