import type { TreeLockDefaults } from './tree-lock-options';
import type { TreeStore } from './tree-store';

/** What all nodes of one tree share. */
export interface TreeContext {
  /** The store at this moment: it changes when a pool is reloaded. */
  store(): Promise<TreeStore>;
  readonly lockDefaults: TreeLockDefaults;
  readonly enforceLocks: boolean;
}
