/** What redatom needs of node-redis' clients, described by shape because their own types are generic in modules and protocol. */

/** The part of an AbortSignal that a client uses. */
export interface AbortSource {
  readonly aborted: boolean;
  addEventListener(event: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(event: 'abort', listener: () => void): void;
  /** Called with the answer of a server that refused the command, which then waits to be sent again. */
  refused?(answer: Error): void;
}

export interface SendOptions {
  readonly abortSignal?: AbortSource;
  /** The types of replies; undefined for the defaults. */
  readonly typeMapping?: object | undefined;
}

interface Closable {
  close(): unknown;
}

interface Subscribable {
  subscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
  unsubscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
}

/** A connection that redatom opens and drops. */
interface OwnConnection {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
}

/** Options of a command that is part of a chain. */
export interface ChainOptions extends SendOptions {
  /** Commands of one chain that are still unwritten when the connection is lost are given up together. */
  readonly chainId?: symbol;
}

/** One connection to one server, on which commands keep their order. */
export interface NodeClient {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  readonly isWatching?: boolean;
  readonly options?: { readonly RESP?: 2 | 3; readonly socket?: object; readonly commandOptions?: object } | undefined;
  sendCommand(args: readonly (string | Buffer)[], options?: ChainOptions): Promise<unknown>;
  multi(): { addCommand(args: readonly (string | Buffer)[]): unknown; exec(): Promise<unknown> };
  duplicate(overrides?: object): IsolatedClient;
}

/** A dedicated connection for one piece of work. */
export interface IsolatedClient extends NodeClient, OwnConnection {}

/** A node-redis client. */
export interface StandaloneClient extends Closable {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  readonly options?: { readonly database?: number; readonly socket?: object } | undefined;
  readonly socketEpoch?: number;
  connect(): Promise<unknown>;
  destroy(): void;
  duplicate(overrides?: object): OwnSubscriber;
  sendCommand(args: string[], options?: SendOptions): Promise<unknown>;
}

/** A client that is used for messages only. */
export interface SubscriberClient extends Closable, Subscribable {
  /** It is connected or reconnecting. */
  readonly isOpen: boolean;
}

/** A client for messages that redatom opens and drops. */
export interface OwnSubscriber extends SubscriberClient, OwnConnection {}

/** A node-redis client pool. */
export interface PoolClient extends Closable {
  readonly isOpen: boolean;
  readonly totalClients: number;
  sendCommand(args: string[], options?: SendOptions): Promise<unknown>;
  execute<T>(task: (client: Pick<StandaloneClient, 'options' | 'duplicate'>) => T): Promise<unknown>;
}

/** Where to reach servers, by the addresses that they report. */
type NodeAddressMap =
  | Readonly<Record<string, { readonly host: string; readonly port: number } | undefined>>
  | ((address: string) => { readonly host: string; readonly port: number } | undefined);

/** A node-redis cluster. */
export interface ClusterClient extends Closable, Subscribable {
  readonly isOpen: boolean;
  readonly masters: readonly unknown[];
  readonly slots: readonly { readonly master: unknown }[];
  readonly nodeByAddress: ReadonlyMap<string, unknown>;
  /** Not public, so it may disappear. */
  readonly _slots?: { rediscover?(startWith: never): Promise<unknown> };
  /** Not public either. */
  readonly _options?: { readonly nodeAddressMap?: NodeAddressMap | undefined } | undefined;
  nodeClient(node: never): unknown;
  sendCommand(
    firstKey: string | Buffer | undefined,
    isReadonly: boolean | undefined,
    args: (string | Buffer)[],
    options?: SendOptions,
  ): Promise<unknown>;
}

/** A node-redis sentinel. */
export interface SentinelClient extends Closable, Subscribable {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  getSentinelNode(): unknown;
  _execute(isReadonly: boolean | undefined, work: (client: NodeClient) => Promise<unknown>): Promise<unknown>;
}

/** Any client of node-redis that `connect` takes. */
export type AnyClient = StandaloneClient | PoolClient | ClusterClient | SentinelClient;

export function isCluster(client: object): client is ClusterClient {
  return 'masters' in client && 'nodeClient' in client;
}

export function isSentinel(client: object): client is SentinelClient {
  return 'getSentinelNode' in client;
}

export function isPool(client: object): client is PoolClient {
  return 'totalClients' in client && 'execute' in client;
}

export function isStandalone(client: object): client is StandaloneClient {
  return 'sendCommand' in client && 'duplicate' in client && 'isReady' in client;
}
