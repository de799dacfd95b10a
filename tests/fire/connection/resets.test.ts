import { Batch, BatchClient, BatchConnectionError } from 'redatom/batch';
import { describeOnOwnServers } from '../support/own-servers';
import { connectThroughProxy, type ThroughProxy } from '../support/through-proxy';
import { outcomeOf } from '../support/verbs';

/** In the sandbox of a test runner, Node's errors are not instances of the error classes that code in the sandbox sees. */
describeOnOwnServers('a connection that is reset', (server) => {
  let through: ThroughProxy;

  beforeEach(async () => {
    through = await connectThroughProxy(server());
  });
  afterEach(() => through[Symbol.asyncDispose]());

  const UNKNOWN = { code: 'OUTCOME_UNKNOWN' };

  test.each([
    ['a batch', false, {}],
    ['a batch with a time limit', false, { timeoutMs: 5_000 }],
    ['an atomic batch', true, {}],
    ['an atomic batch with a time limit', true, { timeoutMs: 5_000 }],
  ])('leaves it unknown what became of %s', async (_, isAtomic, options) => {
    const { proxy, database, ledger } = through;
    const batch = new Batch(isAtomic).rPush('log', 'one').add(ledger, () => ledger.log.append('two'));
    const happens = proxy.onRequest('RPUSH', 'reset after');

    const failed = await new BatchClient(database).exec(batch, true, options).catch((error: unknown) => error as BatchConnectionError);

    await happens;
    expect(failed).toBeInstanceOf(BatchConnectionError);
    expect(failed).toMatchObject({ maybeApplied: true, results: [UNKNOWN, UNKNOWN] });
    expect(ledger.isStale).toBe(true);
  });

  test('leaves it unknown what became of a verb', async () => {
    const { proxy, ledger } = through;
    void proxy.onRequest('JSON.ARRAPPEND', 'reset after');

    expect(await outcomeOf(ledger.log.aappend('three'))).toMatchObject(UNKNOWN);
  });
});
