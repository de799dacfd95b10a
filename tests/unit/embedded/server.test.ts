import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createClient, createCluster } from 'redis';
import { WireConnection } from '../../conformance/support/wire';
import { startEmbeddedRedis, type EmbeddedRedis } from '../../../src/testing';

async function connected(redis: EmbeddedRedis, more: object = {}) {
  return createClient({ url: redis.url, ...more }).connect();
}

describe('startEmbeddedRedis', () => {
  test('takes a free port', async () => {
    await using redis = await startEmbeddedRedis();

    expect(redis.url).toBe(`redis://127.0.0.1:${redis.port}`);
    expect(redis.addresses).toEqual([{ host: '127.0.0.1', port: redis.port }]);
  });

  test('frees its port and cuts its connections when closed', async () => {
    const redis = await startEmbeddedRedis();
    const client = await connected(redis, { socket: { reconnectStrategy: false } });
    client.on('error', () => undefined);
    const ended = once(client, 'error');

    await redis.close();
    await ended;

    await using again = await startEmbeddedRedis({ port: redis.port });
    expect(again.port).toBe(redis.port);
  });

  test.each([
    [{ prot: 5 }, 'startEmbeddedRedis() knows no option "prot"; it takes port, host, cluster, databases, password'],
    [{ cluster: { masters: 1, replica: 1 } }, 'cluster knows no option "replica"; it takes masters, replicas'],
    [{ cluster: 3 }, 'cluster takes its options as an object, such as { masters }, found 3'],
    [6379, 'startEmbeddedRedis() takes its options as an object, such as { port }, found 6379'],
  ])('refuses %j', async (options, message) => {
    await expect(startEmbeddedRedis(options as never)).rejects.toThrow(new TypeError(message));
  });

  test.each([
    [{ databases: 0 }, 'databases must be a whole number of at least 1, found 0'],
    [{ databases: '4' }, "databases must be a whole number of at least 1, found '4'"],
    [{ cluster: { masters: 0 } }, 'masters must be a whole number of at least 1, found 0'],
    [{ cluster: { masters: 1, replicas: -1 } }, 'replicas must be a whole number of at least 0, found -1'],
    [{ cluster: { masters: 1, replicas: 0.5 } }, 'replicas must be a whole number of at least 0, found 0.5'],
  ])('refuses %j, which is no number of them', async (options, message) => {
    await expect(startEmbeddedRedis(options as never)).rejects.toThrow(new RangeError(message));
  });

  test('refuses a port that is taken', async () => {
    await using redis = await startEmbeddedRedis();

    await expect(startEmbeddedRedis({ port: redis.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('asks for the password', async () => {
    await using redis = await startEmbeddedRedis({ password: 'p@ss' });
    const client = await connected(redis);

    await expect(client.ping()).resolves.toBe('PONG');
    const stranger = await WireConnection.open(redis.port);
    await expect(
      stranger.exchange([
        ['GET', 'x'],
        ['AUTH', 'wrong'],
        ['AUTH', 'p@ss'],
        ['GET', 'x'],
      ]),
    ).resolves.toMatchObject([
      { text: expect.stringContaining('NOAUTH') as string },
      { text: expect.stringContaining('WRONGPASS') as string },
      { text: 'OK' },
      { type: '$-1' },
    ]);
    stranger.close();
    client.destroy();
  });

  test('counts commands, flushes, and keeps databases apart', async () => {
    await using redis = await startEmbeddedRedis({ databases: 2 });
    const client = await connected(redis);
    const before = redis.commandCount();

    await client.set('a', '1');
    await client.eval("return redis.call('GET', 'a')");
    expect(redis.commandCount() - before).toBe(2);

    await client.select(1);
    await expect(client.get('a')).resolves.toBeNull();
    await expect(client.select(2)).rejects.toThrow('DB index is out of range');
    redis.flush();
    await client.select(0);
    await expect(client.dbSize()).resolves.toBe(0);
    client.destroy();
  });

  test('ends times to live when its clock is advanced', async () => {
    await using redis = await startEmbeddedRedis();
    const client = await connected(redis);
    await client.json.set('doc', '$', { a: 1 });
    await client.expire('doc', 3600);
    await client.set('lock', 'token', { NX: true, PX: 30_000 });

    redis.clock.advance(31_000);
    await expect(client.exists(['lock', 'doc'])).resolves.toBe(1);
    await expect(client.ttl('doc')).resolves.toBe(3569);

    redis.clock.advance(3_600_000);
    await expect(client.json.get('doc')).resolves.toBeNull();
    const [seconds] = (await client.sendCommand(['TIME'])) as unknown as string[];
    expect(Number(seconds) * 1000 - Date.now()).toBeGreaterThan(3_600_000);
    client.destroy();
  });
});

describe.each([2, 3] as const)('connections in RESP%i', (RESP) => {
  let redis: EmbeddedRedis;
  beforeAll(async () => void (redis = await startEmbeddedRedis()));
  beforeEach(() => redis.flush());
  afterAll(() => redis.close());

  test('hear messages of channels, patterns and shard channels, also from scripts', async () => {
    const [client, listener] = [await connected(redis, { RESP }), await connected(redis, { RESP })];
    const heard: string[] = [];
    const all = new Promise<void>((done) => {
      const hear = (message: string, channel: string): void => void (heard.push(`${channel}:${message}`) === 4 && done());
      void listener
        .subscribe('news', hear)
        .then(() => listener.pSubscribe('n*', hear))
        .then(() => listener.sSubscribe('shard', hear))
        .then(async () => {
          await client.publish('news', 'one');
          await client.eval("return redis.call('PUBLISH', 'nothing', 'two')");
          await client.sPublish('shard', 'three');
        });
    });

    await all;
    expect(heard).toEqual(['news:one', 'news:one', 'nothing:two', 'shard:three']);
    client.destroy();
    listener.destroy();
  });

  test('refuse EXEC when a watched document was changed by another connection', async () => {
    const [client, other] = [await connected(redis, { RESP }), await connected(redis, { RESP })];
    await client.json.set('doc', '$', { n: 1 });

    await client.watch('doc');
    await other.json.numIncrBy('doc', '$.n', 1);

    await expect(client.multi().json.set('doc', '$.n', 5).exec()).rejects.toThrow('watched keys has been changed');
    client.destroy();
    other.destroy();
  });

  test('see every command of others on MONITOR, and what scripts do inside', async () => {
    const [client, monitor] = [await connected(redis, { RESP }), await connected(redis, { RESP })];
    const lines: string[] = [];
    let seen: () => void = () => undefined;
    const all = new Promise<void>((done) => (seen = done));
    await monitor.monitor((line) => void (lines.push(String(line)) === 3 && seen()));

    await client.ping();
    await client.eval("return redis.call('SET', KEYS[1], ARGV[1])", { keys: ['k'], arguments: ['a "b"\n'] });
    await all;

    expect(
      lines.map((line) => line.replace(/^\S+ \[0 (?:lua|127\.0\.0\.1:\d+)\] /, (start) => (start.includes('lua') ? 'lua ' : ''))),
    ).toEqual(expect.arrayContaining(['lua "SET" "k" "a \\"b\\"\\n"', '"PING"']));
    client.destroy();
    monitor.destroy();
  });

  test('answer an error that names an unknown command, option or path feature', async () => {
    const client = await connected(redis, { RESP });
    await client.json.set('doc', '$', {});

    await expect(client.sendCommand(['BLPOP', 'x', '0'])).rejects.toThrow("unknown command 'BLPOP'");
    await expect(client.sendCommand(['FT.AGGREGATE', 'x', '*'])).rejects.toThrow("unknown command 'FT.AGGREGATE'");
    await expect(client.sendCommand(['FT.SEARCH', 'x', '*', 'VERBATIM'])).rejects.toThrow('VERBATIM');
    await expect(client.sendCommand(['CLIENT', 'PAUSE', '1'])).rejects.toThrow("unknown subcommand 'PAUSE'");
    await expect(client.sendCommand(['CONFIG', 'SET', 'hz', '5'])).rejects.toThrow("'hz'");
    await expect(client.sendCommand(['JSON.SET', 'doc', '$', 'x', 'FORMAT', 'BSON'])).rejects.toThrow('BSON');
    await expect(client.sendCommand(['JSON.GET', 'doc', '$.length()'])).rejects.toThrow('$.length ---->>>> ()');
    client.destroy();
  });
});

describe('a cluster', () => {
  test('spreads keys over its nodes, redirects, and refuses requests across slots', async () => {
    await using redis = await startEmbeddedRedis({ cluster: { masters: 3, replicas: 1 } });
    expect(redis.addresses).toHaveLength(6);
    const cluster = createCluster({ rootNodes: [{ url: redis.url }], useReplicas: true });
    await cluster.connect();

    const keys = Array.from({ length: 30 }, (_, index) => `key:${index}`);
    await Promise.all(keys.map((key) => cluster.json.set(key, '$', { key })));
    await expect(Promise.all(keys.map((key) => cluster.json.get(key)))).resolves.toEqual(keys.map((key) => ({ key })));
    expect(cluster.masters).toHaveLength(3);
    const sizes = await Promise.all(cluster.masters.map(async (node) => (await cluster.nodeClient(node)).dbSize()));
    expect(sizes.reduce((sum, size) => sum + size)).toBe(30);
    expect(Math.min(...sizes)).toBeGreaterThan(0);

    const direct = await createClient({ url: redis.url }).connect();
    await expect(direct.sendCommand(['MSET', 'a', '1', 'b', '2'])).rejects.toThrow('CROSSSLOT');
    const replies = await Promise.allSettled(keys.map((key) => direct.get(key)));
    expect(replies.some((reply) => reply.status === 'rejected' && String(reply.reason).includes('MOVED'))).toBe(true);
    await expect(direct.sendCommand(['SELECT', '1'])).rejects.toThrow('SELECT is not allowed in cluster mode');
    direct.destroy();
    cluster.destroy();
  });

  test('keeps a transaction and a script within one slot', async () => {
    await using redis = await startEmbeddedRedis({ cluster: { masters: 2 } });
    const cluster = createCluster({ rootNodes: [{ url: redis.url }] });
    await cluster.connect();

    await expect(cluster.multi().set('{u}a', '1').incr('{u}a').exec()).resolves.toEqual(['OK', 2]);
    await expect(cluster.eval('return redis.call("GET", KEYS[1])', { keys: ['{u}a'] })).resolves.toBe('2');
    cluster.destroy();
  });
});

const COMMAND_LINE = [require.resolve('tsx/cli'), resolve(__dirname, '../../../src/embedded/command-line.ts')];

test.each([
  [['--prot', '5'], "Unknown option '--prot'"],
  [['--port', 'abc'], "--port takes a whole number from 0 to 65535, found 'abc'"],
  [['--port', '65536'], "--port takes a whole number from 0 to 65535, found '65536'"],
  [['--databases', '0'], "--databases takes a whole number from 1 to 10000, found '0'"],
  [['--masters', '0'], "--masters takes a whole number from 1 to 1000, found '0'"],
  [['--replicas', '1'], '--replicas says how many each master of a cluster has; add --masters 3'],
])('the command line says what is wrong with %p, and what it takes', (words, problem) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...COMMAND_LINE, ...words], { encoding: 'utf8', timeout: 30_000 });

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.split('\n')[0]).toBe(`redatom-server: ${problem}`);
  expect(stderr).toContain('--port <number>       default 6379');
});

test('the command line shows its options, and does not report a port in use as a wrong option', async () => {
  await using redis = await startEmbeddedRedis();
  const run = (...words: string[]): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, [...COMMAND_LINE, ...words], { encoding: 'utf8', timeout: 30_000 });

  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--masters <number>') as string, stderr: '' });
  expect(run('--port', String(redis.port))).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^redatom-server: .*EADDRINUSE.*\n$/) as string,
  });
});

test('the command line starts a server that ends on request', async () => {
  const program = execFile(process.execPath, [...COMMAND_LINE, '--port', '0']);
  const [line] = (await once(program.stdout as NodeJS.ReadableStream, 'data')) as [string];
  const port = /:(\d+);/.exec(line)?.[1];

  const client = await createClient({ url: `redis://127.0.0.1:${port}` }).connect();
  await expect(client.ping()).resolves.toBe('PONG');
  client.destroy();
  program.kill('SIGTERM');
  await once(program, 'exit');
});
