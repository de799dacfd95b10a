import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { Batch, BatchClient } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { failureOf } from '../../support/failure-of';
import { describeOnOwnServers } from '../support/own-servers';

/** A call that is sent again while the server refuses it for the moment says why when its time is over. */
describeOnOwnServers('a server that goes on refusing for the moment', (server) => {
  let client: ReturnType<typeof createClient>;

  beforeAll(async () => {
    client = createClient({ url: server().url });
    client.on('error', () => undefined);
    await client.connect();
    await server().send('CONFIG', 'SET', 'replica-serve-stale-data', 'no');
    // Of a primary that does not exist.
    await server().send('REPLICAOF', '127.0.0.1', '1');
  });
  afterAll(() => client.destroy());

  /** Aborts when the pauses between the attempts have become so long that it happens in one of them. */
  async function giveUpBetweenAttempts(abort: AbortController): Promise<void> {
    const refusals = async (): Promise<number> =>
      Number(/errorstat_MASTERDOWN:count=(\d+)/.exec(await server().send<string>('INFO', 'errorstats'))?.[1] ?? 0);
    for (const before = await refusals(); (await refusals()) < before + 7;) await sleep(5);
    await sleep(20);
    abort.abort(new Error('enough'));
  }

  const retryStrategy = { retryServerError: true };

  test.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
    ['a transaction', (signal) => new BatchClient(client).exec(new Batch(true).get('x'), true, { signal })],
    ['a batch', (signal) => new BatchClient(client).exec(new Batch(false).get('x'), true, { signal, retryStrategy })],
    ['a script', (signal) => new PipelineOperations(client).evalScript("return redis.call('GET', KEYS[1])", ['x'], [], { signal })],
  ])('%s', async (_, run) => {
    const abort = new AbortController();
    const failure = failureOf(() => run(abort.signal));
    await giveUpBetweenAttempts(abort);

    const error = await failure;

    expect(error).toMatchObject({ code: 'BATCH_CONNECTION', maybeApplied: false });
    expect(error.message).toMatch(/^1 of 1 commands have no reply, .*: enough; .*MASTERDOWN Link with MASTER is down/);
  });
});
