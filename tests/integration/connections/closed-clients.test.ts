import { connect } from 'redatom';
import { Batch, BatchClient, type BatchTarget } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { describeOnEveryBackend, testOnOneServer, type Backend } from '../../support/backends';
import { openPool } from '../../support/clients';
import { User } from '../../support/user';

const notSent = { code: expect.stringMatching(/^(REDIS_CONNECTION|BATCH_CONNECTION)$/) as unknown };

/** Tries everything that could go to a server: a closed client sends none of it. */
async function expectNothingToBeSent(target: BatchTarget): Promise<void> {
  const batches = new BatchClient(target);
  const operations = new PipelineOperations(target);
  const set = new Batch(false).set('closed', 'x');
  const attempts = {
    batch: () => batches.exec(set, true),
    'atomic batch': () => batches.exec(new Batch(true).set('closed', 'x'), true),
    'command without a key': () => batches.exec(new Batch(false).echo('x'), true),
    'command for all servers': () => batches.exec(new Batch(false).scriptFlush(), true),
    'batch with a route': () => batches.exec(set, true, { route: { type: 'random' } }),
    execute: () => operations.execute((pipe) => pipe.set('closed', 'x')),
    transact: () => operations.transact((pipe) => pipe.set('closed', 'x')),
    'transaction that watches': () => operations.transact((pipe) => pipe.set('closed', 'x'), { watch: ['closed'] }),
    script: () => operations.evalScript("return redis.call('SET', KEYS[1], 'x')", ['closed']),
  };
  for (const [what, attempt] of Object.entries(attempts)) {
    const failure: unknown = await attempt().then(
      (value) => `${what} resolved to ${String(value)}`,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject(notSent);
    expect(String(failure)).toMatch(/closed/);
  }
}

async function expectKeyToBeMissing(backend: Backend): Promise<void> {
  expect(await backend.send('EXISTS', 'closed')).toBe(0);
}

describeOnEveryBackend('batches and transactions over what was closed', (backend) => {
  test('are refused by a client, and say that it is closed', async () => {
    const client = await backend.newClient();
    client.destroy();

    await expectNothingToBeSent(client);
    await expectKeyToBeMissing(backend);
  });

  test('are refused by a connection', async () => {
    const client = await backend.newClient();
    const db = await connect(client, { models: [User] });
    client.destroy();
    await expect(User.afindKeys()).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    await db.close();

    await expectNothingToBeSent(db);
    await expectKeyToBeMissing(backend);
  });

  testOnOneServer(backend, 'a pool is of connections to one')('are refused by a pool', async () => {
    const pool = await openPool(backend.url);
    await pool.close();

    await expectNothingToBeSent(pool);
    await expectKeyToBeMissing(backend);
  });
});
