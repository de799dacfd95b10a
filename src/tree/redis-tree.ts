import type { Executor } from '../executor/executor';
import { INSPECT, inspected } from '../input/inspect';
import { refuseUnknown, type NamesOf } from '../input/options';
import { TreePathError } from '../errors/tree';
import { pathOf, TreePath, type PathLike } from '../path/tree-path';
import { describeTarget, type ConnectionTarget, type OpenConnection } from '../executor/open/target';
import { LazyConnection } from './connections';
import { currentLockFlow, newScope } from './lock-flow';
import { LockHolder } from './lock-holder';
import type { TreeContext } from './tree-context';
import { TREE_LOCK_DEFAULTS, treeLockSettings, type TreeLockDefaults } from './tree-lock-options';
import { TreeNode } from './tree-node';
import { TreeStore } from './tree-store';

/** Options of a tree. */
export interface RedisTreeOptions extends TreeLockDefaults {
  /** A URL, options, a ready client of node-redis or the result of `connect`; the last two remain yours to close. */
  readonly client: ConnectionTarget | OpenConnection;
  /** Trees of different namespaces share nothing. One namespace is one document, so it lives on one shard. Default `tree`. */
  readonly namespace?: string | undefined;
  /** Refuses writes that conflict with a lock of another holder. Otherwise, locks bind only those who use them. Default false. */
  readonly enforceLocks?: boolean | undefined;
}

const TREE_OPTIONS = { client: true, namespace: true, enforceLocks: 'boolean', ...TREE_LOCK_DEFAULTS } satisfies NamesOf<RedisTreeOptions>;

/** Gives the nodes of a tree. */
export interface TreeDoor {
  /** Returns the node of a path: dotted text, or segments, which may hold any characters. The empty text is the root. */
  at(path: PathLike): TreeNode;
  /** Returns the node that holds everything. */
  root(): TreeNode;
  /** Returns a node directly below the root, for instance one for each module of a program. The name must not contain dots. */
  section(name: string): TreeNode;
}

/** @internal Makes the nodes of a tree, for one holder of locks or with a new one each time. */
export function doorOf(context: TreeContext, holderOf: () => LockHolder): TreeDoor {
  return {
    at: (path) => new TreeNode(context, pathOf(path), holderOf()),
    root: () => new TreeNode(context, TreePath.root, holderOf()),
    section: (name) => new TreeNode(context, sectionPath(name), holderOf()),
  };
}

/** @internal Where a tree gets its connection, and how it locks. */
export function contextOf(
  executor: () => Promise<Executor>,
  { namespace, enforceLocks, ...lockDefaults }: Omit<RedisTreeOptions, 'client'>,
): TreeContext {
  const prefix = `tree:{${namespaceOf(namespace)}}`;
  // Here, because wrong defaults would be noticed only with the first lock.
  treeLockSettings({}, lockDefaults);
  let latest: TreeStore | undefined;
  return {
    lockDefaults,
    enforceLocks: enforceLocks ?? false,
    prefix,
    store: async () => {
      const present = await executor();
      if (latest?.executor !== present) latest = new TreeStore(present, prefix);
      return latest;
    },
  };
}

/**
 * Nested values under dotted paths; any subtree can be locked.
 *
 * @example
 * ```ts
 * const tree = new RedisTree({ client, namespace: 'shop' });
 * await tree.at('stock.fruit').set('apples', 3);
 * await tree.root().val(); // => { stock: { fruit: { apples: 3 } } }
 * ```
 */
export class RedisTree implements TreeDoor {
  private readonly connection: LazyConnection;
  private readonly context: TreeContext;
  private readonly door: TreeDoor;

  constructor(given: RedisTreeOptions) {
    const { client, ...options } = checkedOptions(given);
    this.connection = new LazyConnection(client);
    this.context = contextOf(() => this.connection.executor(), options);
    this.door = doorOf(this.context, () => new LockHolder());
  }

  /** Returns the node of a path: dotted text, or segments, which may hold any characters. The empty text is the root. */
  at(path: PathLike): TreeNode {
    return this.door.at(path);
  }

  /** Returns the node that holds everything. */
  root(): TreeNode {
    return this.door.root();
  }

  /** Returns a node directly below the root. The name must not contain dots. */
  section(name: string): TreeNode {
    return this.door.section(name);
  }

  /**
   * Makes a holder of locks: locks acquired by hand through its nodes do not exclude one another, and any of its nodes may release them. A session
   * made inside {@link TreeNode.withLock} is inside that lock.
   */
  session(): TreeDoor {
    const holder = new LockHolder(newScope(currentLockFlow()?.scope));
    return doorOf(this.context, () => holder);
  }

  /**
   * Closes the connection that the tree opened and frees the locks held over it, which count as lost; a ready client stays open. Calls throw
   * {@link NotConnectedError} afterwards.
   */
  async close(): Promise<void> {
    await this.connection.close();
  }

  /** @internal */
  toJSON(): object {
    return { prefix: this.context.prefix };
  }

  /** @internal */
  [INSPECT](_depth: number, options: object): string {
    return inspected('RedisTree', this.toJSON(), options);
  }
}

function checkedOptions(options: RedisTreeOptions): RedisTreeOptions {
  if (typeof options !== 'object' || (options as unknown) === null || !('client' in options)) {
    const example = "{ client: 'redis://localhost:6379', namespace: 'shop' }";
    throw new TypeError(`RedisTree takes { client, namespace }, such as ${example}, found ${describeTarget(options)}`);
  }
  refuseUnknown(options, TREE_OPTIONS, 'RedisTree');
  return options;
}

function sectionPath(name: string): TreePath {
  if (typeof name !== 'string') throw new TreePathError('has sections with names', typeof name);
  if (name.includes('.')) throw new TreePathError('has sections without dots', JSON.stringify(name));
  return TreePath.root.below(name);
}

/**
 * Redis ignores an empty hash tag, so the keys of a tree would lie in different slots. Broken Unicode would be replaced, so that different names
 * would become the same.
 */
function namespaceOf(namespace = 'tree'): string {
  if (typeof namespace !== 'string' || !/^[^}]/s.test(namespace) || !namespace.isWellFormed())
    throw new TreePathError(
      'has a namespace of well-formed text that is not empty and does not begin with a brace',
      JSON.stringify(namespace),
    );
  return namespace;
}
