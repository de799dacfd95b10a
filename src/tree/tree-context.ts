import { sendWithin } from '../executor/outcomes/deadline';
import type { CallOptions } from '../input/call-options';
import type { TreeLockDefaults } from './tree-lock-options';
import type { TreeStore } from './tree-store';

/** State that all nodes of one tree share. */
export interface TreeContext {
  /** The current store; it changes when a pool is reloaded. */
  store(): Promise<TreeStore>;
  /** The prefix of all keys of the tree. */
  readonly prefix: string;
  readonly lockDefaults: TreeLockDefaults;
  readonly enforceLocks: boolean;
}

/** The current store, for a verb. If the limits of the call are over before there is a connection, nothing was sent. */
export function storeWithin(context: TreeContext, verb: string, call: CallOptions | undefined): Promise<TreeStore> {
  if (call === undefined) return context.store();
  const request = { args: [], key: context.prefix, write: false, purpose: { verb } };
  const refuse = (error: unknown): never => {
    throw error;
  };
  return sendWithin({ send: () => context.store() }, request, { limits: call, decode: (made) => made as TreeStore, refuse });
}
