import { createClient } from 'redis';
import type { AnyClient, ConnectionTarget } from 'redatom';
import * as scripts from '../../src/lua/catalog.generated';
import { openClient, type OpenClient } from './clients';
import { commandsDuring, type SeenCommand } from './monitor';

export type RawClient = OpenClient;

/** What tests vary of a client. */
export interface ClientOptions {
  readonly RESP?: 2 | 3;
  readonly commandOptions?: { readonly timeout?: number; readonly typeMapping?: object };
}

/** One server, seen from one test file. Each jest worker uses its own database of the server. */
export class Backend {
  /** Keys lie in slots, on several servers. */
  readonly isCluster: boolean = false;
  private client: Promise<RawClient> | undefined;
  private scriptsLoaded: Promise<unknown> | undefined;

  constructor(
    readonly name: string,
    /** Names the database too, so everything that connects to it is on the worker's own ground. */
    readonly url: string,
  ) {}

  /** What `connect` is given to connect to it. */
  async target(): Promise<ConnectionTarget> {
    return this.url;
  }

  /** A plain node-redis client for arranging and inspecting, closed after the file. */
  raw(): Promise<RawClient> {
    return (this.client ??= openClient(this.url));
  }

  /** A ready client of node-redis that knows all of the backend, shared by the file. */
  readyClient(): Promise<AnyClient> {
    return this.raw();
  }

  /** A client of node-redis of its own; who asks for it ends it. */
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

  /** Names of the commands that clients sent while `action` ran, in order. What scripts do inside the server is left out. */
  async commandsSent(action: () => Promise<unknown>): Promise<string[]> {
    return (await this.trafficOf(action)).map(({ name }) => name);
  }

  /**
   * The same, with `EVALSHA` for every script: a connection sends each by its source the first time and by its digest from then on. A server of a cluster that
   * had not run it would get it a second time, with its source, so all have them.
   */
  async roundTrips(action: () => Promise<unknown>): Promise<string[]> {
    await (this.scriptsLoaded ??= Promise.all(Object.values(scripts).map(({ source }) => this.send('SCRIPT', 'LOAD', source))));
    return (await this.commandsSent(action)).map((name) => (name === 'EVAL' ? 'EVALSHA' : name));
  }

  /** Like {@link commandsSent}, with the arguments. */
  async trafficOf(action: () => Promise<unknown>): Promise<SeenCommand[]> {
    return (await this.commandsRun(action)).filter(({ origin }) => origin !== 'lua');
  }

  /** Like {@link trafficOf}, with what scripts did inside the server. */
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

/** Each jest worker has a database, or a cluster, of its own. */
export function numberOfThisWorker(): number {
  return Number(process.env['JEST_WORKER_ID'] ?? 1);
}
