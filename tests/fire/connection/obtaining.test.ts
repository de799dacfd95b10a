import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'redatom';
import { BatchClient, Batch } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { openClient, openPool, type OpenPool } from '../../support/clients';
import { TcpProxy } from '../../support/tcp-proxy';
import { Ledger } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';
import { INIT } from '../support/verbs';

const HANG_MS = 10_000;
const NOT_SENT = { code: 'BATCH_CONNECTION', maybeApplied: false };

describeOnOwnServers('a batch whose time is over before it has a connection', (server) => {
  let pool: OpenPool;
  let busy: Promise<unknown>;

  beforeEach(async () => {
    await server().send('FLUSHALL');
    pool = await openPool(server().url, { minimum: 1, maximum: 1, acquireTimeout: 0 });
    busy = pool.execute((client) => client.sendCommand(['BLPOP', 'work', '0']));
  });
  afterEach(async () => {
    await server().send('RPUSH', 'work', 'done');
    await busy;
    pool.destroy();
  });

  const increase = (isAtomic: boolean): Batch => new Batch(isAtomic).incr('k').incr('k');
  const ways: [string, (limits: { timeoutMs?: number; signal?: AbortSignal }) => Promise<unknown>][] = [
    ['exec', (limits) => new BatchClient(pool).exec(increase(false), true, limits)],
    ['an atomic exec', (limits) => new BatchClient(pool).exec(increase(true), true, limits)],
    ['execute', (limits) => new PipelineOperations(pool).execute(increase(false), limits)],
    ['transact', (limits) => new PipelineOperations(pool).transact(increase(true), limits)],
  ];

  test.each(ways)(
    '%s ends, runs nothing, and keeps no connection',
    async (_, run) => {
      await expect(run({ timeoutMs: 50 })).rejects.toMatchObject(NOT_SENT);
      await expect(run({ signal: AbortSignal.timeout(50) })).rejects.toMatchObject(NOT_SENT);
      await expect(run({ signal: AbortSignal.abort() })).rejects.toMatchObject(NOT_SENT);

      await server().send('RPUSH', 'work', 'done');
      await expect(new BatchClient(pool).exec(new Batch(false).get('k'), true)).resolves.toEqual([null]);
      busy = pool.execute((client) => client.sendCommand(['BLPOP', 'work', '0']));
    },
    HANG_MS,
  );

  test(
    'a verb ends as well, was not done, and its instance is as it was',
    async () => {
      await server().send('JSON.SET', 'Ledger:one', '$', JSON.stringify(INIT));
      await using _database = await connect(pool, { models: [Ledger] });
      const ledger = Ledger.build(INIT);

      await expect(ledger.total.increase(1, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
      await expect(ledger.save({ signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });

      expect(ledger.isStale).toBe(false);
      await server().send('RPUSH', 'work', 'done');
      expect((await Ledger.get('one')).total.value).toBe(INIT.total);
      busy = pool.execute((client) => client.sendCommand(['BLPOP', 'work', '0']));
    },
    HANG_MS,
  );

  test(
    'transact with watched keys ends as well',
    async () => {
      const run = new PipelineOperations(pool).transact(increase(true), { watch: ['k'], timeoutMs: 50 });
      await expect(run).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    },
    HANG_MS,
  );
});

describeOnOwnServers('transact with watched keys on a server that is silent', (server) => {
  test.each([
    ['timeoutMs', () => ({ timeoutMs: 100 })],
    ['signal', () => ({ signal: AbortSignal.timeout(100) })],
  ])(
    '%s ends it, and its connection',
    async (_, limits) => {
      await using proxy = await TcpProxy.start(server().url);
      const client = await openClient(proxy.url);
      const operations = new PipelineOperations(client);
      proxy.holdAnswers();

      const run = operations.transact((pipe) => void pipe.incr('k'), { watch: ['k'], ...limits() });

      await expect(run).rejects.toMatchObject({ code: 'REDIS_CONNECTION', maybeApplied: false });
      while (proxy.connectionCount > 1) await sleep(5);
      client.destroy();
      expect(await server().send('GET', 'k')).toBeNull();
    },
    HANG_MS,
  );
});
