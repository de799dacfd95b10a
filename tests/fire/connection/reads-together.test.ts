import { connect } from 'redatom';
import { Ledger } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';
import { INIT, outcomeOf, SLACK_MS } from '../support/verbs';

describeOnOwnServers('reads that travel together', (server) => {
  const NAMES = ['one', 'two', 'three', 'four'];

  beforeEach(async () => {
    await server().send('FLUSHALL');
    const database = await connect(server().url, { models: [Ledger] });
    for (const name of NAMES) await Ledger.create({ ...INIT, name });
    await database.close();
  });

  test('a user who may only read documents one by one gets them one by one', async () => {
    const database = await connect(await server().urlFor('single', '+@all', '-json.mget'), { models: [Ledger] });

    const read = await Promise.all(NAMES.map((name) => Ledger.get(name)));

    expect(read.map(({ pk }) => pk)).toEqual(NAMES);
    await database.close();
  });

  test('each ends in time when the server is silent, and names its own document', async () => {
    const TIMEOUT_MS = 1000;
    const database = await connect({ url: server().url, timeoutMs: TIMEOUT_MS }, { models: [Ledger] });
    await Ledger.get('one');
    await server().server.kill('SIGSTOP');

    const failures = NAMES.map((name) => Ledger.get(name).catch((error: unknown) => error));
    const { ms } = await outcomeOf(Promise.all(failures));
    await server().server.kill('SIGCONT');

    expect(ms).toBeLessThan(2 * TIMEOUT_MS + SLACK_MS);
    expect(await Promise.all(failures)).toMatchObject(
      NAMES.map((name) => ({ code: 'REDIS_CONNECTION', key: `Ledger:${name}`, model: 'Ledger', command: 'get' })),
    );
    await database.close();
  });
});
