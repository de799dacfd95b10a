import { refuseUnknown, type NamesOf } from '../input/options';
import type { PathLike } from '../path/tree-path';
import { LockHolder } from './lock-holder';
import { Pool } from './pool';
import { contextOf, doorOf, type TreeDoor } from './redis-tree';
import { TREE_LOCK_DEFAULTS, type TreeLockDefaults } from './tree-lock-options';
import type { TreeNode } from './tree-node';

/** Options of a node of the default tree. */
export interface ProxyOptions extends TreeLockDefaults {
  /** Name of a database in the configuration of the pool. */
  readonly dbName?: string | undefined;
}

const PROXY_OPTIONS = { dbName: true, ...TREE_LOCK_DEFAULTS } satisfies NamesOf<ProxyOptions>;

/**
 * Returns the node of a path in the default tree, which connects through {@link Pool}.
 *
 * @example
 * ```ts
 * const p = proxy('a.b.c');
 * await p.set('d', 42);
 * await p.get('d').val(); // => 42
 * ```
 */
export function proxy(path: PathLike, options: ProxyOptions = {}): TreeNode {
  return defaultDoor(options).at(path);
}

/** Returns the root of the default tree. */
export function root(options: ProxyOptions = {}): TreeNode {
  return defaultDoor(options).root();
}

/** Returns a node directly below the root of the default tree. The name must not contain dots. */
export function section(name: string, options: ProxyOptions = {}): TreeNode {
  return defaultDoor(options).section(name);
}

function defaultDoor(options: ProxyOptions): TreeDoor {
  refuseUnknown(options, PROXY_OPTIONS, 'a node of the default tree');
  const { dbName, ...lockDefaults } = options;
  const context = contextOf(() => Pool.instance().getConnection(dbName), lockDefaults);
  return doorOf(context, () => new LockHolder());
}
