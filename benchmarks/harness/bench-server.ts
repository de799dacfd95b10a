import { createClient } from 'redis';
import { availableFlavours, provideServers, startServer, type Server } from '../../tests/support/servers';

/** The server of REDIS_URL, or one that the project provides, with the harness's own connection to it. */
export class BenchServer {
  private constructor(
    private readonly server: Server,
    private readonly client: ReturnType<typeof createClient>,
  ) {}

  static async open(): Promise<BenchServer> {
    const server = await chooseServer();
    const client = createClient({ url: server.url, commandOptions: { timeout: undefined } });
    await client.connect();
    const opened = new BenchServer(server, client as ReturnType<typeof createClient>);
    if (Number(await opened.send(['DBSIZE'])) === 0) return opened;
    await opened.close();
    throw new Error(`the database at ${server.url} is not empty, and the benchmarks would flush it`);
  }

  get url(): string {
    return this.server.url;
  }

  get description(): string {
    return `${this.server.name} ${this.server.version}`;
  }

  /** Undefined when the server was not started here. */
  get pid(): number | undefined {
    return this.server.pid;
  }

  send<T>(args: readonly string[]): Promise<T> {
    return this.client.sendCommand<T>(args);
  }

  /** CPU time that the server has used so far, in microseconds. */
  async cpuMicros(): Promise<number> {
    const info = await this.send<string>(['INFO', 'cpu']);
    const seconds = (field: string): number => Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0);
    return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1e6;
  }

  async flush(): Promise<void> {
    await this.send(['FLUSHDB', 'SYNC']);
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.server.stop();
  }
}

async function chooseServer(): Promise<Server> {
  if (process.env['REDIS_URL']) {
    const [given] = await provideServers();
    if (given !== undefined) return given;
  }
  const stackIsThere = (await availableFlavours()).includes('redis-stack');
  return startServer(stackIsThere ? { flavour: 'redis-stack' } : {});
}
