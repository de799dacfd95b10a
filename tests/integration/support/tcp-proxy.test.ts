import { setTimeout as sleep } from 'node:timers/promises';
import { openClient, type OpenClient } from '../../support/clients';
import { describeOnEveryServer } from '../../support/backends';
import { TcpProxy } from '../../support/tcp-proxy';

const ONCE = { socket: { reconnectStrategy: false } } as const;

describeOnEveryServer('TcpProxy', 'a proxy stands before one', (backend) => {
  let proxy: TcpProxy;
  let client: OpenClient;

  beforeEach(async () => {
    proxy = await TcpProxy.start(backend.url);
    client = await openClient(proxy.url, ONCE);
    await client.set('counter', '0');
  });

  afterEach(async () => {
    client.destroy();
    await proxy.close();
  });

  test('cuts before the server has seen a request', async () => {
    const cut = proxy.onRequest('INCR', 'cut before');
    await expect(client.incr('counter')).rejects.toThrow(/closed/i);
    await cut;
    await expect(backend.send('GET', 'counter')).resolves.toBe('0');
  });

  test('cuts after the server has run a request', async () => {
    const cut = proxy.onRequest('INCR', 'cut after');
    await expect(client.incr('counter')).rejects.toThrow(/closed/i);
    await cut;
    await expect(backend.send('GET', 'counter')).resolves.toBe('1');
  });

  test('swallows a reply and keeps the connection open', async () => {
    const swallowed = proxy.onRequest('INCR', 'swallow reply');
    const answer = client.incr('counter').catch(() => 'failed');
    await swallowed;
    await expect(Promise.race([answer, new Promise((done) => setTimeout(done, 100, 'silence'))])).resolves.toBe('silence');
    await expect(backend.send('GET', 'counter')).resolves.toBe('1');
    expect(proxy.connectionCount).toBe(1);
  });

  test('refuses connections and cuts those that are open, until it is told otherwise', async () => {
    proxy.refuseConnections();
    proxy.cutAll();
    await expect(openClient(proxy.url, ONCE)).rejects.toThrow();
    proxy.refuseConnections(false);
    const later = await openClient(proxy.url, ONCE);
    await expect(later.get('counter')).resolves.toBe('0');
    later.destroy();
  });

  test('keeps answers back while requests pass, and lets them go in their order', async () => {
    const order: number[] = [];
    proxy.holdAnswers();
    const answers = [1, 2, 3].map(async () => order.push(await client.incr('counter')));
    while ((await backend.send('GET', 'counter')) !== '3');
    await sleep(20);
    expect(order).toEqual([]);

    proxy.letAnswersGo();
    await Promise.all(answers);
    await client.incr('counter');

    expect(order).toEqual([1, 2, 3]);
  });

  test('lets everything else pass', async () => {
    void proxy.onRequest('DEL', 'cut before');
    const long = 'x'.repeat(1_000_000);
    await client.set('long', long);
    await expect(client.get('long')).resolves.toBe(long);
  });
});
