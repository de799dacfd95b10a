import { connect, pipeline } from 'redatom';
import { PipelineOperations } from 'redatom/service';
import { createClient } from 'redis';
import { TcpProxy } from '../../support/tcp-proxy';
import { Ledger, VersionedLedger } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';
import { useDatabase } from '../../support/use-models';

describeOnOwnServers('SCRIPT FLUSH', (server) => {
  const database = useDatabase(() => server().url, [Ledger, VersionedLedger]);
  let ledger: Ledger;

  async function startOver(): Promise<void> {
    Ledger.bind(database());
    await server().send('FLUSHALL');
    ledger = await Ledger.create({ name: 'flushed', log: ['a', 'b'], marks: { x: 1, y: 2 }, inbox: ['1', '2'] });
  }
  beforeEach(startOver);

  const forget = (): Promise<unknown> => server().send('SCRIPT', 'FLUSH');

  const verbs: Record<string, (ledger: Ledger) => Promise<unknown>> = {
    'a pipeline': (it) =>
      it.pipeline(({ total, log }) => {
        total.add(1);
        log.append('c');
      }),
    adelItem: ({ marks }) => marks.adelItem('x'),
    'apop of a dict': ({ marks }) => marks.apop('y'),
    aincrease: ({ marks }) => marks.aincrease('new', 3),
    asetDefault: ({ marks }) => marks.asetDefault('z', 3),
    'apop of a list': ({ inbox }) => inbox.apop(),
    aremove: ({ inbox }) => inbox.aremove('1'),
    adjust: ({ total }) => total.adjust(4, { max: 100 }),
    aupdate: (it) => it.aupdate({ plain: 9 }),
    saveChanges: (it) => {
      it.trace.append('!');
      return it.saveChanges();
    },
    withLock: (it) =>
      it.withLock(
        'work',
        async (held) => {
          await forget();
          await held.commits.increase();
          await forget();
          held.log.append('locked');
          await forget();
        },
        { saveAtEnd: true },
      ),
    'several models': async (it) => {
      const other = await Ledger.create({ name: 'other' });
      await pipeline([it, other], () => {
        it.commits.add(1);
        other.commits.add(1);
      });
    },
  };

  test('between any two verbs: nothing is lost, nothing is reordered', async () => {
    for (const verb of Object.values(verbs)) {
      await forget();
      await verb(ledger);
    }

    const expected = {
      name: 'flushed',
      total: 5,
      commits: 2,
      plain: 9,
      trace: '!',
      log: ['a', 'b', 'c', 'locked'],
      inbox: [],
      marks: { new: 3, z: 3 },
    };
    expect(await server().json(ledger.key)).toEqual(expected);
    expect(ledger.toJSON()).toEqual(expected);
  });

  test.each(Object.keys(verbs))('before %s, which runs once', async (name) => {
    await forget();
    await verbs[name]?.(ledger);

    const once = await server().json(ledger.key);
    await startOver();
    await verbs[name]?.(ledger);
    expect(await server().json(ledger.key)).toEqual(once);
  });

  test('is noticed once, and not by each script anew', async () => {
    const both = async (): Promise<void> => {
      await ledger.pipeline(({ commits }) => commits.add(1));
      await ledger.withLock('work', () => undefined);
    };
    await both();
    await forget();
    await server().send('CONFIG', 'RESETSTAT');

    await both();

    expect(await server().send('INFO', 'errorstats')).toContain('errorstat_NOSCRIPT:count=1\r\n');
  });

  test('before evalScript, which sends the text again, once', async () => {
    const operations = new PipelineOperations(database());
    const add = "return redis.call('INCRBY', KEYS[1], ARGV[1])";
    await operations.evalScript(add, ['n'], [1]);
    await forget();
    await server().send('CONFIG', 'RESETSTAT');

    expect(await operations.evalScript(add, ['n'], [2])).toBe(3);
    expect(await operations.evalScript(add, ['n'], [4])).toBe(7);

    expect(await server().send('INFO', 'commandstats')).toMatch(/cmdstat_eval:calls=1,/);
  });

  test('in the middle of many verbs that nobody waited for', async () => {
    const sent: Promise<unknown>[] = [];
    for (let round = 0; round < 50; round += 1) {
      sent.push(
        ledger.pipeline(({ log }) => void log.append(String(round))),
        forget(),
      );
      await new Promise(setImmediate);
      await Promise.all(sent.splice(0));
    }
    const own = await Promise.all(Array.from({ length: 20 }, () => Ledger.get('flushed')));
    await Promise.all([
      ...own.map((each) => each.pipeline(({ total, commits }) => (total.add(1), commits.add(1)))),
      forget(),
      ...own.map((each, index) => each.marks.asetDefault(`key ${index}`, index)),
      forget(),
      ...own.map((each) => each.total.adjust(1, { max: 1000 })),
    ]);

    const stored = await server().json<Record<string, unknown>>(ledger.key);
    expect(stored).toMatchObject({ total: 40, commits: 20 });
    expect(stored?.['log']).toEqual(['a', 'b', ...Array.from({ length: 50 }, (_, round) => String(round))]);
    expect(Object.keys(stored?.['marks'] as object)).toHaveLength(22);
  });

  describe('verbs that nobody waited for keep their order', () => {
    /** Clears the list by a script, then appends by a plain command. */
    async function clearAndAppend(it: Ledger, item: string): Promise<unknown> {
      await Promise.all([it.log.aclear(), it.log.aappend(item)]);
      return (await server().json<Ledger>(it.key))?.log;
    }

    test('on a new connection, to a server that has forgotten the scripts', async () => {
      await forget();
      await using _fresh = await connect(server().url, { models: [Ledger] });
      const own = await Ledger.get('flushed');

      expect(await clearAndAppend(own, 'c')).toEqual(['c']);
    });

    test('on the next connection, when the server has been started again meanwhile', async () => {
      await ledger.log.aclear();
      await server().server.restart();
      ledger = await Ledger.create({ name: 'flushed', log: ['a', 'b'] });

      expect(await clearAndAppend(ledger, 'c')).toEqual(['c']);
    });

    test('from the next verb on, when the server forgot under way', async () => {
      await ledger.log.aclear();
      await forget();
      await ledger.inbox.aclear();

      expect(await clearAndAppend(ledger, 'c')).toEqual(['c']);
      expect(await clearAndAppend(ledger, 'd')).toEqual(['d']);
    });

    test('not for those under way while the server forgets, which all run once', async () => {
      await ledger.log.aclear();
      await forget();

      await Promise.all([ledger.log.aremove('b'), ledger.log.aappend('c'), ledger.total.increase(), ledger.total.adjust(1, { max: 9 })]);

      expect(await server().json(ledger.key)).toMatchObject({ log: ['c'], total: 2 });
    });
  });

  test('takes no more than the time of its caller', async () => {
    await using proxy = await TcpProxy.start(server().url);
    const client = await createClient({ url: proxy.url }).connect();
    await connect(client, { models: [Ledger] });
    const own = await Ledger.get('flushed');
    await own.log.aclear();
    await forget();
    await server().send('CLIENT', 'PAUSE', '800', 'ALL');
    const swallowed = proxy.onRequest('$4\r\nEVAL\r\n', 'swallow reply');

    const begin = performance.now();
    await expect(own.log.aclear({ timeoutMs: 1000 })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });

    await swallowed;
    expect(performance.now() - begin).toBeLessThan(1400);
    client.destroy();
  });

  test('between the attempts of transact', async () => {
    await VersionedLedger.create({ name: 'versioned' });
    let attempts = 0;

    await VersionedLedger.transact('versioned', async (versioned) => {
      attempts += 1;
      if (attempts === 1) await VersionedLedger.at('versioned').aupdate({ plain: 10 });
      await forget();
      versioned.plain += 1;
    });

    expect(attempts).toBe(2);
    expect(await server().json('VersionedLedger:versioned')).toEqual({ name: 'versioned', version: 3, plain: 11 });
  });
});
