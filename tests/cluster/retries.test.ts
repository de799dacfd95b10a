import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { BatchClient, BatchConnectionError, BatchError, Batch, ClusterBatch, type RetryStrategy } from 'redatom/batch';
import { PipelineOperations, type CommandPipe } from 'redatom/service';
import { openClient } from '../support/clients';
import { slotOf } from '../../src/path/slot';
import { errorCount } from '../support/error-count';
import { startServer } from '../support/servers';
import type { TcpProxy } from '../support/tcp-proxy';
import { connectThroughProxies, type ProxiedCluster } from './support/proxied-cluster';
import { serverOf } from './support/server-of';
import { useCluster } from './support/use-cluster';

const TAG = '{retry}';
const SLOT = slotOf(TAG);
const OWNER = serverOf(TAG);
const TARGET = (OWNER + 1) % 3;

const refusedWith = (reply: string): unknown => expect.objectContaining({ code: 'REDIS_SERVICE', reply }) as unknown;

const at = useCluster();

describe('what may be sent again', () => {
  const exec = (batch: ClusterBatch, retryStrategy?: RetryStrategy) =>
    new BatchClient(at.client).exec(batch, false, { ...(retryStrategy === undefined ? {} : { retryStrategy }) });

  /** How often the servers have answered with this error so far. */
  async function countOf(error: string): Promise<number> {
    const infos = await Promise.all([0, 1, 2].map((server) => at.cluster.ask(server, 'INFO', 'errorstats')));
    return infos.reduce<number>((sum, info) => sum + errorCount(info, error), 0);
  }

  let isMoving = false;

  /** Begins to move the slot, and already moves some of its keys. */
  async function beginMove(...moved: string[]): Promise<void> {
    isMoving = true;
    const [from, to] = [OWNER, TARGET];
    const [source, target] = (await Promise.all([from, to].map((server) => at.cluster.ask(server, 'CLUSTER', 'MYID')))) as [string, string];
    await at.cluster.ask(to, 'CLUSTER', 'SETSLOT', String(SLOT), 'IMPORTING', source);
    await at.cluster.ask(from, 'CLUSTER', 'SETSLOT', String(SLOT), 'MIGRATING', target);
    const { port } = new URL(at.cluster.urls[to] as string);
    if (moved.length > 0) await at.cluster.ask(from, 'MIGRATE', '127.0.0.1', port, '', '0', '5000', 'KEYS', ...moved);
  }

  async function endMove(): Promise<void> {
    isMoving = false;
    await at.cluster.moveSlot(SLOT, OWNER, TARGET);
  }

  beforeEach(async () => {
    await at.client.mSet([
      [`${TAG}a`, '1'],
      [`${TAG}b`, '2'],
    ]);
  });
  afterEach(async () => {
    if (isMoving) await endMove();
    await at.cluster.moveSlot(SLOT, TARGET, OWNER);
  });

  describe('by a batch that is not atomic, while the keys of one command are on two servers', () => {
    test('nothing without retryServerError: the refusal stays in its place', async () => {
      await beginMove(`${TAG}a`);
      const before = await countOf('TRYAGAIN');

      const results = await exec(new ClusterBatch(false).mGet([`${TAG}a`, `${TAG}b`]).incr('elsewhere'), { retryConnectionError: true });

      expect(results).toEqual([refusedWith('TRYAGAIN'), expect.any(Number)]);
      expect(await countOf('TRYAGAIN')).toBe(before + 1);
    });

    test('with retryServerError the command alone, until the server can', async () => {
      await beginMove(`${TAG}a`);
      const before = await countOf('TRYAGAIN');
      await at.client.del('{other}count');

      const running = exec(new ClusterBatch(false).incr('{other}count').mGet([`${TAG}a`, `${TAG}b`]), { retryServerError: true });
      await sleep(150);
      await endMove();

      await expect(running).resolves.toEqual([1, ['1', '2']]);
      expect(await at.client.get('{other}count')).toBe('1');
      expect(await countOf('TRYAGAIN')).toBeGreaterThan(before + 1);
    });

    test('not for ever: at last the refusal stands in its place', async () => {
      await beginMove(`${TAG}a`);
      const before = await countOf('TRYAGAIN');

      await expect(exec(new ClusterBatch(false).mGet([`${TAG}a`, `${TAG}b`]), { retryServerError: true })).resolves.toEqual([
        refusedWith('TRYAGAIN'),
      ]);
      expect(await countOf('TRYAGAIN')).toBe(before + 17);
    });
  });

  describe('by a transaction while its slot moves', () => {
    test('all of it to where ASK points, and nothing twice', async () => {
      await beginMove(`${TAG}a`, `${TAG}b`);
      const before = await countOf('ASK');

      await expect(exec(new ClusterBatch(true).incr(`${TAG}a`).incrBy(`${TAG}b`, 5).get(`${TAG}a`))).resolves.toEqual([2, 7, '2']);
      await expect(new PipelineOperations(at.client).transact((pipe) => pipe.incr(`${TAG}a`))).resolves.toEqual([3]);

      // One for each command: the client does not ask where the slot lies, since it has not moved yet.
      expect(await countOf('ASK')).toBe(before + 4);
      await endMove();
      expect(await at.client.mGet([`${TAG}a`, `${TAG}b`])).toEqual(['3', '7']);
    });

    test('all of it when its keys are on two servers, once they are together again', async () => {
      await beginMove(`${TAG}a`);

      const running = exec(new ClusterBatch(true).incr(`${TAG}b`).incr(`${TAG}a`));
      await sleep(150);
      await endMove();

      await expect(running).resolves.toEqual([3, 2]);
      expect(await at.client.mGet([`${TAG}a`, `${TAG}b`])).toEqual(['2', '3']);
    });

    test('nothing of it when they stay apart: it is refused as a whole', async () => {
      await beginMove(`${TAG}a`);

      const refused = exec(new ClusterBatch(true).incr(`${TAG}b`).incr(`${TAG}a`));

      await expect(refused).rejects.toBeInstanceOf(BatchError);
      await endMove();
      expect(await at.client.mGet([`${TAG}a`, `${TAG}b`])).toEqual(['1', '2']);
    });
  });

  const [a, b] = [`${TAG}a`, `${TAG}b`];
  const operations = () => new PipelineOperations(at.client);

  /** Ends the move when a server has refused something for the moment. */
  async function endMoveOnceRefused(): Promise<void> {
    const before = await countOf('TRYAGAIN');
    while ((await countOf('TRYAGAIN')) === before) await sleep(5);
    await endMove();
  }

  test('a script, until its keys are together again; it runs once', async () => {
    await beginMove(a);
    const ending = endMoveOnceRefused();

    const script = "return { redis.call('INCR', KEYS[1]), redis.call('INCR', KEYS[2]) }";
    await expect(operations().evalScript(script, [a, b])).resolves.toEqual([2, 3]);
    await ending;
  });

  test('nothing over a client of one server, which cannot follow a redirection', async () => {
    await beginMove();
    const elsewhere = createClient({ url: at.cluster.urls[TARGET] as string });
    await elsewhere.connect();
    const batches = new BatchClient(elsewhere);
    const before = await countOf('MOVED');

    await expect(batches.exec(new Batch(false).incr(a), false)).resolves.toEqual([refusedWith('MOVED')]);
    await expect(batches.exec(new Batch(true).incr(a), false)).rejects.toMatchObject({ code: 'BATCH', reply: 'MOVED' });
    const watched = new PipelineOperations(elsewhere).transact((pipe) => pipe.incr(a), { watch: [a], retries: 3 });
    await expect(watched).rejects.toMatchObject({ reply: 'MOVED' });

    expect(await countOf('MOVED')).toBe(before + 3);
    elsewhere.destroy();
  });

  describe('by a transaction that watches keys while their slot moves', () => {
    test('not what has moved meanwhile, unless the builder may run again', async () => {
      const moves = [
        [OWNER, TARGET],
        [TARGET, OWNER],
      ] as const;
      const build = jest.fn(async (pipe: CommandPipe) => {
        const move = moves[build.mock.calls.length - 1];
        if (move !== undefined) await at.cluster.moveSlot(SLOT, ...move);
        pipe.incr(a);
      });

      await expect(operations().transact(build, { watch: [a] })).rejects.toMatchObject({ code: 'TRANSACTION_ABORTED' });
      await expect(operations().transact(build, { watch: [a], retries: 1 })).resolves.toEqual([2]);

      expect(build).toHaveBeenCalledTimes(3);
      await endMove();
    });

    test('all of it to where ASK points, watched there', async () => {
      await beginMove(a, b);

      await expect(operations().transact((pipe) => pipe.incr(a).incr(b), { watch: [a, b] })).resolves.toEqual([2, 3]);
      const changed = operations().transact(async (pipe) => (await at.client.incr(a), pipe.incr(b)), { watch: [a] });
      await expect(changed).rejects.toMatchObject({ code: 'TRANSACTION_ABORTED' });

      await endMove();
      expect(await at.client.mGet([a, b])).toEqual(['3', '3']);
    });

    test('what watches, until the keys are together again; the builder runs once', async () => {
      await beginMove(a);
      const build = jest.fn((pipe: CommandPipe) => pipe.incr(a).incr(b));
      const ending = endMoveOnceRefused();

      await expect(operations().transact(build, { watch: [a, b] })).resolves.toEqual([2, 3]);
      await ending;
      expect(build).toHaveBeenCalledTimes(1);
    });

    test('not what was watched for a transaction that was refused, unless the builder may run again', async () => {
      await beginMove(a);
      const both = (pipe: CommandPipe) => pipe.mSet([a, '7', b, '8']);
      const refused = operations().transact(both, { watch: [b] });
      await expect(refused).rejects.toMatchObject({ code: 'BATCH', reply: 'TRYAGAIN' });

      const ending = endMoveOnceRefused();
      await expect(operations().transact(both, { watch: [b], retries: 1000 })).resolves.toEqual(['OK']);
      await ending;
    });
  });
});

describe('when connections to a cluster break', () => {
  let through: ProxiedCluster;
  const proxyOf = (server: number): TcpProxy => through.proxies[server] as TcpProxy;

  beforeEach(async () => {
    through = await connectThroughProxies(at.cluster.urls);
    await at.client.del(TAG);
  });
  afterEach(() => through.close());

  const cutAfter = (text: string): Promise<void> => proxyOf(OWNER).onRequest(text, 'cut after');

  test('a write whose reply was lost is not sent again, and the others have their replies', async () => {
    const cut = cutAfter('INCR');
    const results = await new BatchClient(through.client).exec(new ClusterBatch(false).incr(TAG).set('elsewhere', '1'), false);
    await cut;
    expect(results).toEqual([expect.objectContaining({ code: 'OUTCOME_UNKNOWN', command: 'INCR' }), 'OK']);
    expect(await at.client.get(TAG)).toBe('1');
  });

  test('nor is it with retryServerError', async () => {
    void cutAfter('INCR');
    const run = new BatchClient(through.client).exec(new ClusterBatch(false).incr(TAG), true, {
      retryStrategy: { retryServerError: true },
    });
    await expect(run).rejects.toBeInstanceOf(BatchConnectionError);
    expect(await at.client.get(TAG)).toBe('1');
  });

  test('a command that was redirected and has no reply when the time is over may have been applied', async () => {
    await at.cluster.moveSlot(SLOT, OWNER, TARGET);
    const swallowed = proxyOf(TARGET).onRequest('INCR', 'swallow reply');
    const run = new BatchClient(through.client).exec(new ClusterBatch(false).incr(TAG), false, { timeoutMs: 2000 });
    await expect(run).rejects.toMatchObject({ code: 'BATCH_CONNECTION', maybeApplied: true });
    await swallowed;
    await at.cluster.moveSlot(SLOT, TARGET, OWNER);
    expect(await at.client.get(TAG)).toBe('1');
  });

  test('with retryConnectionError it is sent again, and may be applied twice', async () => {
    void cutAfter('INCR');
    const run = new BatchClient(through.client).exec(new ClusterBatch(false).incr(TAG).set('elsewhere', '1'), true, {
      retryStrategy: { retryConnectionError: true },
    });
    await expect(run).resolves.toEqual([2, 'OK']);
    expect(await at.client.get(TAG)).toBe('2');
  });
});

test('retryServerError sends again what a replica without its primary refuses', async () => {
  const server = await startServer({ args: ['--replica-serve-stale-data', 'no'] });
  const client = await openClient(server.url);
  try {
    await client.set('k', 'v');
    await client.sendCommand(['REPLICAOF', '127.0.0.1', '1']);
    const read = (retryStrategy: RetryStrategy) => new BatchClient(client).exec(new Batch(false).get('k').ping(), false, { retryStrategy });
    await expect(read({})).resolves.toEqual([refusedWith('MASTERDOWN'), expect.anything()]);

    const running = read({ retryServerError: true });
    await sleep(100);
    await client.sendCommand(['REPLICAOF', 'NO', 'ONE']);

    await expect(running).resolves.toEqual(['v', 'PONG']);
  } finally {
    client.destroy();
    await server.stop();
  }
});

test('a transaction is known not to be applied when it is given up between two refusals of such a replica', async () => {
  const server = await startServer({ args: ['--replica-serve-stale-data', 'no', '--replica-read-only', 'no'] });
  const client = await openClient(server.url);
  try {
    await client.sendCommand(['REPLICAOF', '127.0.0.1', '1']);
    const abort = new AbortController();
    const running = new BatchClient(client).exec(new Batch(true).set('k', 'v'), false, { signal: abort.signal });
    const refused = expect(running).rejects.toMatchObject({ code: 'BATCH_CONNECTION', maybeApplied: false });
    // The pauses grow, so after some refusals the transaction is in one of them.
    const refusals = async (): Promise<number> => errorCount(await client.info('errorstats'), 'MASTERDOWN');
    while ((await refusals()) < 6) await sleep(5);

    abort.abort();

    await refused;
    await client.sendCommand(['REPLICAOF', 'NO', 'ONE']);
    expect(await client.get('k')).toBeNull();
  } finally {
    client.destroy();
    await server.stop();
  }
});
