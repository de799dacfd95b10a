import { setTimeout as sleep } from 'node:timers/promises';
import { connect, Model, RedatomError, type Database } from 'redatom';
import { Ledger } from '../support/models';
import { describeOnOwnServers, flavours, OwnServer } from '../support/own-servers';
import { useDatabase } from '../../support/use-models';

@Model({ ttl: 1000 })
class TimedLedger extends Ledger {}

interface Verb {
  readonly name: string;
  /** The server lets this verb grow the document even without memory, because its first command may free some. */
  readonly needsNoMemory?: true;
  readonly run: (ledger: Ledger) => Promise<unknown>;
}

/** Writes of every shape: a plain command, a script, a script with a backup, a whole document, a lock. */
const WRITES: Verb[] = [
  { name: 'a plain command', run: ({ log }) => log.aappend('late') },
  { name: 'a number', needsNoMemory: true, run: ({ total }) => total.increase() },
  { name: 'a script', needsNoMemory: true, run: ({ marks }) => marks.apop('x') },
  { name: 'save()', run: (it) => it.save() },
  {
    name: 'a pipeline',
    run: (it) =>
      it.pipeline(({ total, log, marks }) => {
        log.append('late');
        total.add(5);
        marks.set('late', 1);
        marks.delete('x');
      }),
  },
  {
    name: 'a pipeline that begins with a number',
    needsNoMemory: true,
    run: (it) =>
      it.pipeline(({ total, log }) => {
        total.add(5);
        log.append('late');
      }),
  },
  {
    name: 'a pipeline that needs a backup',
    run: (it) =>
      it.pipeline(({ total, log }) => {
        total.add(5);
        log.remove('a');
        log[0] = 'late';
        total.multiply(2);
      }),
  },
  { name: 'withLock', run: (it) => it.withLock('work', (held) => void held.log.append('late'), { saveAtEnd: true }) },
];

const INIT = { name: 'one', log: ['a', 'b'], marks: { x: 1 }, total: 3 };

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return codeOfError(error);
}

function codeOfError(error: unknown): string {
  if (!(error instanceof RedatomError)) throw new Error(`expected one of redatom's errors, got ${String(error)}`, { cause: error });
  return 'reply' in error ? `${error.code} ${String(error.reply)}` : error.code;
}

describeOnOwnServers('a server without memory', (server) => {
  useDatabase(() => server().url, [Ledger, TimedLedger]);
  let ledger: Ledger;

  beforeEach(async () => {
    await server().send('CONFIG', 'SET', 'maxmemory', '0');
    await server().send('FLUSHALL');
    ledger = await Ledger.create(INIT);
    await server().send('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await server().send('CONFIG', 'SET', 'maxmemory', '1');
  });

  test.each(WRITES.filter(({ needsNoMemory }) => needsNoMemory === undefined))(
    'refuses $name as OOM, with nothing of it done',
    async ({ run }) => {
      const before = await server().json(ledger.key);
      const local = structuredClone(ledger.toJSON());

      expect(await codeOf(run(ledger))).toBe('REDIS_SERVICE OOM');

      expect(await server().json(ledger.key)).toEqual(before);
      expect(await server().send('DBSIZE')).toBe(1);
      expect(ledger.toJSON()).toEqual(local);
      expect(ledger.isStale).toBe(false);
    },
  );

  test.each(WRITES.filter(({ needsNoMemory }) => needsNoMemory === true))('does the whole of $name', async ({ run }) => {
    await run(ledger);

    expect(ledger.toJSON()).not.toMatchObject(INIT);
    expect(await server().json(ledger.key)).toEqual(ledger.toJSON());
  });

  test.each<[string, () => Promise<unknown>]>([
    ['create', () => TimedLedger.create(INIT)],
    ['getOrCreate', () => TimedLedger.getOrCreate(INIT)],
    ['insertMany', () => TimedLedger.insertMany([INIT])],
  ])('refuses %s with a time to live as OOM', async (_, run) => {
    expect(await codeOf(run())).toBe('REDIS_SERVICE OOM');
    expect(await server().send('DBSIZE')).toBe(1);
  });

  test('still answers reads and removes documents', async () => {
    expect((await Ledger.get('one')).total.value).toBe(3);
    expect(await ledger.delete()).toBe(true);
  });

  test('takes the same writes again when there is memory', async () => {
    for (const { run } of WRITES) await run(ledger).catch(codeOfError);
    await server().send('CONFIG', 'SET', 'maxmemory', '0');

    for (const { run } of WRITES) await run(ledger);

    expect(await server().json(ledger.key)).toEqual(ledger.toJSON());
  });
});

describe.each(flavours())('a read-only replica on %s', (flavour) => {
  let primary: OwnServer;
  let replica: OwnServer;
  let database: Database;
  let ledger: Ledger;

  beforeAll(async () => {
    primary = await OwnServer.start(flavour);
    replica = await OwnServer.start(flavour);
    database = await connect(primary.url, { models: [Ledger] });
    await Ledger.create(INIT);
    await database.close();
    await replica.send('REPLICAOF', '127.0.0.1', String(primary.server.port));
    const deadline = Date.now() + 15_000;
    while ((await replica.json('Ledger:one').catch(() => undefined)) === undefined) {
      if (Date.now() > deadline) throw new Error('the replica did not follow');
      await sleep(50);
    }
    database = await connect(replica.url, { models: [Ledger] });
  });
  beforeEach(async () => {
    ledger = await Ledger.get('one');
  });
  afterAll(async () => {
    await database.close();
    await Promise.all([replica.stop(), primary.stop()]);
  });

  test.each(WRITES)('refuses $name as READONLY, with nothing of it done', async ({ run }) => {
    const local = structuredClone(ledger.toJSON());

    expect(await codeOf(run(ledger))).toBe('REDIS_SERVICE READONLY');

    expect(await replica.json('Ledger:one')).toEqual(await primary.json('Ledger:one'));
    expect(await primary.json('Ledger:one')).toMatchObject(INIT);
    expect(ledger.toJSON()).toEqual(local);
  });

  test('answers reads', async () => {
    expect(ledger.log).toEqual(['a', 'b']);
    expect(await Ledger.exists('one')).toBe(true);
    expect(await Ledger.afindKeys()).toEqual(['Ledger:one']);
  });
});

describeOnOwnServers(
  'a server with a password',
  (server) => {
    test('refuses a wrong password, and none at all, at once', async () => {
      const begin = performance.now();
      const { port } = server().server;

      expect(await codeOf(connect(`redis://:wrong@127.0.0.1:${port}`, { models: [Ledger] }))).toBe('REDIS_SERVICE WRONGPASS');
      expect(await codeOf(connect(`redis://127.0.0.1:${port}`, { models: [Ledger] }))).toBe('REDIS_SERVICE NOAUTH');

      expect(performance.now() - begin).toBeLessThan(5000);
    });

    test('takes the right one', async () => {
      await using _database = await connect(server().url, { models: [Ledger] });
      await Ledger.create(INIT);
      expect((await Ledger.get('one')).total.value).toBe(3);
    });
  },
  { password: 'secret' },
);

describeOnOwnServers('a key that is not what it was', (server) => {
  useDatabase(() => server().url, [Ledger]);
  let ledger: Ledger;

  beforeEach(async () => {
    await server().send('FLUSHALL');
    ledger = await Ledger.create(INIT);
  });

  const isSave = ({ name }: Verb): boolean => name === 'save()';

  test.each(WRITES)('a string there: $name is refused', async ({ run }) => {
    const local = structuredClone(ledger.toJSON());
    await server().send('SET', ledger.key, 'a string');

    expect(await codeOf(run(ledger))).toBe('PATH_MISMATCH');

    expect(await server().send('GET', ledger.key)).toBe('a string');
    expect(await server().send('DBSIZE')).toBe(1);
    expect(ledger.toJSON()).toEqual(local);
  });

  test('a string there: reads are refused', async () => {
    await server().send('SET', ledger.key, 'a string');
    expect(await codeOf(Ledger.get('one'))).toBe('PATH_MISMATCH');
    expect(await codeOf(Ledger.find('one'))).toBe('PATH_MISMATCH');
    expect(await codeOf(ledger.load())).toBe('PATH_MISMATCH');
    expect(await codeOf(ledger.log.load())).toBe('PATH_MISMATCH');
  });

  test.each(WRITES.filter((verb) => !isSave(verb)))('deleted: $name says so and brings nothing back', async ({ run }) => {
    const local = structuredClone(ledger.toJSON());
    await server().send('DEL', ledger.key);

    expect(await codeOf(run(ledger))).toBe('KEY_NOT_FOUND');

    expect(await server().send('EXISTS', ledger.key)).toBe(0);
    expect(await server().send('DBSIZE')).toBe(0);
    expect(ledger.toJSON()).toEqual(local);
  });

  test.each(WRITES.filter((verb) => !isSave(verb)))('evicted: $name says so and brings nothing back', async ({ run }) => {
    await server().send('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-random');
    await server().send('CONFIG', 'SET', 'maxmemory', '1');
    const deadline = Date.now() + 30_000;
    while ((await server().send('EXISTS', ledger.key)) === 1) {
      if (Date.now() > deadline) throw new Error('the server evicted nothing');
      await server()
        .send('SET', 'filler', 'x')
        .catch(() => undefined);
    }
    await server().send('CONFIG', 'SET', 'maxmemory', '0');

    expect(await codeOf(run(ledger))).toBe('KEY_NOT_FOUND');

    expect(await server().send('EXISTS', ledger.key)).toBe(0);
  });

  test('gone with ignoreIfDeleted: the commit does nothing and says so', async () => {
    await server().send('DEL', ledger.key);
    const result = await ledger.pipeline(({ total }) => total.add(1), { ignoreIfDeleted: true });
    expect(result.committed).toBe(false);
    expect(await server().send('EXISTS', ledger.key)).toBe(0);
  });

  test('expired between load and commit', async () => {
    await server().send('PEXPIRE', ledger.key, '1');
    await sleep(20);
    expect(await codeOf(ledger.pipeline(({ total, log }) => (total.add(1), log.append('x'))))).toBe('KEY_NOT_FOUND');
    expect(await server().send('DBSIZE')).toBe(0);
  });

  test('another document under the same key: the commit is refused where it does not fit, as a whole', async () => {
    await server().send('JSON.SET', ledger.key, '$', '{"total":1,"log":"text"}');

    expect(await codeOf(ledger.pipeline(({ total, log }) => (total.add(1), log.append('x'))))).toBe('PATH_MISMATCH');

    expect(await server().json(ledger.key)).toEqual({ total: 1, log: 'text' });
  });

  test('a commit that fails in its middle puts back what it did, and the time to live', async () => {
    await server().send('JSON.SET', ledger.key, '$["total"]', '9007199254740990');
    await server().send('PEXPIRE', ledger.key, '50000');
    const before = await server().json(ledger.key);

    const commit = ledger.pipeline((it) => {
      it.log.remove('a');
      it.plain = 5;
      it.log[0] = 'late';
      it.total.multiply(2);
      it.total.add(1);
    });

    expect(await codeOf(commit)).toBe('COMMIT_REFUSED');
    expect(await server().json(ledger.key)).toEqual(before);
    expect(await server().send<number>('PTTL', ledger.key)).toBeGreaterThan(40_000);
    expect(await server().send('DBSIZE')).toBe(1);
  });

  test('a commit with more items than Lua hands to one command is applied as a whole or not at all', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => String(index));

    const work = ledger.pipeline(({ total, log }) => {
      total.add(1);
      log.unshift(...many);
    });

    const outcome = await work.then(
      () => 'done',
      (error: RedatomError) => error.code,
    );
    const stored = await server().json<{ total: number; log: string[] }>(ledger.key);
    expect({ total: stored?.total, length: stored?.log.length }).toEqual(
      outcome === 'done' ? { total: 4, length: 20_002 } : { total: 3, length: 2 },
    );
    expect(outcome).toBe('done');
    expect(ledger.toJSON()).toEqual(stored);
  });
});
