import type { AnyClient } from './client-shapes';
import type { Executor } from '../executor';
import { CLIENTS, describeTarget, linkTo } from './open';
import type { ServerSource } from './servers';

/** A connection that is open already, such as that of `connect`. */
export interface OpenConnection {
  readonly executor: Executor;
}

export function isOpenConnection(target: unknown): target is OpenConnection {
  return typeof target === 'object' && target !== null && 'executor' in target;
}

/** Something that batches run on: a connection of `connect`, or a ready client of node-redis. */
export type BatchTarget = AnyClient | OpenConnection;

/** The servers behind a target. */
export function serversOf(target: BatchTarget): ServerSource {
  const servers = isOpenConnection(target) ? target.executor.servers : linkTo(target)?.servers;
  if (servers !== undefined) return servers;
  throw new TypeError(`batches run on what connect() returned, or on ${CLIENTS}, found ${describeTarget(target)}`);
}
