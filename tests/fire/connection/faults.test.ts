import { connect, type Database, type RedatomError } from 'redatom';
import { TcpProxy, type Fault } from '../../support/tcp-proxy';
import { Ledger } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';

interface Verb {
  readonly name: string;
  /** The command that carries the change. */
  readonly command: string;
  readonly run: (ledger: Ledger, options?: { timeoutMs?: number; signal?: AbortSignal }) => Promise<unknown>;
}

const VERBS: Verb[] = [
  { name: 'aappend', command: 'JSON.ARRAPPEND', run: ({ log }, options) => log.aappend('new', options) },
  { name: 'increase', command: 'JSON.NUMINCRBY', run: ({ total }, options) => total.increase(7, options) },
  { name: 'asetItem', command: 'JSON.SET', run: ({ marks }, options) => marks.asetItem('new', 1, options) },
  { name: 'aappend of a text', command: 'JSON.STRAPPEND', run: ({ trace }, options) => trace.aappend('new', options) },
  { name: 'adelItem', command: 'EVALSHA', run: ({ marks }, options) => marks.adelItem('x', options) },
  { name: 'apop', command: 'EVALSHA', run: ({ log }, options) => log.apop(-1, options) },
  { name: 'save', command: 'JSON.SET', run: (it, options) => ((it.plain = 9), it.save(options)) },
  { name: 'saveChanges', command: 'EVALSHA', run: (it, options) => ((it.plain = 9), it.saveChanges(options)) },
  { name: 'aupdate', command: 'JSON.SET', run: (it, options) => it.aupdate({ plain: 9 }, options) },
  { name: 'delete', command: 'DEL', run: (it, options) => it.delete(options) },
  {
    name: 'a pipeline',
    command: 'EVALSHA',
    run: (it, options) =>
      it.pipeline(({ total, log, marks }) => {
        total.add(5);
        log.append('new');
        marks.set('new', 2);
      }, options),
  },
];

const INIT = { name: 'one', log: ['a', 'b'], marks: { x: 1 }, total: 3 };
/** How much later than its deadline a verb may end on a busy machine. */
const SLACK_MS = 400;
const CONNECTION_TIMEOUT_MS = 1000;

async function outcomeOf(work: Promise<unknown>): Promise<{ code: string; ms: number; error: RedatomError | undefined }> {
  const begin = performance.now();
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason as RedatomError,
  );
  return { code: error === undefined ? 'done' : error.code, ms: performance.now() - begin, error };
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

describeOnOwnServers('a connection that fails', (server) => {
  let proxy: TcpProxy;
  let database: Database;
  let ledger: Ledger;

  beforeEach(async () => {
    await server().send('FLUSHALL');
    await server().send('SCRIPT', 'LOAD', 'return 1');
    proxy = await TcpProxy.start(server().url);
    database = await connect({ url: proxy.url, timeoutMs: CONNECTION_TIMEOUT_MS }, { models: [Ledger] });
    ledger = await Ledger.create(INIT);
    // The script is known afterwards, so EVALSHA is the command that carries a commit.
    await ledger.pipeline(({ commits }) => commits.add(1));
  });
  afterEach(async () => {
    await database.close();
    await proxy.close();
  });

  /** The stored document when the verb was done, from a twin that went through without a fault. */
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
      expect(['REDIS_CONNECTION', 'LOCK_TIMEOUT']).toContain(code);
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

  test('verbs that go on being sent do not keep the others waiting', async () => {
    await server().server.kill('SIGSTOP');
    const outcomes: Promise<{ code: string; ms: number }>[] = [];
    const begin = performance.now();
    while (performance.now() - begin < 3 * TIMEOUT_MS) {
      const each = Ledger.build({ name: 'one' });
      outcomes.push(outcomeOf(each.log.aappend('x')));
      await sleep(20);
    }

    for (const { code, ms } of await Promise.all(outcomes)) {
      expect(['OUTCOME_UNKNOWN', 'REDIS_CONNECTION']).toContain(code);
      expect(ms).toBeLessThan(2 * TIMEOUT_MS + SLACK_MS);
    }
  }, 15_000);

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
  }, 15_000);

  test('a connection that was idle meanwhile serves again afterwards', async () => {
    await server().server.kill('SIGSTOP');
    await sleep(3 * TIMEOUT_MS);
    await server().server.kill('SIGCONT');

    expect((await outcomeOf(Ledger.get('one', { timeoutMs: 3000 }))).code).toBe('done');
    expect((await outcomeOf(ledger.withLock('work', (held) => held.log.aappend('afterwards')))).code).toBe('done');
  }, 15_000);

  test('reads end as not done', async () => {
    await server().server.kill('SIGSTOP');
    const { code, ms } = await outcomeOf(Ledger.get('one'));
    expect(code).toBe('REDIS_CONNECTION');
    expect(ms).toBeLessThan(2 * TIMEOUT_MS + SLACK_MS);
  });

  test('a lock is not waited for beyond waitMs', async () => {
    await server().server.kill('SIGSTOP');
    const { code, ms } = await outcomeOf(ledger.withLock('work', () => undefined, { waitMs: 1000 }));
    expect(['REDIS_CONNECTION', 'LOCK_TIMEOUT']).toContain(code);
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
