import type { Executor } from '../executor/executor';
import { openPooledExecutor } from '../executor/open/own-pool';
import { INSPECT, inspected } from '../input/inspect';
import { startFakeRedis } from './fake-redis';
import { poolSettings, poolUrl, type PoolConfig, type PoolSettings } from './pool-settings';

/** The connections that one configuration has opened. */
interface Opened {
  readonly settings: PoolSettings;
  readonly executors: Map<number, Promise<Executor>>;
  fake: ReturnType<typeof startFakeRedis> | undefined;
}

/**
 * The connections of all nodes that `proxy`, `root` and `section` make. Nodes look them up at each call, so after a reload both values and locks are
 * those of the new server.
 */
export class Pool {
  private static shared: Pool | undefined;
  private opened: Opened = open({});

  private constructor() {}

  /** Returns the pool of this process. It connects at the first read or write. */
  static instance(): Pool {
    return (this.shared ??= new Pool());
  }

  /**
   * Closes all connections and uses another configuration from now on.
   *
   * @example
   * ```ts
   * await Pool.instance().reload({ host: 'localhost', port: 6379, password: '1234', names: { persons: 1 } });
   * ```
   */
  async reload(config: PoolConfig = {}): Promise<void> {
    const before = this.opened;
    this.opened = open(config);
    await close(before);
  }

  /**
   * Resolves to the connections to a database.
   *
   * @param name - One of the configured names. Default: the database without a name.
   * @throws RangeError for an unknown name.
   */
  async getConnection(name?: string): Promise<Executor> {
    const { opened } = this;
    const database = databaseOf(opened.settings, name);
    const known = opened.executors.get(database);
    if (known !== undefined) return known;
    const executor = connect(opened, database);
    opened.executors.set(database, executor);
    executor.catch(() => opened.executors.delete(database));
    return executor;
  }

  /** Closes all connections. The next call opens them again. */
  async close(): Promise<void> {
    const before = this.opened;
    this.opened = { settings: before.settings, executors: new Map(), fake: undefined };
    await close(before);
  }

  /** @internal */
  toJSON(): object {
    const { host, port, database, names, fakeRedis } = this.opened.settings;
    return { host, port, database, names, fakeRedis };
  }

  /** @internal */
  [INSPECT](_depth: number, options: object): string {
    return inspected('Pool', this.toJSON(), options);
  }
}

function open(config: PoolConfig): Opened {
  return { settings: poolSettings(config), executors: new Map(), fake: undefined };
}

function databaseOf({ names, database }: PoolSettings, name: string | undefined): number {
  if (name === undefined) return database;
  const index = names.get(name);
  if (index === undefined)
    throw new RangeError(`no database is named "${name}"; Pool.reload({ names: { ${JSON.stringify(name)}: 1 } }) names one`);
  return index;
}

async function connect(opened: Opened, database: number): Promise<Executor> {
  const { settings } = opened;
  if (!settings.fakeRedis) return openPooledExecutor({ ...settings, url: poolUrl(settings, database) });
  const server = await (opened.fake ??= startFakeRedis());
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  return openPooledExecutor({ ...settings, url: url.href });
}

async function close({ executors, fake }: Opened): Promise<void> {
  await Promise.allSettled([...executors.values()].map(async (executor) => (await executor).close()));
  // If it failed to start, the calls that needed it were rejected.
  await (await fake?.catch(() => undefined))?.close();
}
