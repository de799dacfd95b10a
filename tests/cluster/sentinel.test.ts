import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, createSentinel, RESP_TYPES } from 'redis';
import { AtomicRedisModel, connect, Field, Key, list, Model, RedatomError, RedisInt, RedisList, type Database } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { openSentinelClient, type SentinelClient } from './support/sentinel-client';
import { startServer, type Server } from '../support/servers';
import { startSentinel, type TestSentinel } from '../support/servers/sentinel';
import { TcpProxy } from '../support/tcp-proxy';

@Model()
class Note extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) reads!: RedisInt;
  @Field(list(String)) lines!: RedisList<string>;
}

describe('through a sentinel', () => {
  let server: Server;
  let proxy: TcpProxy;
  let sentinel: TestSentinel;
  let client: SentinelClient;
  let database: Database;

  beforeAll(async () => {
    server = await startServer({ flavour: 'redis-stack' });
    proxy = await TcpProxy.start(server.url);
    sentinel = await startSentinel(Number(new URL(proxy.url).port));
    client = await openSentinelClient(sentinel.port);
    database = await connect(client, { models: [Note] });
  });
  afterAll(async () => {
    await database.close();
    await client.destroy();
    await sentinel.stop();
    await proxy.close();
    await server.stop();
  });

  test('models, pipelines, locks and scans work', async () => {
    const note = await Note.create({ name: 'n' });
    await note.reads.increase(2);
    await note.pipeline((same) => same.lines.append('a'));
    await note.withLock('work', (same) => same.lines.aappend('b'));
    expect((await Note.get('n')).toJSON()).toEqual({ name: 'n', reads: 2, lines: ['a', 'b'] });
    expect(await Note.afindKeys()).toEqual(['Note:n']);
  });

  test('replies are read in their own types whatever the client maps them to', async () => {
    const commandOptions = { typeMapping: { [RESP_TYPES.NUMBER]: String, [RESP_TYPES.SIMPLE_STRING]: Buffer } };
    const mapped = await createSentinel({
      name: 'main',
      sentinelRootNodes: [{ host: '127.0.0.1', port: sentinel.port }],
      commandOptions,
      nodeClientOptions: { commandOptions } as object,
    }).connect();
    const db = await connect(mapped, { models: [Note] });

    const note = await Note.create({ name: 'mapped' });
    await note.withLock('work', (same) => same.lines.aappend('a'));
    expect(await new BatchClient(db).exec(new Batch(true).set('m', '1').incr('m'), true)).toEqual(['OK', 2]);
    await expect(new PipelineOperations(db).transact((pipe) => pipe.incr('m'), { watch: ['m'] })).resolves.toEqual([3]);
    expect(await note.delete()).toBe(true);

    await db.close();
    database.bind(Note);
    await mapped.close();
  });

  test('nothing is sent over a closed client, and errors say so', async () => {
    const closed = await openSentinelClient(sentinel.port);
    const db = await connect(closed, { models: [Note] });
    const note = await Note.create({ name: 'closed' });
    await closed.close();

    const operations = new PipelineOperations(closed);
    const attempts = [
      note.reads.increase(),
      operations.execute((pipe) => pipe.set('closed', 'x')),
      operations.transact((pipe) => pipe.set('closed', 'x')),
      operations.transact((pipe) => pipe.set('closed', 'x'), { watch: ['closed'] }),
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toThrow(/was not sent: The client is closed/);

    expect(note.isStale).toBe(false);
    await db.close();
    database.bind(Note);
  });

  test('batches, transactions with watched keys and scripts work', async () => {
    await expect(new BatchClient(client).exec(new Batch(true).set('a', '1').incr('a'), true)).resolves.toEqual(['OK', 2]);
    await expect(new BatchClient(client).exec(new Batch(false).get('a').incr('a'), true)).resolves.toEqual(['2', 3]);
    const operations = new PipelineOperations(client);
    await expect(operations.transact((pipe) => pipe.incr('a'), { watch: ['a'] })).resolves.toEqual([4]);
    await expect(operations.evalScript("return redis.call('GET', KEYS[1])", ['a'])).resolves.toBe('4');
  });

  test.each([
    ['a verb', (note: Note) => note.reads.increase(), 'NUMINCRBY'],
    ['a commit', (note: Note) => note.pipeline((same) => same.reads.add(1)), 'NUMINCRBY'],
    ['a batch', () => new BatchClient(client).exec(new Batch(false).json.numIncrBy('Note:lost', '$.reads', 1), true), 'NUMINCRBY'],
    ['a transaction', () => new BatchClient(client).exec(new Batch(true).json.numIncrBy('Note:lost', '$.reads', 1), true), 'NUMINCRBY'],
  ])('%s whose reply was lost is applied once, though the sentinel client would send it again', async (_, write, text) => {
    const note = await Note.build({ name: 'lost' })
      .save()
      .then(() => Note.get('lost'));
    await note.pipeline((same) => same.reads.add(0));
    const lost = proxy.onRequest(text, 'cut after');
    const error: unknown = await write(note).catch((thrown: unknown) => thrown);
    await lost;
    expect(error).toMatchObject({ code: expect.stringMatching(/OUTCOME_UNKNOWN|BATCH_CONNECTION/) as string });
    await sleep(300);
    expect((await Note.get('lost')).reads.value).toBe(1);
  });
});

describe('a sentinel that promotes a replica', () => {
  test('writers go on by themselves; nothing is applied twice, and all errors are typed', async () => {
    const args = ['--repl-diskless-sync-delay', '0'];
    const [primary, replica] = [await startServer({ flavour: 'redis-stack', args }), await startServer({ flavour: 'redis-stack', args })];
    const arrange = await new BatchesOf(replica).send(['REPLICAOF', '127.0.0.1', String(primary.port)]);
    expect(arrange).toBe('OK');
    while (!String(await new BatchesOf(replica).send(['INFO', 'replication'])).includes('master_link_status:up')) await sleep(100);
    const sentinel = await startSentinel(primary.port);
    const client = await openSentinelClient(sentinel.port);
    const database = await connect(client, { models: [Note] });
    try {
      const note = await Note.create({ name: 'survivor' });
      // The sentinel asks the primary for its replicas when it starts.
      await sleep(1500);
      const errors: unknown[] = [];
      const [before, after]: [string[], string[]] = [[], []];
      let isKilled = false;
      const deadline = Date.now() + 30_000;
      for (let n = 0; after.length < 50 && Date.now() < deadline; n += 1) {
        if (n === 50) {
          await primary.kill('SIGKILL');
          isKilled = true;
        }
        try {
          await note.lines.aappend(String(n), { timeoutMs: 1500 });
          (isKilled ? after : before).push(String(n));
        } catch (error) {
          errors.push(error);
          note.lines.length = 0;
          await note.load({ timeoutMs: 1500 }).catch((failure: unknown) => errors.push(failure));
        }
      }
      expect(await sentinel.primaryPort()).toBe(replica.port);
      const stored = [...(await Note.get('survivor')).lines];
      console.log(
        `${before.length} writes before, ${after.length} after the replica took over, ${errors.length} errors, ${stored.length - new Set(stored).size} applied twice`,
      );
      expect(errors.filter((error) => !(error instanceof RedatomError))).toEqual([]);
      expect(after.length).toBe(50);
      expect(new Set(stored).size).toBe(stored.length);
      for (const line of after) expect(stored).toContain(line);
    } finally {
      await database.close();
      await client.destroy();
      await sentinel.stop();
      await Promise.all([primary.stop(), replica.stop()]);
    }
  });
});

/** Sends single commands to one server. */
class BatchesOf {
  constructor(private readonly server: Server) {}

  async send(args: string[]): Promise<unknown> {
    const database = await connect(this.server.url);
    try {
      return (await new BatchClient(database).exec(new Batch(false).customCommand(args), true))?.[0];
    } finally {
      await database.close();
    }
  }
}

describe('through a sentinel, by a client with connections to replicas', () => {
  test('reads go to the primary all the same', async () => {
    const [primary, replica] = [await startServer({ flavour: 'redis-stack' }), await startServer({ flavour: 'redis-stack' })];
    const admin = await createClient({ url: replica.url }).connect();
    const info = (section: string): Promise<string> => admin.sendCommand<string>(['INFO', section]);
    await admin.sendCommand(['REPLICAOF', '127.0.0.1', new URL(primary.url).port]);
    while (!(await info('replication')).includes('master_link_status:up')) await sleep(20);
    const sentinel = await startSentinel(Number(new URL(primary.url).port));
    const client = await openReplicaReader(sentinel.port);
    while (!(await info('commandstats')).includes('cmdstat_strlen:')) await client.sendCommand(true, ['STRLEN', 'any']);
    const database = await connect(client, { models: [Note] });
    const note = await Note.create({ name: 'read' });
    await admin.sendCommand(['CONFIG', 'RESETSTAT']);

    await Note.get('read');
    await note.load();
    await Note.exists('read');
    await Note.getMany(['read', 'none']);
    await note.ttl();
    await note.withLock('work', (same) => same.load());
    await new BatchClient(database).exec(new Batch(false).get('any'), true);

    expect(await info('commandstats')).not.toMatch(/cmdstat_(json\.m?get|exists|pttl|get):/);
    await database.close();
    await client.destroy();
    await admin.close();
    for (const server of [sentinel, replica, primary]) await server.stop();
  });
});

/** The sentinel hears of replicas some time after it has started. */
async function openReplicaReader(port: number) {
  for (;;) {
    const client = await openSentinelClient(port, { replicaPoolSize: 1 });
    const reads = await client.sendCommand(true, ['STRLEN', 'any']).then(
      () => true,
      () => false,
    );
    if (reads) return client;
    await client.destroy();
    await sleep(100);
  }
}
