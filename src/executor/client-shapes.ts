/** What redatom needs of node-redis' clients, described by shape: their own types are generic in modules and protocol. */

export interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

interface Closable {
  close(): unknown;
}

/** A node-redis client. */
export interface StandaloneClient extends Closable {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  destroy(): void;
  duplicate(): SubscriberClient & { connect(): Promise<unknown> };
  sendCommand(args: string[], options?: SendOptions): Promise<unknown>;
}

/** A client that is used for messages only. */
export interface SubscriberClient extends Closable {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  subscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
  unsubscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
}

/** A node-redis client pool. */
export interface PoolClient extends Closable {
  readonly isOpen: boolean;
  readonly totalClients: number;
  sendCommand(args: string[], options?: SendOptions): Promise<unknown>;
  execute<T>(task: (client: { duplicate(): SubscriberClient & { connect(): Promise<unknown> } }) => T): Promise<unknown>;
}

/** A node-redis cluster. */
export interface ClusterClient extends Closable {
  readonly isOpen: boolean;
  readonly masters: readonly unknown[];
  nodeClient(node: never): unknown;
  sendCommand(firstKey: string | undefined, isReadonly: boolean | undefined, args: string[], options?: SendOptions): Promise<unknown>;
  subscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
  unsubscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
}

/** A node-redis sentinel. */
export interface SentinelClient extends Closable {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  getSentinelNode(): unknown;
  sendCommand(isReadonly: boolean | undefined, args: string[], options?: SendOptions): Promise<unknown>;
  subscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
  unsubscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
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
