import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connect, Model, NotConnectedError, type Database } from 'redatom';
import { describeOnEveryBackend, describeOnEveryServer } from '../../support/backends';
import { TcpProxy } from '../../support/tcp-proxy';
import { User } from '../../support/user';

@Model({ connection: 'passing', prefix: 'User' })
class Passing extends User {}

@Model({ prefix: 'User' })
class Slow extends User {}

/** Collects everything that can no longer be reached. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 10; round += 1) {
    await turn();
    collect();
  }
}

describeOnEveryBackend('a connection with a name that was closed', (backend) => {
  test('is kept in memory by nobody, and its models still say that it was closed', async () => {
    const closed = async (): Promise<WeakRef<object>> => {
      const db = await connect(await backend.target(), { name: 'passing' });
      await Passing.exists('ada');
      await db.close();
      return new WeakRef(db);
    };
    const ref = await closed();

    await collectGarbage();

    expect(ref.deref()).toBeUndefined();
    await expect(Passing.exists('ada')).rejects.toThrow(NotConnectedError);
    await expect(Passing.exists('ada')).rejects.toThrow('the connection of Passing was closed');
  });

  test('leaves its name to the one that has it now', async () => {
    const first = await connect(await backend.target(), { name: 'passing' });
    const second = await connect(await backend.target(), { name: 'passing' });

    await first.close();

    await expect(Passing.exists('ada')).resolves.toBe(false);
    await second.close();
  });
});

describeOnEveryServer('closing a connection', 'a proxy counts what one server is connected to', (backend) => {
  afterEach(() => jest.restoreAllMocks());

  test('leaves no connection and no timer, and makes none any more', async () => {
    const timeoutMs = 54_321;
    const set = jest.spyOn(globalThis, 'setTimeout');
    const cleared = jest.spyOn(globalThis, 'clearTimeout');
    const proxy = await TcpProxy.start(backend.url);
    const db = await connect({ url: proxy.url, timeoutMs });
    await db.executor.subscribe('news', () => undefined);
    expect(proxy.connectionCount).toBe(2);

    await db.close();

    const timers = set.mock.results.filter((_, call) => set.mock.calls[call]?.[1] === timeoutMs);
    expect(timers).toHaveLength(3);
    for (const { value } of timers) expect(cleared.mock.calls.map(([timer]) => timer)).toContain(value);
    await expect(db.executor.subscribe('news', () => undefined)).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    while (proxy.connectionCount > 0) await turn();
    await proxy.close();
  });

  const needs: [string, string, (db: Database) => Promise<unknown>][] = [
    ['calls', 'EXISTS', () => Slow.exists('ada')],
    ['messages', 'more', (db) => db.executor.subscribe('more', () => undefined)],
  ];

  test.each(needs)('leaves none that is being made anew for %s', async (_, request, send) => {
    const proxy = await TcpProxy.start(backend.url);
    const db = await connect(proxy.url, { models: [Slow] });
    await db.executor.subscribe('news', () => undefined);
    void proxy.onRequest(request, 'cut before');
    await expect(send(db)).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });

    await db.close();

    await sleep(200);
    expect(proxy.connectionCount).toBe(0);
    await proxy.close();
  });

  test('is done for a connection that could not be opened in time', async () => {
    const proxy = await TcpProxy.start(backend.url);
    const { url } = proxy;
    await proxy.goAway();

    await expect(connect({ url, timeoutMs: 50 })).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });

    await proxy.comeBack();
    await sleep(500);
    expect(proxy.connectionCount).toBe(0);
    await proxy.close();
  });
});

describeOnEveryServer('closing a connection twice', 'a proxy holds its answers back', (backend) => {
  test('resolves both times only when it is closed', async () => {
    const proxy = await TcpProxy.start(backend.url);
    const db = await connect(proxy.url, { models: [Slow] });
    const ended: string[] = [];
    proxy.holdAnswers();
    const read = Slow.exists('ada').then(() => ended.push('read'));

    const closing = [db.close(), db.close()].map((closed) => closed.then(() => ended.push('closed')));
    await turn();
    proxy.letAnswersGo();
    await Promise.all([read, ...closing]);

    expect(ended).toEqual(['read', 'closed', 'closed']);
    await proxy.close();
  });
});
