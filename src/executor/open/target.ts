import { describe } from '../../input/describe';
import type { AnyClient } from '../node-redis/client-shapes';
import type { ServerSource } from '../clients/servers';
import type { Executor } from '../executor';
import { CLIENTS, linkTo } from './ready-client';

/** A server to connect to. */
export interface ConnectionOptions {
  /** `redis://[[user]:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url: string;
  /** How long a call waits for a connection that is down, and for a server that does not answer, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number | undefined;
  /** Version of the protocol. Default 3. */
  readonly RESP?: 2 | 3 | undefined;
}

/** Where to connect to: a URL, options, or a ready client of node-redis. */
export type ConnectionTarget = string | ConnectionOptions | AnyClient;

/** A connection that is already open, such as the result of `connect`. */
export interface OpenConnection {
  readonly executor: Executor;
}

export function isOpenConnection(target: unknown): target is OpenConnection {
  return typeof target === 'object' && target !== null && 'executor' in target;
}

/** What batches run on: a connection of `connect`, or a ready client of node-redis. */
export type BatchTarget = AnyClient | OpenConnection;

/** The servers behind a target. */
export function serversOf(target: BatchTarget): ServerSource {
  const servers = isOpenConnection(target) ? target.executor.servers : linkTo(target)?.servers;
  if (servers !== undefined) return servers;
  throw new TypeError(`batches run on what connect() returned, or on ${CLIENTS}, found ${describeTarget(target)}`);
}

const WAYS = `a URL such as redis://localhost:6379, { url }, or ${CLIENTS}`;

export function wrongTarget(target: unknown, cause?: unknown): TypeError {
  const message = `connect() takes ${WAYS}, found ${describeTarget(target)}`;
  return cause === undefined ? new TypeError(message) : new TypeError(`${message}: ${(cause as Error).message}`, { cause });
}

/** A short description of a target, for error messages. Anything before an at sign may be a password. */
export function describeTarget(target: unknown): string {
  return describe(typeof target === 'string' ? target.replace(/^(\w+:\/+)?.*@/s, '$1***@') : target);
}
