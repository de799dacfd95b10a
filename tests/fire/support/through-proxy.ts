import { connect, type Database } from 'redatom';
import { TcpProxy } from '../../support/tcp-proxy';
import { Ledger } from './models';
import type { OwnServer } from './own-servers';
import { untilConnected } from './until-connected';
import { CONNECTION_TIMEOUT_MS, INIT } from './verbs';

/** A connection that the test may cut, and a ledger that was stored over it. */
export interface ThroughProxy extends AsyncDisposable {
  readonly proxy: TcpProxy;
  readonly database: Database;
  readonly ledger: Ledger;
}

/** Empties the server and connects to it through a proxy. */
export async function connectThroughProxy(server: OwnServer, timeoutMs = CONNECTION_TIMEOUT_MS): Promise<ThroughProxy> {
  await server.send('FLUSHALL');
  const proxy = await TcpProxy.start(server.url);
  const database = await untilConnected(() => connect({ url: proxy.url, timeoutMs }, { models: [Ledger] }));
  return {
    proxy,
    database,
    ledger: await Ledger.create(INIT),
    async [Symbol.asyncDispose]() {
      proxy.letAnswersGo();
      await database.close();
      await proxy.close();
    },
  };
}
