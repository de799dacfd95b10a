import { createClient } from 'redis';
import type { AnyClient, ConnectionTarget } from 'redatom';
import * as scripts from '../../src/lua/catalog.generated';
import { openClient, type OpenClient } from './clients';
import { commandsDuring, type SeenCommand } from './monitor';

export type RawClient = OpenClient;

/** The options of a client that tests vary. */
export interface ClientOptions {
  readonly RESP?: 2 | 3;
  readonly commandOptions?: { readonly timeout?: number; readonly typeMapping?: object };
}

/** One server, seen from one test file. Each jest worker uses its own database of the server. */
export class Backend {
  /** True if keys lie in slots, on several servers. */
  readonly isCluster: boolean = false;
  private client: Promise<RawClient> | undefined;
  private scriptsLoaded: Promise<unknown> | undefined;

  constructor(
    readonly name: string,
    /** Includes the database, so that everything that connects to it uses the worker's own. */
    readonly url: string,
  ) {}

  /** The target to pass to `connect`. */
  async target(): Promise<ConnectionTarget> {
    return this.url;
  }

  /** A plain node-redis client to set up and inspect data; closed after the test file. */
  raw(): Promise<RawClient> {
    return (this.client ??= openClient(this.url));
  }

  /** A connected node-redis client that reaches the whole backend; shared by the test file. */
  readyClient(): Promise<AnyClient> {
    return this.raw();
  }

  /** A new node-redis client; the caller has to end it. */
  newClient(options: ClientOptions = {}): Promise<AnyClient & { destroy(): void }> {
    return createClient({ url: this.url, ...options }).connect();
  }

  async flush(): Promise<void> {
    await this.send('FLUSHDB');
  }

  /** Sends one command as written. */
  async send<Reply = unknown>(...args: string[]): Promise<Reply> {
    return (await this.raw()).sendCommand<Reply>(args);
  }

  /** The stored text at `path`, exactly as the server prints it; null when there is no such key. */
  async jsonText(key: string, path = '$'): Promise<string | null> {
    return this.send<string | null>('JSON.GET', key, path);
  }

  /** The stored value at `path`; undefined when key or path is missing. */
  async json(key: string, path = '$'): Promise<unknown> {
    const text = await this.jsonText(key, path);
    return text === null ? undefined : (JSON.parse(text) as unknown[])[0];
  }

  /** Replaces what is stored at `path`, past the library. */
  async overwrite(key: string, path: string, value: unknown): Promise<void> {
    const reply = await this.send('JSON.SET', key, path, JSON.stringify(value));
    if (reply !== 'OK') throw new Error(`JSON.SET ${key} ${path} changed nothing`);
  }

  /** The names, in order, of the commands that clients sent while `action` ran. Commands that scripts ran are left out. */
  async commandsSent(action: () => Promise<unknown>): Promise<string[]> {
    return (await this.trafficOf(action)).map(({ name }) => name);
  }

  /**
   * The same, with `EVALSHA` for every script: a connection sends the source of a script the first time and its digest from then on. All servers get all
   * scripts first, because a server of a cluster that had not run one would be sent it a second time, with its source.
   */
  async roundTrips(action: () => Promise<unknown>): Promise<string[]> {
    await (this.scriptsLoaded ??= Promise.all(Object.values(scripts).map(({ source }) => this.send('SCRIPT', 'LOAD', source))));
    return (await this.commandsSent(action)).map((name) => (name === 'EVAL' ? 'EVALSHA' : name));
  }

  /** Like {@link commandsSent}, with the arguments. */
  async trafficOf(action: () => Promise<unknown>): Promise<SeenCommand[]> {
    return (await this.commandsRun(action)).filter(({ origin }) => origin !== 'lua');
  }

  /** Like {@link trafficOf}, including the commands that scripts ran. */
  async commandsRun(action: () => Promise<unknown>): Promise<SeenCommand[]> {
    const seen = await commandsDuring(this.url, await this.raw(), action);
    return seen.filter(({ database }) => database === this.database);
  }

  private get database(): number {
    return Number(new URL(this.url).pathname.slice(1));
  }

  async close(): Promise<void> {
    if (this.client === undefined) return;
    (await this.client).destroy();
    this.client = undefined;
  }
}

/** Each jest worker has its own database or its own cluster. */
export function numberOfThisWorker(): number {
  return Number(process.env['JEST_WORKER_ID'] ?? 1);
}
