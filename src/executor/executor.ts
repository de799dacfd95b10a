import type { CallOptions } from '../input/call-options';
import type { TimeInParts } from '../async/time-left';
import type { ServerSource } from './clients/servers';
import type { DocumentRead, KeyScan, Request, ScriptCall } from './request';

/** A subscription to a channel. */
export interface Listening {
  /** False when no more messages will come because the connection is gone for good. */
  readonly isOpen: boolean;
  stop(): void;
}

/** The only door to a server. Every rejection is one of redatom's errors. */
export interface Executor {
  /** Sends one command. The promise rejects with whatever `decode` throws. */
  execute<R>(request: Request, decode: (reply: unknown) => R, call?: CallOptions): Promise<R>;
  /** Reads the text of a JSON document; null when there is none. Documents requested at the same time may share one request. */
  read<R>(read: DocumentRead, decode: (json: string | null) => R, call?: CallOptions): Promise<R>;
  /** Runs a script: by its source until the server has run it, then by its digest. */
  evaluate<R>(call: ScriptCall, decode: (reply: unknown) => R, options?: CallOptions): Promise<R>;
  /** Listens to a channel until it is stopped. Uses a connection of its own. */
  subscribe(channel: string, listener: (message: string) => void): Promise<Listening>;
  /** All keys that match, from every node, in no particular order; a key may appear twice. */
  scan(scan: KeyScan, time: TimeInParts): AsyncGenerator<string[]>;
  /** Whether keys in different slots can be part of one commit. */
  readonly hasSlots: boolean;
  /** The number of the database that the connection was opened with; undefined when it is not known. */
  readonly database: number | undefined;
  /** Whether requests for one key run and are answered in the order in which they were sent. */
  readonly keepsOrder: boolean;
  /** How long a call without a timeout of its own waits while there is no connection, in milliseconds; undefined while there is one. */
  readonly offlineTimeoutMs: number | undefined;
  /** Whether the server of a key can be written to now, as far as is known. */
  isReadyFor(key: string): boolean;
  /** The connections themselves, for batches. */
  readonly servers: ServerSource;
  /** Adds work that starts when the connection is about to close; closing waits for it, within its time limit. Starts at once if the connection is closed. */
  beforeClose(work: () => Promise<unknown>): void;
  close(): Promise<void>;
  /** Whether `close()` was called. */
  readonly isClosed: boolean;
}
