import type { AnyClient } from './client-shapes';
import type { Executor } from '../executor';
import { linkTo } from './open';
import type { ServerSource } from './servers';

/** Something that batches run on: a connection of `connect`, or a ready client of node-redis. */
export type BatchTarget = AnyClient | { readonly executor: Executor };

/** The servers behind a target. */
export function serversOf(target: BatchTarget): ServerSource {
  // A wrong target is refused there.
  const isConnection = typeof target === 'object' && (target as unknown) !== null && 'executor' in target;
  return isConnection ? target.executor.servers : linkTo(target as AnyClient).servers;
}
