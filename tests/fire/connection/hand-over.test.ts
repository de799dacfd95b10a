import { connect, type Database } from 'redatom';
import { commit } from '../../../src/lua/catalog.generated';
import { TcpProxy, type Fault } from '../../support/tcp-proxy';
import { Ledger } from '../support/models';
import { describeOnOwnServers } from '../support/own-servers';
import { CONNECTION_TIMEOUT_MS, INIT } from '../support/verbs';

const LONG = { saveAtEnd: true, ttlMs: 60_000 } as const;

describeOnOwnServers('a connection that fails while a lock is handed over', (server) => {
  let proxy: TcpProxy;
  let database: Database;

  beforeEach(async () => {
    await server().send('FLUSHALL');
    proxy = await TcpProxy.start(server().url);
    database = await connect({ url: proxy.url, timeoutMs: CONNECTION_TIMEOUT_MS }, { models: [Ledger] });
    const ledger = await Ledger.create(INIT);
    await ledger.pipeline(({ commits }) => commits.add(1));
  });
  afterEach(async () => {
    await database.close();
    await proxy.close();
  });

  test.each<[Fault, number]>([
    ['cut before', 10],
    ['cut during', 10],
    ['cut after', 11],
    ['swallow reply', 11],
  ])('%s: the next task has the lock long before a lease ends, and sees the truth', async (fault, total) => {
    const happens = proxy.onRequest(commit.sha1, fault);
    const first = Ledger.withLockFromKey(INIT.name, 'work', (ledger) => void ledger.total.add(1), LONG);
    const heir = Ledger.withLockFromKey(INIT.name, 'work', (ledger) => void ledger.total.add(10), { ...LONG, waitMs: 10_000 });

    await expect(first).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await happens;
    await heir;

    expect((await Ledger.get(INIT.name)).total.value - INIT.total).toBe(total);
    expect(await server().send('EXISTS', `{Ledger:${INIT.name}}/work:lock`)).toBe(0);
  });
});
