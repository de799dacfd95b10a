import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quietClient } from '../../support/clients';
import { availableFlavours, startServer, type Server } from '../../support/servers';

const ROOT = resolve(__dirname, '../../..');

describe('startServer', () => {
  let flavours: string[] = [];
  const started: Server[] = [];

  beforeAll(async () => {
    flavours = await availableFlavours();
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
  });

  async function start(options: Parameters<typeof startServer>[0]): Promise<Server> {
    const server = await startServer(options);
    started.push(server);
    return server;
  }

  test('gives every available flavour with its JSON commands, and stop leaves nothing behind', async () => {
    expect(flavours.length).toBeGreaterThan(0);
    for (const flavour of flavours) {
      const server = await start({ flavour: flavour as Server['flavour'] });
      expect(await send(server.url, 'JSON.SET', 'a', '$', '{"b":1}')).toBe('OK');
      expect(server.flavour).toBe(flavour);

      await server.stop();
      await server.stop();

      await expect(isListening(server.port)).resolves.toBe(false);
      expect(server.dir === undefined || !existsSync(server.dir)).toBe(true);
    }
  });

  test('passes arguments and a password on, and keeps a folder that it was given', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'redatom-kept-'));
    const server = await start({ args: ['--maxmemory', '20mb'], password: 'pass:word', dir });

    expect(JSON.stringify(await send(server.url, 'CONFIG', 'GET', 'maxmemory'))).toContain('20971520');
    await expect(send(server.url.replace('pass', 'fail'), 'PING')).rejects.toThrow(/WRONGPASS/);
    await server.stop();

    expect(existsSync(dir)).toBe(true);
    rmSync(dir, { recursive: true });
  });

  test('restart keeps port and folder, after a kill as well', async () => {
    const server = await start({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    await send(server.url, 'SET', 'a', 'kept');
    const { pid, url } = server;

    await server.kill('SIGKILL');
    await expect(isListening(server.port)).resolves.toBe(false);
    await server.restart();

    expect(server.url).toBe(url);
    expect(server.pid).not.toBe(pid);
    await expect(send(url, 'GET', 'a')).resolves.toBe('kept');
  });

  test('a paused server answers again after SIGCONT, and stop ends one that is paused', async () => {
    const server = await start({});
    await server.kill('SIGSTOP');
    const answer = send(server.url, 'PING');
    await expect(Promise.race([answer, new Promise((done) => setTimeout(done, 200, 'silence'))])).resolves.toBe('silence');
    await server.kill('SIGCONT');
    await expect(answer).resolves.toBe('PONG');

    await server.kill('SIGSTOP');
    await server.stop();
    await expect(isListening(server.port)).resolves.toBe(false);
  });

  test('names the reason when the server refuses its arguments', async () => {
    await expect(start({ args: ['--no-such-option', 'yes'] })).rejects.toThrow(/no-such-option/);
  });

  test('names the available flavours when it is given an unknown one', async () => {
    const flavours = (await availableFlavours()).join(', ');

    await expect(start({ flavour: 'nonsense' as never })).rejects.toThrow(`no nonsense server can be started here; there are: ${flavours}`);
  });
});

describe('npm run server', () => {
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGKILL'];

  async function startCli(temporary: string): Promise<{ cli: ChildProcess; line: string }> {
    const environment = { ...process.env, TMPDIR: temporary, TSX_DISABLE_CACHE: '1' };
    const cli = spawn(process.execPath, ['--import', 'tsx', 'tests/support/servers/cli.ts'], { cwd: ROOT, env: environment });
    const line = await new Promise<string>((done) => cli.stdout.once('data', (data: Buffer) => done(data.toString())));
    return { cli, line };
  }

  test('ends when somebody else has ended its server', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'redatom-cli-'));
    const { cli, line } = await startCli(temporary);
    const ended = once(cli, 'exit');

    process.kill(Number(/process (\d+)/.exec(line)?.[1]), 'SIGTERM');

    expect(await ended).toEqual([1, null]);
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(temporary, { recursive: true });
  });

  test.each(signals)('leaves no process and no folder when it is ended by %s', async (signal) => {
    const temporary = mkdtempSync(join(tmpdir(), 'redatom-cli-'));
    const { cli, line } = await startCli(temporary);
    const port = Number(new URL(line.split(' ')[0] ?? '').port);
    await expect(isListening(port)).resolves.toBe(true);
    const serverFolders = (): string[] => readdirSync(temporary).filter((name) => name.startsWith('redatom-server-'));
    expect(serverFolders()).toHaveLength(1);

    cli.kill(signal);

    await eventually(async () => !(await isListening(port)) && serverFolders().length === 0);
    rmSync(temporary, { recursive: true });
  });
});

async function send(url: string, ...command: string[]): Promise<unknown> {
  const client = quietClient(url, { socket: { reconnectStrategy: false } });
  try {
    await client.connect();
    return await client.sendCommand(command);
  } finally {
    client.destroy();
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come true within half a minute');
    await sleep(50);
  }
}
