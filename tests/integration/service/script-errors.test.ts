import { Batch, BatchClient } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { describeOnEveryBackend, type RawClient } from '../../support/backends';

const failing = (reply: string): string => `redis.call('INCR', KEYS[1]); return redis.error_reply('${reply}')`;

/** Errors of scripts that look like those of a server that did nothing. */
const TEXTS = [
  'ASK manager for approval',
  'MOVED to archive',
  'TRYAGAIN stock is being counted',
  'LOADING dock is closed',
  'CLUSTERDOWN said the script',
  'MASTERDOWN said the script',
];

describeOnEveryBackend('an error of a script', (backend) => {
  let client: RawClient;
  let operations: PipelineOperations;
  beforeAll(async () => {
    client = (await backend.readyClient()) as RawClient;
    operations = new PipelineOperations(client);
  });
  beforeEach(async () => void (await client.del('{s}n')));

  const refusedWith = (reply: string): object => ({ reply: reply.split(' ', 1)[0] });
  const script = (reply: string) => (pipe: Batch) => pipe.eval(failing(reply), { keys: ['{s}n'], arguments: [] });

  test.each(TEXTS)('%j of evalScript is an answer, and what it wrote is written once', async (reply) => {
    await expect(operations.evalScript(failing(reply), ['{s}n'])).rejects.toMatchObject(refusedWith(reply));
    expect(await client.get('{s}n')).toBe('1');
  });

  const exact = ['MOVED 3999 127.0.0.1:1', 'ASK 3999 127.0.0.1:1', 'TRYAGAIN Multiple keys request during rehashing of slot'];

  test.each([...TEXTS, ...exact])('%j in a transaction does not run it again', async (reply) => {
    const run = operations.transact((pipe) => script(reply)(pipe.incr('{s}n') as unknown as Batch));
    await expect(run).rejects.toMatchObject({ results: [1, refusedWith(reply)] });
    expect(await client.get('{s}n')).toBe('2');
    const watched = operations.transact((pipe) => script(reply)(pipe as unknown as Batch), { watch: ['{s}n'], retries: 3 });
    await expect(watched).rejects.toMatchObject({ results: [refusedWith(reply)] });
    expect(await client.get('{s}n')).toBe('3');
  });

  test.each(TEXTS)('%j in a batch is not sent again, also when retryServerError is true', async (reply) => {
    const batch = script(reply)(new Batch(false));
    const options = { retryStrategy: { retryServerError: true } };
    await expect(new BatchClient(client).exec(batch, false, options)).resolves.toEqual([expect.objectContaining(refusedWith(reply))]);
    expect(await client.get('{s}n')).toBe('1');
  });

  test('that begins like the error for an unknown script does not run the script again', async () => {
    const own = failing('NOSCRIPT for this play');
    await backend.send('SCRIPT', 'LOAD', own);
    await expect(operations.evalScript(own, ['{s}n'])).rejects.toMatchObject({ reply: 'NOSCRIPT' });
    expect(await client.get('{s}n')).toBe('1');
  });
});
