import { once } from 'node:events';
import { connect as connectSocket, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, RedisServiceError } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import { Pool, RedisTree, root } from 'redatom/tree';
import { createClient } from 'redis';
import { describeOnEveryServer } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { User } from '../../support/user';

interface OtherServer {
  readonly url: string;
  /** The open connections to it. */
  readonly open: ReadonlySet<Socket>;
  readonly close: () => void;
}

/** A proxy that renames `commands` on their way to the server, as if it had not loaded the module they belong to. */
async function withoutCommands(url: string, commands: readonly string[]): Promise<OtherServer> {
  const target = new URL(url);
  const open = new Set<Socket>();
  const listener: Server = createServer((client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    const server = connectSocket(Number(target.port), target.hostname);
    client.on('data', (data) => {
      let text = data.toString('latin1');
      for (const command of commands) text = text.replaceAll(command, `X${command.slice(1)}`);
      server.write(text, 'latin1');
    });
    server.pipe(client);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('close', () => other.destroy()).on('error', () => other.destroy());
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const through = new URL(target);
  through.port = String((listener.address() as AddressInfo).port);
  return { url: through.href, open, close: () => listener.close() };
}

describeOnEveryServer('a server with another JSON module', 'it stands before one server', (backend) => {
  const refusal = errorWith({
    code: 'REDIS_SERVICE',
    command: 'connect',
    message: expect.stringMatching(/^the JSON commands of the server are not those of RedisJSON .* connect to Redis 8 or later/) as string,
  });

  const toClose: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close();
  });

  async function start(missing: readonly string[]): Promise<OtherServer> {
    const other = await withoutCommands(backend.url, missing);
    toClose.push(other.close);
    return other;
  }

  test('is refused before anything is written, and its connection is closed', async () => {
    const { url, open } = await start(['JSON.MERGE']);

    await expect(connect(url, { models: [User] })).rejects.toThrow(refusal);

    while (open.size > 0) await sleep(1);
  });

  test('is refused over a client, which stays open', async () => {
    const { url } = await start(['JSON.MERGE']);
    const client = await createClient({ url }).connect();
    toClose.push(() => client.destroy());

    await expect(connect(client, { models: [User] })).rejects.toThrow(refusal);

    expect(await client.ping()).toBe('PONG');
  });

  test('is refused by a tree', async () => {
    const { url } = await start(['JSON.MERGE']);
    const tree = new RedisTree({ client: url, namespace: 'other' });
    toClose.push(() => tree.close());

    await expect(tree.root().set('a', 1)).rejects.toThrow(refusal);
  });

  test('is refused by the pool of trees', async () => {
    const { hostname, port } = new URL((await start(['JSON.MERGE'])).url);
    const pool = Pool.instance();
    await pool.reload({ host: hostname, port: Number(port) });
    toClose.push(() => pool.close());

    await expect(root().set('a', 1)).rejects.toThrow(refusal);
  });

  test('one without any can still run batches', async () => {
    const { url } = await start(['JSON.MERGE', 'JSON.GET', 'JSON.SET']);
    const db = await connect(url, { models: [User] });
    toClose.push(() => db.close());

    expect(await new BatchClient(db).exec(new Batch(false).set('text', 'x').get('text'), true)).toEqual(['OK', 'x']);
    await expect(User.find('ada')).rejects.toThrow(RedisServiceError);
  });

  test('is asked for once, with the connection', async () => {
    const sent = await backend.commandsSent(async () => (await connect(backend.url)).close());

    expect(sent.filter((name) => name.startsWith('JSON'))).toEqual(['JSON.MERGE']);
  });
});
