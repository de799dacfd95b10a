import { getEventListeners, getMaxListeners, once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OwnSockets } from '../../../src/executor/node-redis/own-sockets';

describe('the sockets of a client of ours', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer((socket) => socket.resume());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => server.close());

  test('leave nothing behind on the signal that ends them, however many there were', async () => {
    const { signal } = new OwnSockets().options();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const socket = connect({ host: '127.0.0.1', port, signal });
      await once(socket, 'connect');
      socket.destroy();
      await once(socket, 'close');
      await nextTurn();
    }

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('may be many at a time', async () => {
    const sockets = new OwnSockets();
    const { signal } = sockets.options();

    const open = Array.from({ length: 30 }, () => connect({ host: '127.0.0.1', port, signal }).on('error', () => undefined));
    await Promise.all(open.map((socket) => once(socket, 'connect')));
    await nextTurn();
    sockets.end();
    await nextTurn();

    expect(open.map(({ destroyed }) => destroyed)).toEqual(open.map(() => true));
    expect(getMaxListeners(signal)).toBe(Infinity);
  });

  test('end while they are being opened', async () => {
    const sockets = new OwnSockets();
    const socket = connect({ host: '127.0.0.1', port, ...sockets.options() });
    const closed = once(socket, 'close').catch((error: unknown) => error);
    sockets.end();

    expect(await closed).toMatchObject({ name: 'AbortError' });
    expect(socket.destroyed).toBe(true);
  });
});
