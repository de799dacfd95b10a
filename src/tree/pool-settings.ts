import { describe } from '../input/describe';
import { refuseUnknown, type NamesOf } from '../input/options';

/** Where a pool connects to. Omitted options get their defaults, not their former values. */
export interface PoolConfig {
  /** Default `localhost`. */
  readonly host?: string | undefined;
  /** Default 6379. */
  readonly port?: number | undefined;
  /** Index of the database that has no name. Default 0. */
  readonly database?: number | undefined;
  /** Another name for `database`. */
  readonly default?: number | undefined;
  readonly password?: string | undefined;
  /** The most connections that are open at a time, for each database. Default 100. */
  readonly maxConnections?: number | undefined;
  /** Longest time to wait for a free connection, in seconds. Default 50. */
  readonly timeoutSeconds?: number | undefined;
  /** Indexes of the databases that have names. */
  readonly names?: Readonly<Record<string, number>> | undefined;
  /** Stores everything in a server inside this process, from `redatom/testing`, and ignores host, port and password. Default false. */
  readonly fakeRedis?: boolean | undefined;
}

const POOL_CONFIG = {
  host: true,
  port: true,
  database: true,
  default: true,
  password: true,
  maxConnections: true,
  timeoutSeconds: true,
  names: true,
  fakeRedis: 'boolean',
} satisfies NamesOf<PoolConfig>;

/** A pool's configuration with its defaults. */
export interface PoolSettings {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly password: string | undefined;
  readonly maxConnections: number;
  readonly timeoutMs: number;
  readonly names: ReadonlyMap<string, number>;
  readonly fakeRedis: boolean;
}

/** @throws RangeError, or TypeError, for invalid options. */
export function poolSettings(config: PoolConfig): PoolSettings {
  refuseUnknown(config, POOL_CONFIG, 'reload()');
  const { host = 'localhost', port = 6379, maxConnections = 100, timeoutSeconds = 50, fakeRedis = false, password } = config;
  const database = config.database ?? config.default ?? 0;
  const names = namesIn(config);
  refuseWrongAddress({ host, port, password });
  for (const index of [database, ...names.values()]) {
    if (!Number.isSafeInteger(index) || index < 0)
      throw new RangeError(`a database must be a whole number of at least 0, found ${describe(index)}`);
  }
  if (!Number.isSafeInteger(maxConnections) || maxConnections < 1)
    throw new RangeError(`maxConnections must be a whole number of at least 1, found ${describe(maxConnections)}`);
  if (!Number.isFinite(timeoutSeconds) || timeoutSeconds <= 0)
    throw new RangeError(`timeoutSeconds must be a positive number, found ${describe(timeoutSeconds)}`);
  return { host, port, database, password, maxConnections, timeoutMs: Math.ceil(timeoutSeconds * 1000), names, fakeRedis };
}

function namesIn({ names = {} }: PoolConfig): ReadonlyMap<string, number> {
  if (typeof names === 'object' && (names as unknown) !== null && !Array.isArray(names)) return new Map(Object.entries(names));
  throw new TypeError(`names must be an object such as { persons: 1 }, found ${describe(names)}`);
}

const MAX_PORT = 65_535;

/** Refuses a wrong address, which would be noticed only on use, and might be that of another server. */
function refuseWrongAddress({ host, port, password }: Pick<PoolSettings, 'host' | 'port' | 'password'>): void {
  if (typeof host !== 'string' || !/^[^\s/?#@[\]\\]+$/.test(host))
    throw new TypeError(`host must be the name or the address of a server, such as localhost, found ${describe(host)}`);
  if (!Number.isInteger(port) || port < 1 || port > MAX_PORT)
    throw new RangeError(`port must be a whole number from 1 to ${MAX_PORT}, found ${describe(port)}`);
  if (password !== undefined && typeof password !== 'string') throw new TypeError(`password must be text, found a ${typeof password}`);
}

/** The address of a database. */
export function poolUrl({ host, port, password }: PoolSettings, database: number): string {
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  return `redis://${credentials}${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
}
