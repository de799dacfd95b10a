import { sendWithin } from '../executor/outcomes/deadline';
import type { CallOptions } from '../input/call-options';
import type { TreeLockDefaults } from './tree-lock-options';
import type { TreeStore } from './tree-store';

/** What all nodes of one tree share. */
export interface TreeContext {
  /** The store at this moment: it changes when a pool is reloaded. */
  store(): Promise<TreeStore>;
  /** What the keys of the tree begin with. */
  readonly prefix: string;
  readonly lockDefaults: TreeLockDefaults;
  readonly enforceLocks: boolean;
}

/** The store at this moment, for a verb. When the limits of its call are over before there is a connection, it was never sent. */
export function storeWithin(context: TreeContext, verb: string, call: CallOptions | undefined): Promise<TreeStore> {
  if (call === undefined) return context.store();
  const request = { args: [], key: context.prefix, write: false, purpose: { verb } };
  const refuse = (error: unknown): never => {
    throw error;
  };
  return sendWithin({ send: () => context.store() }, request, { limits: call, decode: (made) => made as TreeStore, refuse });
}
