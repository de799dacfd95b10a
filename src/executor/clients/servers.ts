import type { NodeClient } from '../node-redis/client-shapes';
import type { CallOptions } from '../../input/call-options';
import type { Argument } from '../commands/recorded-command';

/** Hears of every command that waits for an answer, to notice when none comes. */
interface Watch {
  /** A command was sent. */
  begin(): void;
  /** A command was answered or has failed. */
  settle(outcome: unknown): void;
}

/** The servers behind a connection, as a batch sees them while it runs. */
export interface Servers {
  /** Keys lie in slots, which are spread over several servers. */
  readonly hasSlots: boolean;
  /** Every server can be written to now. */
  readonly isReady: boolean;
  /** Undefined where the connection is not watched. */
  readonly silence?: Watch | undefined;
  /** The primary of a slot; without a slot, any primary. */
  ofSlot(slot: number | undefined): NodeClient | Promise<NodeClient>;
  primaries(): Promise<NodeClient[]>;
  /** The server with an address, as redirections name it. */
  at(address: string): Promise<NodeClient | undefined>;
  /** The server to which a redirection of a slot points; the client may not know it yet. */
  redirected(address: string, slot: number | undefined): Promise<NodeClient>;
  /** Reloads the slot map. `key` is a key that was sent to the wrong server. */
  refresh(key: Argument | undefined): Promise<void>;
}

/** Where a piece of work runs: on the primary of a slot, unless a server redirected it. */
export interface Destination {
  readonly slot: number | undefined;
  readonly address?: string | undefined;
}

/** Lends the servers of a connection. */
export interface ServerSource {
  /** Keys lie in slots. */
  readonly hasSlots: boolean;
  /** All connections are up; while false, borrowing waits for them. */
  readonly isReady: boolean;
  borrow<T>(work: (servers: Servers) => Promise<T>): Promise<T>;
  /** Runs work over a dedicated connection to one server, which has to open within the limits. */
  isolate<T>(destination: Destination, work: (client: NodeClient) => Promise<T>, limits: CallOptions): Promise<T>;
}

/** A single server has every slot, unless it is one of a cluster. */
export function oneServer(client: () => NodeClient, hasSlots = false): Servers {
  return {
    hasSlots,
    get isReady() {
      return client().isReady;
    },
    ofSlot: client,
    primaries: () => Promise.resolve([client()]),
    at: () => Promise.resolve(undefined),
    redirected: () => Promise.resolve(client()),
    refresh: () => Promise.resolve(),
  };
}
