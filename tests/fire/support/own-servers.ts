import { openClient, type OpenClient } from '../../support/clients';
import { backends } from '../../support/backends';
import { startServer, type Flavour, type Server, type StartOptions } from '../../support/servers';
import { flavourOf } from '../../support/servers/server';

/** Flavours of the servers of this run that are processes; each can be started once more for a test of its own. */
export function flavours(): Flavour[] {
  const processes = backends().filter(({ name }) => name !== 'embedded');
  return [...new Set(processes.map(({ name }) => flavourOf(name)))];
}

/** A server that the test may pause, kill and fill, with a plain client beside the library. */
export class OwnServer {
  private constructor(
    readonly server: Server,
    private readonly client: OpenClient,
  ) {}

  static async start(flavour: Flavour, options: StartOptions = {}): Promise<OwnServer> {
    const server = await startServer({ ...options, flavour });
    return new OwnServer(server, await openClient(server.url, { socket: { reconnectStrategy: 20 } }));
  }

  get url(): string {
    return this.server.url;
  }

  /** The URL for a user who may do what `rules` say, and no more. */
  async urlFor(user: string, ...rules: string[]): Promise<string> {
    await this.send('ACL', 'SETUSER', user, 'reset', 'on', '>secret', '~*', ...rules);
    return Object.assign(new URL(this.url), { username: user, password: 'secret' }).href;
  }

  send<Reply = unknown>(...args: string[]): Promise<Reply> {
    return this.client.sendCommand<Reply>(args);
  }

  async json<T = unknown>(key: string): Promise<T | undefined> {
    const text = await this.send<string | null>('JSON.GET', key, '$');
    return text === null ? undefined : ((JSON.parse(text) as unknown[])[0] as T);
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.server.stop();
  }
}

/** Repeats a block of tests with a server of its own for every flavour of the run. */
export function describeOnOwnServers(name: string, define: (server: () => OwnServer) => void, options: StartOptions = {}): void {
  describe.each(flavours())(`${name} on %s`, (flavour) => {
    let server: OwnServer;
    beforeAll(async () => {
      server = await OwnServer.start(flavour, options);
    });
    afterAll(() => server.stop());
    define(() => server);
  });
}
